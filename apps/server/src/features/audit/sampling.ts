import type { RecordEntry, Sample } from '@clerestory/protocol';
import { toBase64, utf8 } from '@clerestory/tlog';
import { sha256 } from '../../platform/hashing.ts';

/** The lot: `SHA-256(root || "\n" || number)`, base64. `root`: of a checkpoint, base64; `number`: the auditor's own. */
export const seedOf = (root: string, number: string): string => toBase64(sha256(utf8(`${root}\n${number}`)));

/**
 * Draws `size` of `count` things by lot, without repetition: the n-th draw is the first 48 bits of `SHA-256(seed, sample,
 * n)`, in decimal and by lines, modulo `count`; one that was drawn before is passed over. Anybody can draw the same again.
 * @returns positions from 0, in ascending order.
 */
export function draw(seed: string, sample: string, count: number, size: number): number[] {
  const drawn = new Set<number>();
  const wanted = Math.min(size, count);
  for (let n = 0; drawn.size < wanted; n++) {
    const hash = sha256(Buffer.from(`${seed}\n${sample}\n${n}`));
    drawn.add(hash.subarray(0, 6).reduce((sum, byte) => sum * 256 + byte, 0) % count);
  }
  return [...drawn].sort((a, b) => a - b);
}

/** A sample from the entry that says it was drawn; null for an entry whose details were erased. `findings`: oldest first. */
export function sampleOf(
  { detail, at, actor }: RecordEntry,
  findings: readonly RecordEntry[],
): Sample | null {
  const id = detail['sample'];
  if (typeof id !== 'string') return null;
  const mine = findings.filter((one) => one.detail['sample'] === id);
  // The last finding of an entry counts.
  const last = new Map(mine.map((one) => [one.detail['entry'], one.detail['verdict']]));
  const count = (verdict: string) => [...last.values()].filter((one) => one === verdict).length;
  return {
    ...{ id, drawnAt: at, drawnBy: actor, seed: String(detail['seed']) },
    ...{ from: Number(detail['fromMs']), to: Number(detail['untilMs']) },
    ...{ size: Number(detail['size']), drawnFrom: Number(detail['drawnFrom']) },
    number: typeof detail['number'] === 'string' ? detail['number'] : null,
    checkpoint: typeof detail['checkpoint'] === 'number' ? detail['checkpoint'] : null,
    found: { 'in-order': count('in-order'), unclear: count('unclear'), breach: count('breach') },
  };
}
