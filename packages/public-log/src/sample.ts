import { toBase64, utf8, type Sha256 } from '@clerestory/tlog';

/** Kinds of entries that are an access to a camera: what a sample for an audit is drawn from. */
export const accessKinds: readonly string[] = ['view-started', 'grant-given'];

/** The lot: `SHA-256(root || "\n" || number)`, base64. `root`: of a checkpoint, base64; `number`: the auditor's own. */
export const seedOf = (sha256: Sha256, root: string, number: string): string =>
  toBase64(sha256(utf8(`${root}\n${number}`)));

/**
 * Draws `size` of `count` things by lot, without repetition: the n-th draw is the first 48 bits of `SHA-256(seed || "\n" ||
 * n)`, n in decimal from 0, modulo `count`; one that was drawn before is passed over. Anybody can draw the same again, and
 * nothing goes in that anybody could choose once the seed is known.
 * @returns positions from 0, in ascending order.
 */
export function draw(sha256: Sha256, seed: string, count: number, size: number): number[] {
  const drawn = new Set<number>();
  const wanted = Math.min(size, count);
  for (let n = 0; drawn.size < wanted; n++) {
    const hash = sha256(utf8(`${seed}\n${n}`));
    drawn.add(hash.subarray(0, 6).reduce((sum, byte) => sum * 256 + byte, 0) % count);
  }
  return [...drawn].sort((a, b) => a - b);
}
