import type { PictureFault } from '@clerestory/protocol';
import { isSame, mayBeSame, type Sight } from './sight.ts';

/** A look, and when it was (monotonic ms). `luma` is empty where the picture was not kept. */
export interface Seen extends Sight {
  atMs: number;
}

/** One look more; the oldest are forgotten. */
export function remember(seen: readonly Seen[], one: Seen): Seen[] {
  const all = [...seen, one].slice(-maxSeen);
  return all.map((look, at) =>
    at < all.length - maxPictures && look.luma.length > 0 ? { ...look, luma: new Uint8Array(0) } : look,
  );
}

/** The same picture for so long is frozen, ms. */
export const frozenMs = 6_000;
/** Any other fault has to show in every look for so long, ms … */
export const settleMs = 8_000;
/** … and out of focus for longer: a lorry in front of the lens passes, ms. */
export const blurSettleMs = 60_000;
/** Looks that are remembered, and those among them whose pictures are kept to compare with (57,600 bytes each). */
export const maxSeen = 40;
export const maxPictures = 6;

/** Nothing in the picture is brighter than this, of 255. A night street with one lamp far away is. */
const blackest = 12;
/** Blocks differ by less than this: one colour all over. */
const leastSpread = 1;
/** Sharp cameras were measured at 0.42 and less, by day, at night and full of noise; see decision 13. */
const mostBlur = 0.6;
/** In fog, or where there is next to nothing to see, nothing is said of sharpness. */
const spreadToJudge = 8;

/** With less of the picture in light than this, nothing is said of its standing still. */
const litToJudge = 0.25;

const isBlack = ({ brightest }: Sight) => brightest <= blackest;
const isBlank = (seen: Sight) => !isBlack(seen) && seen.spread < leastSpread;
const isBlurred = ({ blur, spread }: Sight) => spread >= spreadToJudge && blur >= mostBlur;

/** The trouble has been there in every look of the last `longMs`, of which there are two at least. */
function lasts(seen: readonly Seen[], longMs: number, trouble: (one: Sight) => boolean): boolean {
  const newest = seen.at(-1);
  if (!newest) return false;
  const good = seen.findLastIndex((one) => !trouble(one));
  const first = seen[good + 1];
  return first !== undefined && newest.atMs - first.atMs >= longMs;
}

/**
 * Frozen: the newest picture is the very same as one `frozenMs` ago or older, and all between, of which there is one at
 * least, may be it, too: a recording that is played again and again comes back to the same picture. An encoder that codes
 * the same picture now finer, now coarser comes back to the same coding within a few looks.
 */
function isFrozen(seen: readonly Seen[]): boolean {
  const newest = seen.at(-1);
  if (!newest || newest.lit < litToJudge) return false;
  for (const [back, one] of seen.slice(0, -1).reverse().entries()) {
    if (one.luma.length === 0 || !mayBeSame(newest, one)) return false;
    if (back > 0 && newest.atMs - one.atMs >= frozenMs && isSame(newest, one)) return true;
  }
  return false;
}

/** What is wrong with the pictures of a camera that were looked at, oldest first; null: nothing. Pure. */
export function pictureFault(seen: readonly Seen[]): PictureFault | null {
  if (lasts(seen, settleMs, isBlack)) return 'black';
  if (lasts(seen, settleMs, isBlank)) return 'blank';
  if (isFrozen(seen)) return 'frozen';
  return lasts(seen, blurSettleMs, isBlurred) ? 'blurred' : null;
}

/** Worth a closer look: two looks that may be the same, or one with a fault that has not lasted yet. */
export function isSuspicious(seen: readonly Seen[]): boolean {
  const [before, newest] = seen.slice(-2);
  const last = newest ?? before;
  if (!last) return false;
  return (
    isBlack(last) ||
    isBlank(last) ||
    (newest !== undefined && before !== undefined && before.luma.length > 0 && isSame(before, newest))
  );
}
