import { FeedError } from './feed.ts';

/** The largest picture that is taken, bytes. */
export const maxJpegBytes = 8 * 1024 * 1024;
const maxHeadBytes = 8 * 1024;

/**
 * Pictures out of a multipart/x-mixed-replace body, which arrives in any pieces. Cameras differ: with or without
 * Content-Length, boundary with or without its dashes, LF or CRLF. So the boundary is what the first line says.
 */
export class MultipartReader {
  #held: Buffer = Buffer.alloc(0);
  #boundary: Buffer | null = null;
  /** Of the part that is being received: its length, or null where the next boundary ends it. */
  #part: { length: number | null } | null = null;

  /** The pictures that are complete with these bytes. Throws FeedError. */
  push(bytes: Buffer): Buffer[] {
    this.#held = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]);
    const pictures: Buffer[] = [];
    for (;;) {
      if (!this.#part && !this.#readHead()) break;
      const picture = this.#readBody();
      if (!picture) break;
      if (picture.length > 3) pictures.push(picture);
    }
    return pictures;
  }

  /** True: a head was read and its body follows. */
  #readHead(): boolean {
    const start = this.#held.indexOf('--');
    const gap = /\r?\n\r?\n/.exec(
      this.#held.subarray(Math.max(0, start), Math.max(0, start) + maxHeadBytes).toString('latin1'),
    );
    if (start < 0 || !gap) {
      if (this.#held.length > maxHeadBytes)
        throw new FeedError('The camera answers, but not with a stream of JPEG pictures');
      return false;
    }
    const head = this.#held.toString('latin1', start, start + gap.index);
    this.#boundary ??= Buffer.from(head.split(/\r?\n/, 1)[0]?.trim() ?? '', 'latin1');
    const stated = /^content-length:\s*(\d{1,9})\s*$/im.exec(head)?.[1];
    this.#part = { length: stated === undefined ? null : Number(stated) };
    this.#held = this.#held.subarray(start + gap.index + gap[0].length);
    return true;
  }

  #readBody(): Buffer | null {
    const length = this.#part?.length ?? null;
    const end = length ?? this.#held.indexOf(this.#boundary ?? '');
    if (end > maxJpegBytes || (end < 0 && this.#held.length > maxJpegBytes))
      throw new FeedError('The camera sends a picture that is too large');
    if (end < 0 || this.#held.length < end) return null;
    const picture = Buffer.from(this.#held.subarray(0, end));
    this.#held = this.#held.subarray(end);
    this.#part = null;
    return picture;
  }
}

/** One picture as ffmpeg's mpjpeg demuxer takes it: with its length, so that it need not wait for the next. */
export function framed(jpeg: Uint8Array): Buffer {
  const head = `--picture\r\nContent-Type: image/jpeg\r\nContent-Length: ${jpeg.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head, 'latin1'), jpeg, Buffer.from('\r\n')]);
}

/** Begins as JPEG does (ITU-T T.81, B.1.1.3: SOI). */
export const isJpeg = (bytes: Uint8Array): boolean => bytes[0] === 0xff && bytes[1] === 0xd8;
