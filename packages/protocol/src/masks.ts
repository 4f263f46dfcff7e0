import { z } from 'zod';

/** Areas of one camera. */
export const maxMasks = 16;
/** Corners of one area. */
export const maxCorners = 24;
/** An area smaller than this hides nothing that anybody could see: the smallest share of the picture's width or height. */
export const leastExtent = 0.005;

const share = z
  .number('give a number from 0 to 1')
  .min(0, 'corners lie within the picture: 0 to 1')
  .max(1, 'corners lie within the picture: 0 to 1')
  // A finer place than any picture has; and it keeps the numbers short in the store.
  .transform((value) => Math.round(value * 100_000) / 100_000);
/** A corner: shares of the picture's width and height, from its upper left. */
export const Corner = z.tuple([share, share]);
export type Corner = z.infer<typeof Corner>;

/**
 * An area that nobody is to see: a polygon, filled by the non-zero rule, so that no crossing of its sides leaves a hole. A
 * rectangle is one with four corners.
 */
export const Mask = z
  .array(Corner)
  .min(3, 'an area has at least 3 corners')
  .max(maxCorners, `an area has at most ${maxCorners} corners`)
  .refine((corners) => [0, 1].every((axis) => extent(corners, axis) >= leastExtent), {
    message: 'an area is at least half a percent of the picture wide and high',
  });
export type Mask = z.infer<typeof Mask>;

/** Areas of one camera, in the order in which they were drawn. They hold for all of its streams. */
export const Masks = z.array(Mask).max(maxMasks, `a camera has at most ${maxMasks} areas`);
export type Masks = z.infer<typeof Masks>;

function extent(corners: readonly (readonly number[])[], axis: number): number {
  const along = corners.map((corner) => corner[axis] ?? 0);
  return Math.max(...along) - Math.min(...along);
}

/** The same areas, whatever their order. */
export const sameMasks = (a: Masks, b: Masks): boolean =>
  a.length === b.length && missingMasks(a, b).length === 0 && missingMasks(b, a).length === 0;

/** Areas of `before` that `after` has not, corner by corner. */
export const missingMasks = (before: Masks, after: Masks): Masks => {
  const kept = new Set(after.map((mask) => JSON.stringify(mask)));
  return before.filter((mask) => !kept.has(JSON.stringify(mask)));
};
