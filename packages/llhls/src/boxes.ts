/** ISO base media boxes (ISO/IEC 14496-12, 4.2): bounds-checked reading of what is in memory already. */

export type Fmp4ErrorCode = 'malformed' | 'too-large' | 'no-track';

/** Bytes that are not the fragmented MP4 we can carry. The message says in words what is wrong with them. */
export class Fmp4Error extends Error {
  readonly code: Fmp4ErrorCode;
  constructor(code: Fmp4ErrorCode, message: string) {
    super(message);
    this.name = 'Fmp4Error';
    this.code = code;
  }
}

/** A box inside a byte array: `start` is the first byte of its header, `body` the first after it, `end` one past it. */
export interface Box {
  type: string;
  start: number;
  body: number;
  end: number;
}

/** Reads big-endian numbers and boxes out of one array; every read past the end is an `Fmp4Error`. */
export class BoxBytes {
  readonly bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  #need(at: number, length: number, limit: number): void {
    if (at < 0 || at + length > limit || limit > this.bytes.length)
      throw new Fmp4Error('malformed', 'an MP4 box is shorter than its content');
  }
  u8(at: number, limit = this.bytes.length): number {
    this.#need(at, 1, limit);
    return this.#view.getUint8(at);
  }
  u16(at: number, limit = this.bytes.length): number {
    this.#need(at, 2, limit);
    return this.#view.getUint16(at);
  }
  u32(at: number, limit = this.bytes.length): number {
    this.#need(at, 4, limit);
    return this.#view.getUint32(at);
  }
  i32(at: number, limit = this.bytes.length): number {
    this.#need(at, 4, limit);
    return this.#view.getInt32(at);
  }
  /** A 64-bit number; beyond 2^53 it is refused, since no real stream gets there and a double would lie. */
  u64(at: number, limit = this.bytes.length): number {
    const value = this.u32(at, limit) * 2 ** 32 + this.u32(at + 4, limit);
    if (value > Number.MAX_SAFE_INTEGER)
      throw new Fmp4Error('malformed', 'a time or size in the MP4 is beyond 2^53');
    return value;
  }
  fourcc(at: number, limit = this.bytes.length): string {
    this.#need(at, 4, limit);
    let text = '';
    for (let i = 0; i < 4; i++) text += String.fromCharCode(this.bytes[at + i] ?? 0);
    return text;
  }

  /** The boxes that fill `from` to `to`. Fewer than 8 bytes at the end are ignored, as old muxers pad so. */
  children(from: number, to: number): Box[] {
    const found: Box[] = [];
    let at = from;
    while (at + 8 <= to) {
      let size = this.u32(at, to);
      let body = at + 8;
      if (size === 1) {
        size = this.u64(body, to);
        body += 8;
      } else if (size === 0) size = to - at;
      const end = at + size;
      if (end < body || end > to)
        throw new Fmp4Error('malformed', `the MP4 box at byte ${at} does not fit into its parent`);
      found.push({ type: this.fourcc(at + 4, to), start: at, body, end });
      at = end;
    }
    return found;
  }

  child(parent: Box, type: string): Box | undefined {
    return this.children(parent.body, parent.end).find((box) => box.type === type);
  }

  need(parent: Box, type: string): Box {
    const box = this.child(parent, type);
    if (!box) throw new Fmp4Error('malformed', `the MP4 has no ${type} box in its ${parent.type} box`);
    return box;
  }
}
