/** Size at which pictures are looked at: small, so that a look costs little, and the same for every camera. */
export const sightSize = { width: 320, height: 180 } as const;
/** Side of the blocks that are compared between two looks, pixels. */
const blockSize = 10;
/** Places in a row of blocks, and blocks in all. */
const columns = sightSize.width / blockSize;
export const blockCount = columns * (sightSize.height / blockSize);

/** What is seen in one picture. Brightness is from 0, black, to 255. */
export interface Sight {
  /** So bright is all of the picture but its brightest ten-thousandth: a lamp far away counts, a broken pixel does not. */
  brightest: number;
  /** How much the blocks differ from one another in brightness (standard deviation): next to nothing where all is one colour. */
  spread: number;
  /** Share of the blocks that have light. In the dark, coding leaves nothing of a sensor's noise. */
  lit: number;
  /** From 0, sharp, to 1: how little of the picture's fine differences a further blur would take away. */
  blur: number;
  /** Brightness of every pixel. */
  luma: Uint8Array;
}

/** Looks at one picture of `sightSize`. Pure; throws RangeError for any other size. */
export function look(luma: Uint8Array): Sight {
  if (luma.length !== sightSize.width * sightSize.height) throw new RangeError('a picture of another size');
  const means = blockMeans(luma);
  const lit = means.filter((mean) => mean >= leastLight).length / blockCount;
  return { brightest: brightest(luma), spread: spread(means), lit, blur: blurOf(luma), luma };
}

function brightest(luma: Uint8Array): number {
  const counts = new Uint32Array(256);
  for (const value of luma) counts[value] = (counts[value] ?? 0) + 1;
  let left = luma.length / 10_000;
  for (let value = 255; value > 0; value--) {
    left -= counts[value] ?? 0;
    if (left < 0) return value;
  }
  return 0;
}

/** Brightness from which on a sensor's noise is seen to survive the coarsest coding measured. */
const leastLight = 40;

function blockMeans(luma: Uint8Array): Float64Array {
  const sums = new Float64Array(blockCount);
  for (let y = 0, at = 0; y < sightSize.height; y++) {
    const row = Math.floor(y / blockSize) * columns;
    for (let x = 0; x < sightSize.width; x++, at++) {
      const block = row + Math.floor(x / blockSize);
      sums[block] = (sums[block] ?? 0) + (luma[at] ?? 0);
    }
  }
  return sums.map((sum) => sum / blockSize ** 2);
}

function spread(means: Float64Array): number {
  const mean = means.reduce((sum, value) => sum + value, 0) / blockCount;
  return Math.sqrt(means.reduce((sum, value) => sum + (value - mean) ** 2, 0) / blockCount);
}

/**
 * The no-reference blur measure of Crété et al., "The Blur Effect" (2007): the differences of neighbours that a blur of
 * nine pixels takes away, as a share of all; the greater of the two directions.
 */
function blurOf(luma: Uint8Array): number {
  const { width, height } = sightSize;
  const along = (step: number, lines: number, length: number, line: number): number => {
    let all = 0;
    let lost = 0;
    for (let l = 0; l < lines; l++) {
      const from = l * line;
      // Means of nine neighbours, moving on by one; differences of means are (entering − leaving) ÷ 9.
      for (let i = 5; i + 4 < length; i++) {
        const sharp = Math.abs((luma[from + i * step] ?? 0) - (luma[from + (i - 1) * step] ?? 0));
        const soft = Math.abs((luma[from + (i + 4) * step] ?? 0) - (luma[from + (i - 5) * step] ?? 0)) / 9;
        all += sharp;
        lost += Math.max(0, sharp - soft);
      }
    }
    return all === 0 ? 1 : (all - lost) / all;
  };
  return Math.max(along(1, height, width, width), along(width, width, height, 1));
}

/** Between two pictures: shares of the blocks that differ at all, and that differ by more than coding alone makes them. */
function difference(a: Sight, b: Sight): { any: number; clear: number } {
  const sums = new Float64Array(blockCount);
  for (let y = 0, at = 0; y < sightSize.height; y++) {
    const row = Math.floor(y / blockSize) * columns;
    for (let x = 0; x < sightSize.width; x++, at++) {
      const block = row + Math.floor(x / blockSize);
      sums[block] = (sums[block] ?? 0) + Math.abs((a.luma[at] ?? 0) - (b.luma[at] ?? 0));
    }
  }
  const share = (least: number) => sums.filter((sum) => sum / blockSize ** 2 >= least).length / blockCount;
  return { any: share(leastChange), clear: share(clearChange) };
}

/** A block differs when its pixels do by so much on average; equal pictures of one encoder are equal to the last bit. */
const leastChange = 0.1;
/** More than the coarsest coding measured makes of one and the same picture. */
const clearChange = 14;
/** A clock that the camera writes into its picture may go on. */
const clockShare = 0.02;

/** The very same picture, but for a clock in it: with a sensor's noise no two pictures are. */
export const isSame = (a: Sight, b: Sight): boolean => difference(a, b).any <= clockShare;
/** May be the same picture, coded differently. */
export const mayBeSame = (a: Sight, b: Sight): boolean => difference(a, b).clear <= clockShare;
