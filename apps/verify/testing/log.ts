import { generateKeyPairSync, sign } from 'node:crypto';
import {
  encodeEntry,
  formatHead,
  formatLine,
  lineOf,
  openingsOf,
  type EntryParts,
} from '@clerestory/public-log';
import {
  append,
  concat,
  emptyFrontier,
  encodeBundle,
  formatCheckpoint,
  formatNote,
  formatVerifierKey,
  inclusionProof,
  leafHash,
  nodesFromTiles,
  parseNote,
  parseTilePath,
  rootOf,
  signedBytes,
  timedSignature,
  tileWidth,
  utf8,
  verifierKey,
  type Frontier,
  type VerifierKey,
} from '@clerestory/tlog';
import { sha256 } from '../src/crypto.ts';
import { CannotRead, type Source } from '../src/source.ts';

export const origin = 'wall.example.org/log';

/** A key of its own that signs checkpoints of `origin`. */
export function signer(name = origin): {
  key: VerifierKey;
  sign(size: number, root: Uint8Array, of?: string): string;
} {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  const key = verifierKey(sha256, name, 1, Uint8Array.from(spki.subarray(-32)));
  return {
    key,
    sign(size, root, of = origin) {
      const text = formatCheckpoint({ origin: of, size, root, extensions: [] });
      const signature = sign(null, signedBytes(key, text, 0), privateKey);
      return formatNote({ text, signatures: [{ name, id: key.id, signature }] });
    },
  };
}

/** A witness: its word under a checkpoint, of a time. */
export function witness(name = 'witness.example.org'): {
  key: VerifierKey;
  under(note: string, atMs: number): string;
} {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  const key = verifierKey(sha256, name, 4, Uint8Array.from(spki.subarray(-32)));
  return {
    key,
    under(note, atMs) {
      const { text, signatures } = parseNote(note) ?? { text: '', signatures: [] };
      const timeS = Math.floor(atMs / 1_000);
      const signature = timedSignature(timeS, sign(null, signedBytes(key, text, timeS), privateKey));
      return formatNote({ text, signatures: [...signatures, { name, id: key.id, signature }] });
    },
  };
}

export const partsOf = (sequence: number): EntryParts => ({
  ...{
    sequence,
    at: 1_790_000_000_000 + sequence * 61_000,
    kind: 'view-started',
    by: 'person',
    of: 'camera',
  },
  public: { as: 'person', purpose: 'burglary', placeKind: 'shop', district: 'harbour' },
  hidden: {
    actor: `person:${sequence % 7}`,
    subject: `camera:${sequence % 11}`,
    'detail.view': `view-${sequence}`,
  },
});
export const saltOf = (sequence: number): Uint8Array => sha256(utf8(`salt ${sequence}`));

/** A log in memory, as its leaves and the hashes above them. */
export class MemoryLog {
  readonly leaves: string[] = [];
  readonly levels: Uint8Array[][] = [[]];
  frontier: Frontier = emptyFrontier;

  append(leaf: string): void {
    const hash = leafHash(sha256, utf8(leaf));
    this.leaves.push(leaf);
    this.levels[0]?.push(hash);
    const { frontier, completed } = append(sha256, this.frontier, hash);
    for (const { level, hash: subtree } of completed) (this.levels[level] ??= []).push(subtree);
    this.frontier = frontier;
  }
  grow(count: number): this {
    for (let n = 0; n < count; n++) {
      const sequence = this.leaves.length + 1;
      this.append(encodeEntry(sha256, partsOf(sequence), saltOf(sequence)));
    }
    return this;
  }
  /** The log says that it has begun, or has changed its key, and with which key. */
  name(key: VerifierKey, kind = 'log-begun', more: EntryParts['public'] = {}): this {
    const said = { key: formatVerifierKey(key), ...more };
    const parts = { ...partsOf(this.leaves.length + 1), kind, public: said };
    this.append(encodeEntry(sha256, parts, saltOf(parts.sequence)));
    return this;
  }
  get root(): Uint8Array {
    return rootOf(sha256, this.frontier);
  }
  /** The files of tlog-tiles, made when they are read. */
  source(checkpoint: string): Source {
    return {
      read: async (name) => {
        if (name === 'checkpoint') return utf8(checkpoint);
        const id = parseTilePath(name);
        if (!id) throw new CannotRead(name);
        const [from, to] = [id.index * tileWidth, id.index * tileWidth + id.width];
        if (id.level === 'entries') return encodeBundle(this.leaves.slice(from, to).map(utf8));
        return concat(...(this.levels[id.level] ?? []).slice(from, to));
      },
    };
  }
  /** An export of these entries with everything opened. */
  async bundle(checkpoint: string, sequences: readonly number[]): Promise<string> {
    const size = this.leaves.length;
    const nodes = nodesFromTiles(sha256, size, async ({ level, index, width }) =>
      concat(...(this.levels[Number(level)] ?? []).slice(index * tileWidth, index * tileWidth + width)),
    );
    const lines: string[] = [];
    for (const sequence of sequences) {
      const proof = await inclusionProof(sha256, sequence - 1, size, nodes);
      const openings = openingsOf(sha256, partsOf(sequence), saltOf(sequence));
      lines.push(formatLine(lineOf(this.leaves[sequence - 1] ?? '', sequence - 1, proof, openings)));
    }
    const head = {
      ...{ format: 'clerestory-bundle-1' as const, of: 'a test', checkpoint },
      ...{ count: lines.length, first: sequences[0] ?? null, last: sequences.at(-1) ?? null },
    };
    return formatHead(head) + lines.join('');
  }
}
