import { describe, expect, test } from 'vitest';
import { decodeBundle, encodeBundle, utf8, type SignedCheckpoint } from '@clerestory/tlog';
import { assured } from '../../../tools/harness/assured.ts';
import { MemoryLog, signer } from '../testing/log.ts';
import { checkBundle } from './bundle.ts';
import { opened, type Keys } from './checkpoints.ts';
import type { Source } from './source.ts';
import { checkWholeLog } from './whole-log.ts';

const tamperings = 10_000;
const size = 24;
const { key, sign } = signer();
const stranger = signer();
const keys: Keys = { log: [key], witnesses: [] };

const log = new MemoryLog().grow(size - 7);
const early = sign(log.leaves.length, log.root);
log.grow(7);
const checkpoint = sign(size, log.root);
const source = log.source(checkpoint);
const open = (note: string): SignedCheckpoint => {
  const found = opened(note, keys);
  if (!found.ok) throw new Error(found.fault);
  return found.value;
};

const kept = [open(early), open(checkpoint)];

/** mulberry32: the same chance for the same seed. */
function chance(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}
const random = chance(20_261_127);

/** One bit somewhere else. */
function flipped(bytes: Uint8Array): Uint8Array {
  const other = Uint8Array.from(bytes);
  const at = random(other.length);
  other[at] = (other[at] ?? 0) ^ (1 << random(8));
  return other;
}

const changing = (from: Source, change: (name: string, bytes: Uint8Array) => Uint8Array): Source => ({
  read: async (name) => change(name, await from.read(name)),
});
const isBundle = (name: string) => name.startsWith('tile/entries/');
const inEntries = (change: (entries: Uint8Array[]) => Uint8Array[]) =>
  changing(source, (name, bytes) =>
    isBundle(name) ? encodeBundle(change([...(decodeBundle(bytes) ?? [])])) : bytes,
  );

/** The whole log, as whoever holds the key and an early checkpoint checks it. */
async function faultsOf(changed: Source): Promise<string[]> {
  const end = opened(Buffer.from(await changed.read('checkpoint')).toString('utf8'), keys);
  if (!end.ok) return [end.fault];
  const { faults } = await checkWholeLog({
    source: changed,
    end: end.value,
    kept,
  });
  return faults;
}

/** Somebody with everything but the secret key writes another log, right in itself, and serves it. */
function rewritten(change: (leaves: string[]) => string[], note: (forged: MemoryLog) => string): Source {
  const forged = new MemoryLog();
  for (const leaf of change([...log.leaves])) forged.append(leaf);
  return forged.source(note(forged));
}
const otherLeaf = (leaves: string[]): string[] => {
  const at = random(size);
  return leaves.with(at, (leaves[at] ?? '').replace('"burglary"', '"training"'));
};

const ways: [string, () => Promise<Source> | Source][] = [
  [
    'a bit of an entry',
    () =>
      inEntries((entries) => entries.with(random(size), flipped(entries[random(size)] ?? new Uint8Array(1)))),
  ],
  ['an entry taken out', () => inEntries((entries) => entries.toSpliced(random(size), 1))],
  [
    'an entry twice',
    () => {
      const at = random(size);
      return inEntries((entries) => entries.toSpliced(at, 0, entries[at] ?? new Uint8Array(0)));
    },
  ],
  [
    'two that changed places',
    () => {
      const at = random(size - 1);
      return inEntries((entries) =>
        entries.toSpliced(at, 2, entries[at + 1] as Uint8Array, entries[at] as Uint8Array),
      );
    },
  ],
  [
    'a word of an entry',
    () => {
      const at = random(size);
      return inEntries((entries) =>
        entries.with(
          at,
          utf8(
            Buffer.from(entries[at] ?? [])
              .toString('utf8')
              .replace('harbour', 'station'),
          ),
        ),
      );
    },
  ],
  [
    'a bit of a tile',
    () => changing(source, (name, bytes) => (name.startsWith('tile/0/') ? flipped(bytes) : bytes)),
  ],
  ['a bit of a bundle', () => changing(source, (name, bytes) => (isBundle(name) ? flipped(bytes) : bytes))],
  [
    'the end of a bundle',
    () =>
      changing(source, (name, bytes) =>
        isBundle(name) ? bytes.subarray(0, bytes.length - 1 - random(200)) : bytes,
      ),
  ],
  [
    'a bit of the checkpoint',
    () => changing(source, (name, bytes) => (name === 'checkpoint' ? flipped(bytes) : bytes)),
  ],
  ['a log written anew under the true checkpoint', () => rewritten(otherLeaf, () => checkpoint)],
  [
    'a log written anew and signed by another key',
    () => rewritten(otherLeaf, (forged) => stranger.sign(size, forged.root)),
  ],
  // Whoever has the secret key can do this; the checkpoint that somebody kept gives it away.
  [
    'a log written anew and signed by the log itself',
    () => rewritten(otherLeaf, (forged) => sign(forged.leaves.length, forged.root)),
  ],
  [
    'a log cut short and signed by the log itself',
    () =>
      rewritten(
        (leaves) => leaves.slice(0, random(size)),
        (forged) => sign(forged.leaves.length, forged.root),
      ),
  ],
  [
    'entries put in and signed by the log itself',
    () =>
      rewritten(
        (leaves) => leaves.toSpliced(random(size), 0, leaves[0] ?? ''),
        (forged) => sign(forged.leaves.length, forged.root),
      ),
  ],
];

/** Larger than a tile, so that it has tiles above the lowest; it is tried more rarely, since reading it takes longer. */
const long = new MemoryLog().grow(259);
const longNote = sign(259, long.root);
const longEnd = open(longNote);
const longWays: ((name: string, bytes: Uint8Array) => Uint8Array)[] = [
  (name, bytes) => (name.startsWith('tile/1/') ? flipped(bytes) : bytes),
  (name, bytes) => (name === 'tile/0/000' ? flipped(bytes) : bytes),
  (name, bytes) => (name === 'tile/0/001.p/3' ? flipped(bytes) : bytes),
  (name, bytes) => (name === 'tile/entries/000' ? flipped(bytes) : bytes),
  (name, bytes) => (name === 'tile/1/000.p/1' ? bytes.subarray(0, random(32)) : bytes),
];
const longEach = 40;

/** An export of which a bit was flipped, or lines removed, doubled or put in another order. */
function otherExport(lines: readonly string[], n: number): { text: string; at: number } {
  const at = random(lines.length);
  // Of the entries below the head.
  const entry = 1 + random(lines.length - 1);
  const [one, next] = [lines[entry] ?? '', lines[entry === 1 ? 2 : entry - 1] ?? ''];
  switch (n % 5) {
    case 0:
      return { at: entry, text: lines.toSpliced(entry, 1 + random(3)).join('\n') };
    case 1:
      return { at: entry, text: lines.toSpliced(1 + random(lines.length), 0, one).join('\n') };
    case 2:
      return {
        at: entry,
        text: lines.map((line) => (line === one ? next : line === next ? one : line)).join('\n'),
      };
    default: {
      const bytes = flipped(utf8(lines[at] ?? ''));
      return { at, text: lines.with(at, Buffer.from(bytes).toString('utf8')).join('\n') };
    }
  }
}

describe('H1: a copy of the log that somebody has tampered with', () => {
  test('as it is, it is found in order', async () => {
    expect(await faultsOf(source)).toEqual([]);
    expect((await checkWholeLog({ source: long.source(longNote), end: longEnd })).faults).toEqual([]);
  });

  test(
    `each of ${tamperings.toLocaleString('en')} random tamperings is found`,
    { timeout: 300_000 },
    async () => {
      const export_ = await log.bundle(
        checkpoint,
        Array.from({ length: size }, (_, n) => n + 1),
      );
      expect(checkBundle(export_, keys).faults).toEqual([]);
      const lines = export_.trimEnd().split('\n');
      const missed: string[] = [];
      let unchanged = 0;
      for (let n = 0; n < tamperings; n++) {
        // A third goes at an export, which is what owners and auditors hold.
        if (n % 3 === 0) {
          const { text, at } = otherExport(lines, n / 3);
          // A broken character is replaced when it is read, so that it is a change all the same.
          if (checkBundle(text, keys).faults.length === 0) {
            if (
              text.split('\n').length === lines.length &&
              isSame(lines[at] ?? '', text.split('\n')[at] ?? '')
            )
              unchanged += 1;
            else missed.push(`export, line ${at}: ${text}`);
          }
          continue;
        }
        if (n % longEach === 1) {
          const change = longWays[((n - 1) / longEach) % longWays.length];
          if (!change) throw new Error('no way');
          const changed = changing(long.source(longNote), change);
          const { faults } = await checkWholeLog({ source: changed, end: longEnd });
          if (faults.length === 0) missed.push(`of a long log: ${String(change)}`);
          continue;
        }
        const way = ways[n % ways.length];
        if (!way) throw new Error('no way');
        if ((await faultsOf(await way[1]())).length === 0) missed.push(way[0]);
      }
      expect(missed).toEqual([]);
      expect(unchanged).toBeLessThan(tamperings / 100);
      assured({
        ...{ row: 'H1', trials: tamperings - unchanged },
        claim: 'a random tampering with a copy of the log, or with an export of it, is found',
        control: 'a verifier that compares hashes of tiles alone misses logs that were written anew',
      });
    },
  );

  test('negative control: with neither root nor kept checkpoints, a log written anew passes', async () => {
    const forged = rewritten(otherLeaf, (one) => sign(one.leaves.length, one.root));
    const end = open(Buffer.from(await forged.read('checkpoint')).toString('utf8'));
    expect((await checkWholeLog({ source: forged, end })).faults).toEqual([]);
    expect(await faultsOf(forged)).not.toEqual([]);
  });
});

/** JSON that says the same: what the words in a bundle’s head call it is for people and is not signed. */
function isSame(before: string, after: string): boolean {
  try {
    const [a, b] = [
      JSON.parse(before) as Record<string, unknown>,
      JSON.parse(after) as Record<string, unknown>,
    ];
    const { of: _a, ...restA } = a;
    const { of: _b, ...restB } = b;
    return JSON.stringify(restA) === JSON.stringify(restB);
  } catch {
    return false;
  }
}

test('an entry of a bundle is what is shown, and where', async () => {
  const shown: number[] = [];
  const text = await log.bundle(checkpoint, [3, 9]);
  const { held } = checkBundle(text, keys, ({ entry }) => shown.push(entry.sequence));
  expect(shown).toEqual([3, 9]);
  expect(held.join()).toContain('each of its 2 entries');
});
