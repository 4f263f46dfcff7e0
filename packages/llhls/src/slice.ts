import { BoxBytes, Fmp4Error } from './boxes.ts';
import { readMoof, trunFlag } from './moof.ts';
import type { ReadTrack } from './moov.ts';

const mdatHeadBytes = 8;

function putU32(bytes: Uint8Array, at: number, value: number): void {
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).setUint32(at, value);
}
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/**
 * The samples `from` (inclusive) to `to` (exclusive) of a divisible fragment as a fragment of their own: a new moof
 * and a view of the media bytes, which are not copied. Throws `Fmp4Error` when the fragment cannot be cut.
 *
 * Kept as they are: mfhd and tfhd. Rewritten: tfdt (moved on by what is left out), trun (its entries, its offset) and
 * the sizes around them. A first-sample-flags field only speaks of the first sample, so it goes when that one goes.
 */
export function sliceFragment(
  bytes: Uint8Array,
  track: Pick<ReadTrack, 'id' | 'defaults'>,
  from: number,
  to: number,
): Uint8Array[] {
  const moof = readMoof(bytes, track);
  const run = moof?.runs[0];
  if (!moof?.divisible || !moof.tfdt || !run || run.dataOffset === null || moof.decodeTime === null)
    throw new Fmp4Error('malformed', 'this fragment cannot be cut between its samples');
  const data = new BoxBytes(bytes);
  const decodeTime = moof.decodeTime + sum(run.durations.slice(0, from));
  const mediaAt = run.dataOffset + sum(run.sizes.slice(0, from));
  const mediaBytes = sum(run.sizes.slice(from, to));
  const mfhd = data.need(moof.box, 'mfhd');

  const keepsFirstFlags = (run.flags & trunFlag.firstFlags) !== 0 && from === 0;
  const trunHead = 8 + 4 + 4 + 4 + (keepsFirstFlags ? 4 : 0);
  const trunBytes = trunHead + (to - from) * run.entryBytes;
  const tfdtBytes = 20;
  const tfhdBytes = moof.tfhd.end - moof.tfhd.start;
  const trafBytes = 8 + tfhdBytes + tfdtBytes + trunBytes;
  const moofBytes = 8 + (mfhd.end - mfhd.start) + trafBytes;

  const out = new Uint8Array(moofBytes + mdatHeadBytes);
  let at = 0;
  const box = (size: number, type: string) => {
    putU32(out, at, size);
    for (let i = 0; i < 4; i++) out[at + 4 + i] = type.charCodeAt(i);
    at += 8;
  };
  const word = (value: number) => {
    putU32(out, at, value);
    at += 4;
  };
  const copy = (start: number, end: number) => {
    out.set(bytes.subarray(start, end), at);
    at += end - start;
  };
  box(moofBytes, 'moof');
  copy(mfhd.start, mfhd.end);
  box(trafBytes, 'traf');
  copy(moof.tfhd.start, moof.tfhd.end);
  box(tfdtBytes, 'tfdt');
  word(0x0100_0000);
  word(Math.floor(decodeTime / 2 ** 32));
  word(decodeTime % 2 ** 32);
  box(trunBytes, 'trun');
  const version = data.u8(run.box.body) << 24;
  word((version | (run.flags & ~trunFlag.firstFlags) | (keepsFirstFlags ? trunFlag.firstFlags : 0)) >>> 0);
  word(to - from);
  word(moofBytes + mdatHeadBytes);
  if (keepsFirstFlags) word(run.firstFlags);
  copy(run.entriesAt + from * run.entryBytes, run.entriesAt + to * run.entryBytes);
  box(mdatHeadBytes + mediaBytes, 'mdat');
  return [out, bytes.subarray(mediaAt, mediaAt + mediaBytes)];
}
