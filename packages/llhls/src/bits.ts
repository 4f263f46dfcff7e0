/** Reads the bits of a raw byte sequence payload (ITU-T H.264, 7.2 and 9.1). Throws `RangeError` past the end. */
export class BitReader {
  readonly #bytes: Uint8Array;
  #at = 0;
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }
  /** Bits read so far. */
  get at(): number {
    return this.#at;
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

/** Writes such a payload. */
export class BitWriter {
  readonly #bytes: number[] = [];
  #count = 0;
  bit(value: number): void {
    if (this.#count % 8 === 0) this.#bytes.push(0);
    if (value)
      this.#bytes[this.#count >> 3] = (this.#bytes[this.#count >> 3] ?? 0) | (128 >> (this.#count & 7));
    this.#count += 1;
  }
  /** The first `count` bits of others' bytes. */
  copy(from: Uint8Array, count: number): void {
    const reader = new BitReader(from);
    for (let i = 0; i < count; i++) this.bit(reader.bit());
  }
  ue(value: number): void {
    const code = (value + 1).toString(2);
    for (let i = 1; i < code.length; i++) this.bit(0);
    for (const digit of code) this.bit(Number(digit));
  }
  /** With the stop bit, filled up to a whole byte (7.3.2.11). */
  end(): Uint8Array {
    this.bit(1);
    return Uint8Array.from(this.#bytes);
  }
}

/** What follows a NAL unit's header, without the bytes that keep start codes out of it (7.4.1). */
export function unescaped(nal: Uint8Array): Uint8Array {
  const out: number[] = [];
  for (let at = 1; at < nal.length; at++) {
    if (nal[at] === 3 && nal[at - 1] === 0 && nal[at - 2] === 0 && at >= 3) continue;
    out.push(nal[at] ?? 0);
  }
  return Uint8Array.from(out);
}

/** A NAL unit of this header and payload, with those bytes. */
export function escaped(header: number, payload: Uint8Array): Uint8Array {
  const out = [header];
  let zeros = 0;
  for (const byte of payload) {
    if (zeros === 2 && byte <= 3) {
      out.push(3);
      zeros = 0;
    }
    out.push(byte);
    zeros = byte === 0 ? zeros + 1 : 0;
  }
  return Uint8Array.from(out);
}
