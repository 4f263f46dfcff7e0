import { BoxBytes, type Box } from './boxes.ts';
import { withoutHoldBack } from './sps.ts';

/** Boxes from the file down to the decoder configuration; the sample entry comes between the last two. */
const way = ['mdia', 'minf', 'stbl', 'stsd'] as const;
/** Bytes of a VisualSampleEntry before its child boxes (ISO/IEC 14496-12, 12.1.3). */
const visualEntryBytes = 78;
/** NAL unit types (ITU-T H.264, table 7-1). */
const nalSps = 7;
const nalFiller = 12;
const maxNals = 64;

export interface Rewritten {
  /** The init segment with the new parameter set. */
  bytes: Uint8Array;
  /** The parameter set that was there. */
  was: Uint8Array;
}

interface Found {
  /** All boxes that grow with the parameter set, outermost first. */
  around: Box[];
  avcC: Box;
}

function findAvcC(data: BoxBytes): Found | null {
  const moov = data.children(0, data.bytes.length).find(({ type }) => type === 'moov');
  if (!moov) return null;
  for (const trak of data.children(moov.body, moov.end).filter(({ type }) => type === 'trak')) {
    const around = [moov, trak];
    for (const type of way) {
      const last = around.at(-1);
      const next = last && data.child(last, type);
      if (!next) break;
      around.push(next);
    }
    const stsd = around.at(-1);
    if (stsd?.type !== 'stsd') continue;
    const [entry, another] = data.children(stsd.body + 8, stsd.end);
    if (!entry || another || !/^avc[13]$/.test(entry.type)) continue;
    const avcC = data.children(entry.body + visualEntryBytes, entry.end).find(({ type }) => type === 'avcC');
    if (avcC) return { around: [...around, entry, avcC], avcC };
  }
  return null;
}

/**
 * An init segment whose H.264 parameter set says that no picture waits for a later one, where it proves that and did
 * not say it; null where there is nothing to do. Throws `Fmp4Error` for boxes that do not fit.
 */
export function dropHoldBack(init: Uint8Array): Rewritten | null {
  const data = new BoxBytes(init);
  const found = findAvcC(data);
  if (!found) return null;
  const { around, avcC } = found;
  // Large sizes are not for boxes like these.
  if (around.some(({ start, body }) => body - start !== 8)) return null;
  const at = avcC.body + 5;
  if (at + 3 > avcC.end || (data.u8(at, avcC.end) & 0x1f) !== 1) return null;
  const length = data.u16(at + 1, avcC.end);
  const [from, to] = [at + 3, at + 3 + length];
  if (to > avcC.end) return null;
  const was = init.slice(from, to);
  const sps = withoutHoldBack(was);
  if (!sps) return null;
  const bytes = new Uint8Array(init.length + sps.length - length);
  bytes.set(init.subarray(0, from));
  bytes.set(sps, from);
  bytes.set(init.subarray(to), from + sps.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(at + 1, sps.length);
  for (const { start, end } of around) view.setUint32(start, end - start + sps.length - length);
  return { bytes, was };
}

/**
 * Cameras repeat their parameter set before each key frame, where it would undo the new one: the same set again becomes
 * filler, in its place and of its length. Another one stays, since it means other pictures. `from` to `to`: one sample of
 * NAL units with 4-byte lengths.
 */
export function blankParameterSets(bytes: Uint8Array, from: number, to: number, was: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = from;
  for (let nal = 0; nal < maxNals && at + 5 <= to; nal++) {
    const length = view.getUint32(at);
    const [start, end] = [at + 4, at + 4 + length];
    if (end > to) return;
    const same = length === was.length && was.every((byte, index) => bytes[start + index] === byte);
    if (same && ((bytes[start] ?? 0) & 0x1f) === nalSps && length >= 2) {
      bytes.fill(0xff, start, end);
      bytes[start] = nalFiller;
      bytes[end - 1] = 0x80;
    }
    at = end;
  }
}
