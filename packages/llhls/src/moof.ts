import { BoxBytes, Fmp4Error, type Box } from './boxes.ts';
import type { SampleDefaults, ReadTrack } from './moov.ts';

/** More samples than this in one fragment is not a live stream. */
const maxSamplesPerFragment = 65_536;

const nonSync = 0x0001_0000;
const tfhdFlag = { baseOffset: 0x1, description: 0x2, duration: 0x8, size: 0x10, flags: 0x20 } as const;
const trunFlag = {
  dataOffset: 0x1,
  firstFlags: 0x4,
  duration: 0x100,
  size: 0x200,
  flags: 0x400,
  composition: 0x800,
} as const;

/** A track run (trun, ISO/IEC 14496-12, 8.8.8), its samples with all defaults filled in. */
export interface Run {
  box: Box;
  flags: number;
  /** First byte of the sample entries, and bytes per entry. */
  entriesAt: number;
  entryBytes: number;
  /** From the first byte of the moof; null when the run follows the one before. */
  dataOffset: number | null;
  /** In the track's time scale. */
  durations: number[];
  sizes: number[];
  firstFlags: number;
}

/** The part of a moof that is of the track. */
export interface Moof {
  box: Box;
  traf: Box;
  tfhd: Box;
  tfdt: Box | null;
  /** Decode time of the first sample in the track's time scale; null when the fragment does not say. */
  decodeTime: number | null;
  runs: Run[];
  /** One track, one run, and no box that counts samples: the fragment can be cut between its samples. */
  divisible: boolean;
}

function readTfhd(data: BoxBytes, tfhd: Box, defaults: SampleDefaults): SampleDefaults {
  const flags = data.u32(tfhd.body, tfhd.end) & 0xff_ffff;
  let at = tfhd.body + 8;
  if (flags & tfhdFlag.baseOffset) at += 8;
  if (flags & tfhdFlag.description) at += 4;
  const result = { ...defaults };
  const take = (flag: number, name: keyof SampleDefaults) => {
    if (!(flags & flag)) return;
    result[name] = data.u32(at, tfhd.end);
    at += 4;
  };
  take(tfhdFlag.duration, 'duration');
  take(tfhdFlag.size, 'size');
  take(tfhdFlag.flags, 'flags');
  return result;
}

function readTrun(data: BoxBytes, box: Box, defaults: SampleDefaults): Run {
  const flags = data.u32(box.body, box.end) & 0xff_ffff;
  const count = data.u32(box.body + 4, box.end);
  if (count > maxSamplesPerFragment)
    throw new Fmp4Error('malformed', `a fragment claims ${count} samples (at most ${maxSamplesPerFragment})`);
  let at = box.body + 8;
  let dataOffset: number | null = null;
  if (flags & trunFlag.dataOffset) {
    dataOffset = data.i32(at, box.end);
    at += 4;
  }
  let firstFlags: number | null = null;
  if (flags & trunFlag.firstFlags) {
    firstFlags = data.u32(at, box.end);
    at += 4;
  }
  const fields = [trunFlag.duration, trunFlag.size, trunFlag.flags, trunFlag.composition];
  const entryBytes = 4 * fields.filter((flag) => flags & flag).length;
  const flagsAt = 4 * fields.slice(0, 2).filter((flag) => flags & flag).length;
  const sizeAt = flags & trunFlag.duration ? 4 : 0;
  const durations: number[] = [];
  const sizes: number[] = [];
  for (let i = 0; i < count; i++) {
    const entry = at + i * entryBytes;
    durations.push(flags & trunFlag.duration ? data.u32(entry, box.end) : defaults.duration);
    sizes.push(flags & trunFlag.size ? data.u32(entry + sizeAt, box.end) : defaults.size);
  }
  if (firstFlags === null && flags & trunFlag.flags && count > 0)
    firstFlags = data.u32(at + flagsAt, box.end);
  return {
    box,
    flags,
    entriesAt: at,
    entryBytes,
    dataOffset,
    durations,
    sizes,
    firstFlags: firstFlags ?? defaults.flags,
  };
}

/** Reads the moof at the start of `bytes`. Null when it holds nothing of the video track. Throws `Fmp4Error`. */
export function readMoof(bytes: Uint8Array, track: Pick<ReadTrack, 'id' | 'defaults'>): Moof | null {
  const data = new BoxBytes(bytes);
  const size = data.u32(0);
  const moof = data.children(0, Math.min(size === 1 ? data.u64(8) : size, bytes.length))[0];
  if (moof?.type !== 'moof') throw new Fmp4Error('malformed', 'a fragment does not start with a moof box');
  const boxes = data.children(moof.body, moof.end);
  const trafs = boxes.filter((box) => box.type === 'traf');
  for (const traf of trafs) {
    const tfhd = data.need(traf, 'tfhd');
    if (data.u32(tfhd.body + 4, tfhd.end) !== track.id) continue;
    const defaults = readTfhd(data, tfhd, track.defaults);
    const children = data.children(traf.body, traf.end);
    const tfdt = children.find((box) => box.type === 'tfdt') ?? null;
    const runs: Run[] = [];
    let samples = 0;
    for (const box of children) {
      if (box.type !== 'trun') continue;
      const run = readTrun(data, box, defaults);
      samples += run.durations.length;
      if (samples > maxSamplesPerFragment)
        throw new Fmp4Error('malformed', `a fragment holds more than ${maxSamplesPerFragment} samples`);
      runs.push(run);
    }
    const decodeTime = tfdt
      ? data.u8(tfdt.body, tfdt.end) === 1
        ? data.u64(tfdt.body + 4, tfdt.end)
        : data.u32(tfdt.body + 4, tfdt.end)
      : null;
    const plain = children.every((box) => ['tfhd', 'tfdt', 'trun'].includes(box.type));
    const relative = (data.u32(tfhd.body, tfhd.end) & tfhdFlag.baseOffset) === 0;
    const divisible =
      plain &&
      relative &&
      tfdt !== null &&
      trafs.length === 1 &&
      boxes.some((box) => box.type === 'mfhd') &&
      runs.length === 1 &&
      runs[0]?.dataOffset !== null;
    return { box: moof, traf, tfhd, tfdt, decodeTime, runs, divisible };
  }
  return null;
}

/** sample_is_non_sync_sample is clear (8.8.3.1). */
export const isSync = (flags: number): boolean => (flags & nonSync) === 0;
export { trunFlag };
