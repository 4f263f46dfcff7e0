/**
 * The frame clock: a strip of 40 square cells along the lower left edge of a picture, each 1/80 of its width, so
 * that a program can read from the pixels which camera a frame came from and when in its loop it was made.
 *
 * 4 sync cells (light dark light dark), 8 bits camera number, 24 bits milliseconds since the loop began (most
 * significant first), 4 bits parity (exclusive or of the 8 nibbles before).
 */
export const clockCells = 40;

export interface ClockReading {
  /** Camera number modulo 256. */
  camera: number;
  /** Milliseconds since the loop began. */
  ms: number;
}

/** The 40 bits for a camera and a time; true is a light cell. */
export function clockBits({ camera, ms }: ClockReading): boolean[] {
  const word = (((camera & 0xff) << 24) | (Math.floor(ms) & 0xff_ffff)) >>> 0;
  let parity = 0;
  for (let nibble = 0; nibble < 8; nibble++) parity ^= (word >>> (4 * nibble)) & 15;
  const bits = [true, false, true, false];
  for (let bit = 31; bit >= 0; bit--) bits.push(((word >>> bit) & 1) === 1);
  for (let bit = 3; bit >= 0; bit--) bits.push(((parity >>> bit) & 1) === 1);
  return bits;
}

/** Where the strip lies in a picture: cell size and top edge, pixels. */
export function clockGeometry(width: number, height: number): { cell: number; top: number } {
  const cell = width / 80;
  return { cell, top: height - cell };
}

/** Paints the strip as filled rectangles through `fill(x, y, width, height, light)`. */
export function paintClock(
  width: number,
  height: number,
  reading: ClockReading,
  fill: (x: number, y: number, width: number, height: number, light: boolean) => void,
): void {
  const { cell, top } = clockGeometry(width, height);
  clockBits(reading).forEach((light, index) => fill(index * cell, top, cell, cell, light));
}

/**
 * Reads the strip from RGBA pixels (row by row, 4 bytes each) of a whole picture or, with `height` one cell high, of
 * its bottom strip alone. Null where there is no strip or its parity is wrong (a picture in mid-fade, say).
 */
export function readClock(rgba: ArrayLike<number>, width: number, height: number): ClockReading | null {
  const { cell, top } = clockGeometry(width, height);
  const row = Math.min(height - 1, Math.max(0, Math.floor(top + cell / 2)));
  const luma: number[] = [];
  for (let index = 0; index < clockCells; index++) {
    const at = (row * width + Math.floor((index + 0.5) * cell)) * 4;
    luma.push(0.299 * (rgba[at] ?? 0) + 0.587 * (rgba[at + 1] ?? 0) + 0.114 * (rgba[at + 2] ?? 0));
  }
  const light = Math.min(luma[0] ?? 0, luma[2] ?? 0);
  const dark = Math.max(luma[1] ?? 0, luma[3] ?? 0);
  if (light - dark < 24) return null;
  const threshold = (light + dark) / 2;
  const bits = luma.map((value) => value > threshold);
  let word = 0;
  for (let bit = 0; bit < 32; bit++) word = (word << 1) | (bits[4 + bit] ? 1 : 0);
  word >>>= 0;
  const reading = { camera: word >>> 24, ms: word & 0xff_ffff };
  return clockBits(reading).every((bit, index) => bit === bits[index]) ? reading : null;
}
