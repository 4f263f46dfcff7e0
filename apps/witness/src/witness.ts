import { createPublicKey, hash, sign, verify, type KeyObject } from 'node:crypto';
import {
  fromBase64,
  openCheckpoint,
  parseAddCheckpoint,
  parseCheckpoint,
  parseNote,
  signatureLine,
  signedBytes,
  sizeType,
  timedSignature,
  toBase64,
  verifierKey,
  verifyConsistency,
  type Ed25519,
  type Sha256,
  type VerifierKey,
} from '@clerestory/tlog';
import type { SeenLogs } from './state.ts';

export const sha256: Sha256 = (bytes) => hash('sha256', bytes, 'buffer');
const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex');
export const ed25519: Ed25519 = {
  verify(publicKey, message, signature) {
    const der = Buffer.concat([spkiPrefix, publicKey]);
    return verify(null, message, createPublicKey({ key: der, format: 'der', type: 'spki' }), signature);
  },
};

export interface Answer {
  status: number;
  body: string;
  type?: string;
}

const text = (status: number, body: string): Answer => ({ status, body: `${body}\n` });

/**
 * The witness of C2SP tlog-witness: signs that it has seen a checkpoint, if and only if that goes on from the largest it
 * has signed of the same log. All of it is one synchronous step, so that two requests cannot come between each other.
 */
export class Witness {
  readonly key: VerifierKey;
  readonly #secret: KeyObject;
  readonly #logs: readonly VerifierKey[];
  readonly #seen: SeenLogs;
  readonly #nowS: () => number;

  constructor(parts: {
    name: string;
    secret: KeyObject;
    /** Keys of the logs that it watches; a key’s name is its log’s. */
    logs: readonly VerifierKey[];
    seen: SeenLogs;
    nowS: () => number;
  }) {
    this.#secret = parts.secret;
    this.#logs = parts.logs;
    this.#seen = parts.seen;
    this.#nowS = parts.nowS;
    const spki = createPublicKey(parts.secret).export({ format: 'der', type: 'spki' });
    this.key = verifierKey(sha256, parts.name, 4, Uint8Array.from(spki.subarray(-32)));
  }

  addCheckpoint(body: string): Answer {
    const asked = parseAddCheckpoint(body);
    const note = asked && parseNote(asked.checkpoint);
    const named = note && parseCheckpoint(note.text);
    if (!asked || !note || !named) return text(400, 'this is no add-checkpoint request');
    const keys = this.#logs.filter(({ name }) => name === named.origin);
    if (keys.length === 0) return text(404, 'this log is not known here');
    const opened = openCheckpoint(ed25519, asked.checkpoint, { log: keys });
    if (!opened.ok) return text(403, opened.fault);
    const { size, root } = named;
    const { oldSize, proof } = asked;
    if (oldSize > size) return text(400, 'the old size is larger than the checkpoint');
    const seen = this.#seen.of(named.origin);
    if (oldSize !== seen.size) return { ...text(409, String(seen.size)), type: sizeType };
    const rootBefore = fromBase64(seen.root) ?? new Uint8Array(0);
    if (oldSize === size && size > 0 && toBase64(root) !== seen.root)
      return text(409, 'another root was seen at this size: this is proof of two logs under one name');
    const isConsistent = verifyConsistency(sha256, { before: oldSize, size, rootBefore, root, proof });
    // Of a log without entries there was no root to remember.
    if (!isConsistent && !(oldSize === 0 && size === 0 && proof.length === 0))
      return text(422, `it is not shown that this goes on from what was seen at ${oldSize}`);
    this.#seen.remember(named.origin, { size, root: toBase64(root) });
    return { status: 200, body: this.#cosign(note.text) };
  }

  #cosign(checkpoint: string): string {
    const timeS = this.#nowS();
    const signature = sign(null, signedBytes(this.key, checkpoint, timeS), this.#secret);
    const { name, id } = this.key;
    return signatureLine({ name, id, signature: timedSignature(timeS, signature) });
  }
}
