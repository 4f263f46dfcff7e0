import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { descendants } from '../harness/server-process.ts';

/** One process, or several of one kind taken together. */
export interface Vitals {
  /** Resident memory that is not shared, MB (`Private_*` of smaps_rollup, proc(5)). */
  privateMb: number;
  descriptors: number;
  processes: number;
  /** Of the first; a new one is a new life. */
  pid: number;
}

const nothing: Vitals = { privateMb: 0, descriptors: 0, processes: 0, pid: 0 };

/** Of processes that are there; one that ends meanwhile counts as nothing. */
export function vitalsOf(pids: readonly number[]): Vitals {
  return pids.reduce((sum, pid) => {
    try {
      const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
      const privateKb = [...rollup.matchAll(/^Private_\w+:\s+(\d+) kB/gm)].reduce(
        (kb, [, value]) => kb + Number(value),
        0,
      );
      return {
        privateMb: sum.privateMb + privateKb / 1024,
        descriptors: sum.descriptors + readdirSync(`/proc/${pid}/fd`).length,
        processes: sum.processes + 1,
        pid: sum.pid || pid,
      };
    } catch {
      return sum;
    }
  }, nothing);
}

/** Control, media process and ffmpegs of a running server. */
export function serverVitals(pid: number): Record<'control' | 'media' | 'ffmpeg', Vitals> {
  const ffmpegs = descendants(pid, 'ffmpeg');
  const media = descendants(pid).filter((one) => !ffmpegs.includes(one) && isNode(one));
  return { control: vitalsOf([pid]), media: vitalsOf(media), ffmpeg: vitalsOf(ffmpegs) };
}

function isNode(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('media/main.');
  } catch {
    return false;
  }
}

/** Size of a data folder's database with its write-ahead log, MB. */
export function storeMb(dataDir: string): number {
  return (
    readdirSync(dataDir)
      .filter((name) => name.startsWith('clerestory.db'))
      .reduce((bytes, name) => bytes + statSync(path.join(dataDir, name)).size, 0) /
    2 ** 20
  );
}

/** Slope of a least-squares line through (hours, value), per hour. Not a number for fewer than three points. */
export function slopePerHour(points: readonly { atMs: number; value: number }[]): number {
  if (points.length < 3) return Number.NaN;
  const hours = points.map(({ atMs }) => (atMs - (points[0]?.atMs ?? 0)) / 3_600_000);
  const meanX = hours.reduce((sum, x) => sum + x, 0) / points.length;
  const meanY = points.reduce((sum, { value }) => sum + value, 0) / points.length;
  let above = 0;
  let below = 0;
  for (const [index, { value }] of points.entries()) {
    const x = (hours[index] ?? 0) - meanX;
    above += x * (value - meanY);
    below += x * x;
  }
  return above / below;
}
