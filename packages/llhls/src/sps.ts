import { BitReader, BitWriter, escaped, unescaped } from './bits.ts';

/** What a sequence parameter set of H.264 says of its pictures (ITU-T H.264, 7.3.2.1.1). */
export interface SpsFacts {
  /** chroma_format_idc: 0 grey, 1 4:2:0, 2 4:2:2, 3 4:4:4. */
  chroma: number;
  bitDepth: number;
  /** Fields may come instead of whole frames. */
  interlaced: boolean;
}

/** What the rules for the order of pictures need besides. */
interface SpsOrder {
  profile: number;
  /** pic_order_cnt_type. */
  orderType: number;
  /** max_num_ref_frames. */
  references: number;
}

/** profile_idc of the profiles whose parameter sets tell chroma and depth. */
const highProfiles = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);
/** It knows no B pictures (A.2.1). */
const baselineProfile = 66;
/** Pictures are shown in the order in which they are decoded (8.2.1.3). */
const decodingOrder = 2;

function skipScalingLists(bits: BitReader, lists: number): void {
  for (let list = 0; list < lists; list++) {
    if (bits.bit() === 0) continue;
    let [last, next] = [8, 8];
    for (let i = 0; i < (list < 6 ? 16 : 64); i++) {
      if (next !== 0) next = (last + bits.se() + 256) % 256;
      last = next === 0 ? last : next;
    }
  }
}

/** Reads up to frame_mbs_only_flag and with it. */
function readHead(bits: BitReader): SpsFacts & SpsOrder {
  const profile = bits.bits(8);
  bits.bits(16);
  bits.ue();
  let [chroma, bitDepth] = [1, 8];
  if (highProfiles.has(profile)) {
    chroma = bits.ue();
    if (chroma === 3) bits.bit();
    bitDepth = 8 + Math.max(bits.ue(), bits.ue());
    bits.bit();
    if (bits.bit()) skipScalingLists(bits, chroma === 3 ? 12 : 8);
  }
  bits.ue();
  const orderType = bits.ue();
  if (orderType === 0) bits.ue();
  else if (orderType === 1) {
    bits.bit();
    bits.se();
    bits.se();
    for (let left = bits.ue(); left > 0; left--) bits.se();
  }
  const references = bits.ue();
  bits.bit();
  bits.ue();
  bits.ue();
  return { profile, orderType, references, chroma, bitDepth, interlaced: bits.bit() === 0 };
}

/** Reads a parameter set with its NAL header; null when it is damaged. */
export function readSps(nal: Uint8Array): SpsFacts | null {
  try {
    const { chroma, bitDepth, interlaced } = readHead(new BitReader(unescaped(nal)));
    return { chroma, bitDepth, interlaced };
  } catch {
    return null;
  }
}

/** hrd_parameters (E.1.2). */
function skipHrd(bits: BitReader): void {
  const schedules = bits.ue() + 1;
  if (schedules > 32) throw new RangeError('the parameter set is damaged');
  bits.bits(8);
  for (let schedule = 0; schedule < schedules; schedule++) {
    bits.ue();
    bits.ue();
    bits.bit();
  }
  bits.bits(20);
}

/** Of the VUI parameters (E.1.1), all before bitstream_restriction_flag. */
function skipVui(bits: BitReader): void {
  const sampleAspect = bits.bit() ? bits.bits(8) : 0;
  if (sampleAspect === 255) bits.bits(32);
  if (bits.bit()) bits.bit();
  if (bits.bit()) {
    bits.bits(4);
    if (bits.bit()) bits.bits(24);
  }
  if (bits.bit()) {
    bits.ue();
    bits.ue();
  }
  if (bits.bit()) bits.bits(65);
  const nalHrd = bits.bit();
  if (nalHrd) skipHrd(bits);
  const vclHrd = bits.bit();
  if (vclHrd) skipHrd(bits);
  if (nalHrd || vclHrd) bits.bit();
  bits.bit();
}

/** What is assumed of a stream that does not say (E.2.1): bytes of a picture, bits of a macroblock, motion vectors. */
const assumed = { bytesDenominator: 2, bitsDenominator: 1, motionLog2: 16 };

/**
 * The parameter set with the word that no picture waits for a later one (bitstream_restriction, E.2.1). Decoders that
 * miss it hold back as many pictures as they have room for, up to 16. Null where the set has that word already, is
 * damaged, or does not prove it: pictures may be shown in another order than they are decoded.
 */
export function withoutHoldBack(nal: Uint8Array): Uint8Array | null {
  try {
    const payload = unescaped(nal);
    const bits = new BitReader(payload);
    const { profile, orderType, references, interlaced } = readHead(bits);
    const inOrder = profile === baselineProfile || orderType === decodingOrder;
    if (!inOrder || interlaced) return null;
    bits.bit();
    if (bits.bit()) for (let edge = 0; edge < 4; edge++) bits.ue();
    const out = new BitWriter();
    const beforeVui = bits.at;
    if (bits.bit()) {
      skipVui(bits);
      const before = bits.at;
      if (bits.bit()) return null;
      out.copy(payload, before);
    } else {
      out.copy(payload, beforeVui);
      out.bit(1);
      // Nothing else is said in these VUI parameters.
      for (let flag = 0; flag < 8; flag++) out.bit(0);
    }
    out.bit(1);
    out.bit(1);
    out.ue(assumed.bytesDenominator);
    out.ue(assumed.bitsDenominator);
    out.ue(assumed.motionLog2);
    out.ue(assumed.motionLog2);
    out.ue(0);
    out.ue(references);
    return escaped(nal[0] ?? 0, out.end());
  } catch {
    return null;
  }
}
