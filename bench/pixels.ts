import type { ClockReading } from '@clerestory/demo-city/clock';
import { clockBits, clockCells } from '@clerestory/demo-city/clock';
import type { BenchPage } from './plain-browser.ts';

/** One look at one tile: when (Unix ms of this machine) and what its frame clock said. */
export interface Look {
  tile: string;
  atMs: number;
  reading: ClockReading;
}

/** One look at one video, readable or not. */
export interface PictureLook extends Omit<Look, 'reading'> {
  /** Pixels of the stream on show. */
  width: number;
  /** Between two places: a canvas reads nothing then, though the page goes on drawing the last frame. */
  seeking: boolean;
  /** Null where no clock can be read. */
  reading: ClockReading | null;
}

/**
 * Reads the frame clock from the pixels of every <video> on the page, `everyMs` apart for `forMs`. Only the lower-left
 * strip is drawn and read back, so that looking costs little and the same for every design.
 */
export async function watchClocks(
  page: Pick<BenchPage, 'evaluate'>,
  forMs: number,
  everyMs = 250,
): Promise<Look[]> {
  const looks = await watchPictures(page, 'video', forMs, everyMs);
  return looks.flatMap(({ tile, atMs, reading }) => (reading ? [{ tile, atMs, reading }] : []));
}

/** As `watchClocks`, of the videos that `selector` finds, with the looks that read nothing. */
export async function watchPictures(
  page: Pick<BenchPage, 'evaluate'>,
  selector: string,
  forMs: number,
  everyMs: number,
): Promise<PictureLook[]> {
  const raw = await page.evaluate(
    async ({ selector, forMs, everyMs, cells }) => {
      // One for all looks of a page: each new one would keep frames until it is collected.
      const kept = window as unknown as { benchCanvas?: HTMLCanvasElement };
      const canvas = (kept.benchCanvas ??= document.createElement('canvas'));
      canvas.width = cells;
      canvas.height = 1;
      const context = canvas.getContext('2d', { willReadFrequently: true });
      if (!context) throw new Error('no 2D canvas');
      context.imageSmoothingEnabled = false;
      const looks: { tile: string; atMs: number; width: number; seeking: boolean; luma: number[] }[] = [];
      const endMs = performance.now() + forMs;
      while (performance.now() < endMs) {
        document.querySelectorAll<HTMLVideoElement>(selector).forEach((video, index) => {
          const { videoWidth: width, videoHeight: height } = video;
          if (!width || getComputedStyle(video).visibility === 'hidden') return;
          const cell = width / 80;
          // A video without a frame yet draws nothing: without this its neighbour's pixels would be read in its name.
          context.clearRect(0, 0, cells, 1);
          // The middle row of the strip, one pixel a cell.
          context.drawImage(video, 0, height - cell * 0.75, cell * cells, cell * 0.5, 0, 0, cells, 1);
          const atMs = performance.timeOrigin + performance.now();
          const { data } = context.getImageData(0, 0, cells, 1);
          const luma = Array.from(
            { length: cells },
            (_, n) =>
              0.299 * (data[n * 4] ?? 0) + 0.587 * (data[n * 4 + 1] ?? 0) + 0.114 * (data[n * 4 + 2] ?? 0),
          );
          looks.push({
            tile: video.closest('[data-tile]')?.getAttribute('data-tile') ?? String(index),
            atMs,
            width,
            seeking: video.seeking,
            luma,
          });
        });
        await new Promise((resolve) => setTimeout(resolve, everyMs));
      }
      return looks;
    },
    { selector, forMs, everyMs, cells: clockCells },
  );
  return raw.map(({ luma, ...look }) => ({ ...look, reading: readingOf(luma) }));
}

/** The reading in 40 cell brightnesses, or null where they are no clock. */
export function readingOf(luma: readonly number[]): ClockReading | null {
  const light = Math.min(luma[0] ?? 0, luma[2] ?? 0);
  const dark = Math.max(luma[1] ?? 0, luma[3] ?? 0);
  if (light - dark < 24) return null;
  const bits = luma.map((value) => value > (light + dark) / 2);
  let word = 0;
  for (let bit = 0; bit < 32; bit++) word = (word << 1) | (bits[4 + bit] ? 1 : 0);
  word >>>= 0;
  const reading = { camera: word >>> 24, ms: word & 0xff_ffff };
  return clockBits(reading).every((bit, index) => bit === bits[index]) ? reading : null;
}

/** Glass-to-glass latency: now minus the moment the frame left the camera (start of its loop plus its clock). */
export function latencyMs({ atMs, reading }: Look, start: { unixMs: number; loopMs: number }): number {
  const sinceStart = atMs - start.unixMs;
  const loops = Math.floor((sinceStart - reading.ms) / start.loopMs);
  return sinceStart - reading.ms - loops * start.loopMs;
}

/** The value below which `share` of the sorted values lie. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
