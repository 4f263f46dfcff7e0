import { Fmp4Error } from './boxes.ts';
import { blankParameterSets, dropHoldBack } from './hold-back.ts';
import { isSync, readMoof } from './moof.ts';
import { readMoov, type ReadTrack } from './moov.ts';
import { Slabs } from './slab.ts';
import type { Fmp4Unit, FragmentUnit, TrackKind } from './types.ts';

/** Other boxes between a moof and its mdat; they must stay, because offsets count from the moof. */
const maxBoxesInFragment = 8;
/** A fragment that claims to last longer than this is damaged: no live source goes on after such a pause, seconds. */
const maxFragmentS = 600;
const headBytes = 8;
const largeHeadBytes = 16;

/** The box that is being received. `into` is null for a box that nobody needs. */
interface Incoming {
  type: string;
  size: number;
  filled: number;
  into: Uint8Array | null;
}

function joined(arrays: readonly Uint8Array[]): Uint8Array {
  const total = arrays.reduce((sum, array) => sum + array.length, 0);
  const result = new Uint8Array(total);
  let at = 0;
  for (const array of arrays) {
    result.set(array, at);
    at += array.length;
  }
  return result;
}

/**
 * Incremental reader of a fragmented MP4 stream such as ffmpeg writes with
 * `-movflags +frag_keyframe+empty_moov+default_base_moof`: arbitrary pieces in, whole units out.
 *
 * Each box is received into an array of its final size, so media bytes are copied once and the pieces handed in may be
 * reused at once. Memory: a box, and a fragment as a whole, have at most `maxBoxBytes`; the moof is held twice.
 */
export class Fmp4Reader {
  readonly #maxBoxBytes: number;
  readonly #kind: TrackKind;
  readonly #head = new Uint8Array(largeHeadBytes);
  #headFilled = 0;
  #incoming: Incoming | null = null;
  #ftyp: Uint8Array | null = null;
  #track: ReadTrack | null = null;
  /** The parameter set that was replaced in the init segment. */
  #oldSps: Uint8Array | null = null;
  /** moof and what followed it, while its mdat is awaited; `mdatAt` is where the mdat goes in the unit's array. */
  #fragment: Uint8Array[] = [];
  #mdatAt = 0;
  readonly #slabs = new Slabs();
  /** Where the next fragment starts if it does not say, in the track's time scale. */
  #nextDecodeTime = 0;
  #failed: Fmp4Error | null = null;

  /** `kind`: the track that is read, the first of its kind. */
  constructor(options: { maxBoxBytes?: number; kind?: TrackKind } = {}) {
    this.#maxBoxBytes = options.maxBoxBytes ?? 16 * 1024 * 1024;
    this.#kind = options.kind ?? 'video';
  }

  /**
   * Takes the next bytes of the stream and returns the units they complete.
   * Throws `Fmp4Error`; after that the reader stays failed and throws the same error again.
   */
  push(bytes: Uint8Array): Fmp4Unit[] {
    if (this.#failed) throw this.#failed;
    try {
      return this.#push(bytes);
    } catch (error) {
      if (error instanceof Fmp4Error) this.#failed = error;
      throw error;
    }
  }

  #push(bytes: Uint8Array): Fmp4Unit[] {
    const units: Fmp4Unit[] = [];
    let at = 0;
    while (at < bytes.length) {
      if (!this.#incoming) {
        at += this.#takeHead(bytes, at);
        if (!this.#incoming) break;
      }
      const box: Incoming = this.#incoming;
      const length = Math.min(bytes.length - at, box.size - box.filled);
      if (box.into && length > 0) {
        const start = (box.type === 'mdat' ? this.#mdatAt : 0) + box.filled;
        box.into.set(bytes.subarray(at, at + length), start);
      }
      box.filled += length;
      at += length;
      if (box.filled === box.size) {
        this.#incoming = null;
        const unit = this.#complete(box);
        if (unit) units.push(unit);
      }
    }
    return units;
  }

  /** Takes header bytes until size and type of the next box are known; returns how many were taken. */
  #takeHead(bytes: Uint8Array, from: number): number {
    let at = from;
    while (at < bytes.length) {
      this.#head[this.#headFilled++] = bytes[at++] ?? 0;
      if (this.#headFilled === headBytes) {
        const size = this.#headU32(0);
        if (size !== 1) {
          this.#open(size, headBytes);
          break;
        }
      } else if (this.#headFilled === largeHeadBytes) {
        this.#open(this.#headU32(8) * 2 ** 32 + this.#headU32(12), largeHeadBytes);
        break;
      }
    }
    return at - from;
  }

  #headU32(at: number): number {
    const [a = 0, b = 0, c = 0, d = 0] = this.#head.subarray(at, at + 4);
    return ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
  }

  #open(size: number, headLength: number): void {
    const type = String.fromCharCode(...this.#head.subarray(4, 8));
    this.#checkOrder(type, size, headLength);
    const kept = type === 'ftyp' || type === 'moov' || type === 'moof' || this.#fragment.length > 0;
    const box: Incoming = { type, size, filled: headLength, into: null };
    let headAt = 0;
    if (type === 'mdat') {
      // The unit's own array: the moof (small) is copied again, the media bytes only once.
      headAt = this.#mdatAt = this.#fragment.reduce((sum, array) => sum + array.length, 0);
      box.into = this.#slabs.take(this.#mdatAt + size);
      let at = 0;
      for (const array of this.#fragment) {
        box.into.set(array, at);
        at += array.length;
      }
    } else if (kept) box.into = this.#track ? this.#slabs.take(size) : new Uint8Array(size);
    box.into?.set(this.#head.subarray(0, headLength), headAt);
    this.#headFilled = 0;
    this.#incoming = box;
  }

  #checkOrder(type: string, size: number, headLength: number): void {
    if (!/^[\x20-\x7e]{4}$/.test(type) || (!this.#ftyp && type !== 'ftyp'))
      throw new Fmp4Error('malformed', 'the stream is not an MP4: it does not consist of MP4 boxes');
    if (size < headLength)
      throw new Fmp4Error('malformed', `the MP4 box "${type}" has an impossible size of ${size} bytes`);
    const before = this.#fragment.reduce((sum, box) => sum + box.length, 0);
    if (before + size > this.#maxBoxBytes)
      throw new Fmp4Error(
        'too-large',
        `with the MP4 box "${type}" ${before + size} bytes belong together, the limit is ${this.#maxBoxBytes}`,
      );
    const inFragment = this.#fragment.length > 0;
    if (type === 'moof' && !this.#track)
      throw new Fmp4Error('malformed', 'the MP4 has a fragment before its moov box');
    if (type === 'mdat' && !inFragment)
      throw new Fmp4Error('malformed', 'the MP4 is not fragmented: media data without a moof box before it');
    if (inFragment && (type === 'moof' || type === 'moov' || type === 'ftyp'))
      throw new Fmp4Error('malformed', 'the MP4 has a fragment without media data');
    if (this.#fragment.length > maxBoxesInFragment)
      throw new Fmp4Error('malformed', 'the MP4 has too many boxes between a moof and its mdat');
  }

  #complete(box: Incoming): Fmp4Unit | null {
    const { into, type } = box;
    if (!into) return null;
    if (type === 'ftyp') {
      this.#ftyp = into;
      return null;
    }
    if (type === 'moov') {
      const track = readMoov(into, this.#kind);
      this.#track = track;
      this.#nextDecodeTime = 0;
      const bytes = joined([this.#ftyp ?? new Uint8Array(0), into]);
      const rewritten = dropHoldBack(bytes);
      this.#oldSps = rewritten?.was ?? null;
      return { kind: 'init', bytes: rewritten?.bytes ?? bytes, track: track.info };
    }
    if (type !== 'mdat') {
      this.#fragment.push(into);
      return null;
    }
    this.#fragment = [];
    return this.#fragmentOf(into);
  }

  #fragmentOf(bytes: Uint8Array): FragmentUnit | null {
    const track = this.#track;
    const moof = track ? readMoof(bytes, track) : null;
    if (!track || !moof) return null;
    const { timescale } = track.info;
    const units = moof.runs.flatMap((run) => run.durations);
    const start = moof.decodeTime ?? this.#nextDecodeTime;
    const total = units.reduce((sum, duration) => sum + duration, 0);
    if (total > maxFragmentS * timescale)
      throw new Fmp4Error('malformed', `a fragment claims to last ${Math.round(total / timescale)} s`);
    this.#nextDecodeTime = start + total;
    const first = moof.runs.find((run) => run.durations.length > 0);
    if (!first) return null;
    const unit: FragmentUnit = {
      kind: 'fragment',
      bytes,
      mediaS: start / timescale,
      durationS: total / timescale,
      samples: units.length,
      key: isSync(first.firstFlags),
    };
    if (unit.key && track.info.codec.startsWith('avc')) {
      const sample = firstSample(bytes, moof);
      if (sample && this.#oldSps) blankParameterSets(bytes, sample.from, sample.to, this.#oldSps);
      const idr = sample && startsWithIdr(bytes, sample);
      if (idr !== null) unit.idr = idr;
    }
    if (moof.divisible && sizesFit(bytes, moof)) unit.frameS = units.map((duration) => duration / timescale);
    return unit;
  }
}

/** The one run's samples lie inside the unit, so that a slice can be taken without looking again. */
function sizesFit(bytes: Uint8Array, moof: NonNullable<ReturnType<typeof readMoof>>): boolean {
  const run = moof.runs[0];
  if (!run || run.dataOffset === null || run.dataOffset < moof.box.end) return false;
  return run.dataOffset + run.sizes.reduce((sum, size) => sum + size, 0) <= bytes.length;
}

/** Types of a NAL unit (ITU-T H.264, table 7-1). */
const nalSlice = 1;
const nalIdr = 5;
const maxNals = 64;

/** Where the first sample lies; null when that cannot be told. */
function firstSample(
  bytes: Uint8Array,
  moof: NonNullable<ReturnType<typeof readMoof>>,
): { from: number; to: number } | null {
  const run = moof.runs[0];
  if (!run || run.dataOffset === null || run.dataOffset < 0) return null;
  return { from: run.dataOffset, to: Math.min(bytes.length, run.dataOffset + (run.sizes[0] ?? 0)) };
}

/** Whether a sample has an IDR picture; null when that cannot be told. NAL units have 4-byte lengths, as ffmpeg writes them. */
function startsWithIdr(bytes: Uint8Array, { from, to }: { from: number; to: number }): boolean | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = from;
  for (let nal = 0; nal < maxNals && at + 5 <= to; nal++) {
    const type = view.getUint8(at + 4) & 0x1f;
    if (type === nalIdr) return true;
    if (type === nalSlice) return false;
    at += 4 + view.getUint32(at);
  }
  return null;
}
