/** What a sequence parameter set of H.264 says of its pictures (ITU-T H.264, 7.3.2.1.1). */
export interface SpsFacts {
  /** chroma_format_idc: 0 grey, 1 4:2:0, 2 4:2:2, 3 4:4:4. */
  chroma: number;
  bitDepth: number;
  /** Fields may come instead of whole frames. */
  interlaced: boolean;
}

/** profile_idc of the profiles whose parameter sets tell chroma and depth. */
const highProfiles = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);

class Bits {
  readonly #bytes: Uint8Array;
  #at = 0;
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }
  bit(): number {
    const byte = this.#bytes[this.#at >> 3];
    if (byte === undefined) throw new RangeError('the parameter set ends too early');
    return (byte >> (7 - (this.#at++ & 7))) & 1;
  }
  bits(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++) value = value * 2 + this.bit();
    return value;
  }
  /** ue(v), 9.1. */
  ue(): number {
    let zeros = 0;
    while (this.bit() === 0) if (++zeros > 31) throw new RangeError('the parameter set is damaged');
    return 2 ** zeros - 1 + this.bits(zeros);
  }
  /** se(v), 9.1.1. */
  se(): number {
    const code = this.ue();
    return code % 2 === 1 ? (code + 1) / 2 : -code / 2;
  }
}

/** Without the bytes that keep start codes out of the payload (7.4.1). */
function unescaped(nal: Uint8Array): Uint8Array {
  const out: number[] = [];
  for (let at = 1; at < nal.length; at++) {
    if (nal[at] === 3 && nal[at - 1] === 0 && nal[at - 2] === 0 && at >= 3) continue;
    out.push(nal[at] ?? 0);
  }
  return Uint8Array.from(out);
}

function skipScalingLists(bits: Bits, lists: number): void {
  for (let list = 0; list < lists; list++) {
    if (bits.bit() === 0) continue;
    let [last, next] = [8, 8];
    for (let i = 0; i < (list < 6 ? 16 : 64); i++) {
      if (next !== 0) next = (last + bits.se() + 256) % 256;
      last = next === 0 ? last : next;
    }
  }
}

/** Reads a parameter set with its NAL header; null when it is damaged. */
export function readSps(nal: Uint8Array): SpsFacts | null {
  try {
    const bits = new Bits(unescaped(nal));
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
    const order = bits.ue();
    if (order === 0) bits.ue();
    else if (order === 1) {
      bits.bit();
      bits.se();
      bits.se();
      for (let left = bits.ue(); left > 0; left--) bits.se();
    }
    bits.ue();
    bits.bit();
    bits.ue();
    bits.ue();
    return { chroma, bitDepth, interlaced: bits.bit() === 0 };
  } catch {
    return null;
  }
}
