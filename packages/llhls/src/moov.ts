import { BoxBytes, Fmp4Error, type Box } from './boxes.ts';
import { codecOf } from './codec.ts';
import { readSps, type SpsFacts } from './sps.ts';
import type { TrackInfo, TrackKind } from './types.ts';

/** Defaults for the samples of a track (trex, ISO/IEC 14496-12, 8.8.3). */
export interface SampleDefaults {
  duration: number;
  size: number;
  flags: number;
}

/** What the reader must know of a track to read its fragments. */
export interface ReadTrack {
  id: number;
  info: TrackInfo;
  defaults: SampleDefaults;
}

/** What the handler of a track is called (8.4.3). */
const handlers: Record<TrackKind, string> = { video: 'vide', audio: 'soun' };
/** Bytes of a VisualSampleEntry (8.5.2 and 12.1.3) and of an AudioSampleEntry (12.2.3) before their child boxes. */
const entryBytes: Record<TrackKind, number> = { video: 78, audio: 28 };

function timescaleOf(data: BoxBytes, mdhd: Box): number {
  const at = mdhd.body + (data.u8(mdhd.body, mdhd.end) === 1 ? 20 : 12);
  const timescale = data.u32(at, mdhd.end);
  if (timescale === 0) throw new Fmp4Error('malformed', 'a track has a time scale of 0');
  return timescale;
}

function trackIdOf(data: BoxBytes, tkhd: Box): number {
  return data.u32(tkhd.body + (data.u8(tkhd.body, tkhd.end) === 1 ? 20 : 12), tkhd.end);
}

function infoOf(data: BoxBytes, mdia: Box, kind: TrackKind): TrackInfo {
  const minf = data.need(mdia, 'minf');
  const stsd = data.need(data.need(minf, 'stbl'), 'stsd');
  const entry = data.children(stsd.body + 8, stsd.end)[0];
  if (!entry) throw new Fmp4Error('malformed', 'a track does not say how it is encoded');
  const configsAt = entry.body + entryBytes[kind];
  const configs = configsAt <= entry.end ? data.children(configsAt, entry.end) : [];
  const avcC = configs.find((box) => box.type === 'avcC');
  return {
    ...(kind === 'audio' && { kind }),
    codec: codecOf(data, entry, configs),
    ...(avcC && { sps: spsOf(data, avcC) }),
    timescale: timescaleOf(data, data.need(mdia, 'mdhd')),
    width: kind === 'audio' ? 0 : data.u16(entry.body + 24, entry.end),
    height: kind === 'audio' ? 0 : data.u16(entry.body + 26, entry.end),
  };
}

/** The first parameter set of an avcC (ISO/IEC 14496-15, 5.3.3.1). */
function spsOf(data: BoxBytes, avcC: Box): SpsFacts | null {
  const at = avcC.body + 5;
  if (at + 3 > avcC.end || (data.u8(at, avcC.end) & 0x1f) === 0) return null;
  const length = data.u16(at + 1, avcC.end);
  return at + 3 + length > avcC.end ? null : readSps(data.bytes.subarray(at + 3, at + 3 + length));
}

function defaultsOf(data: BoxBytes, moov: Box, id: number): SampleDefaults {
  const mvex = data.child(moov, 'mvex');
  const all = mvex ? data.children(mvex.body, mvex.end).filter((box) => box.type === 'trex') : [];
  const trex = all.find((box) => data.u32(box.body + 4, box.end) === id);
  if (!trex) return { duration: 0, size: 0, flags: 0 };
  return {
    duration: data.u32(trex.body + 12, trex.end),
    size: data.u32(trex.body + 16, trex.end),
    flags: data.u32(trex.body + 20, trex.end),
  };
}

/** The first track of that kind in an init segment: a moov box, whatever stands before it. Throws `Fmp4Error`. */
export function readMoov(bytes: Uint8Array, kind: TrackKind = 'video'): ReadTrack {
  const data = new BoxBytes(bytes);
  const moov = data.children(0, bytes.length).find((box) => box.type === 'moov');
  if (!moov) throw new Fmp4Error('malformed', 'the init segment has no moov box');
  for (const trak of data.children(moov.body, moov.end).filter((box) => box.type === 'trak')) {
    const mdia = data.need(trak, 'mdia');
    const hdlr = data.need(mdia, 'hdlr');
    if (data.fourcc(hdlr.body + 8, hdlr.end) !== handlers[kind]) continue;
    const id = trackIdOf(data, data.need(trak, 'tkhd'));
    return { id, info: infoOf(data, mdia, kind), defaults: defaultsOf(data, moov, id) };
  }
  throw new Fmp4Error('no-track', `the stream has no ${kind} track`);
}
