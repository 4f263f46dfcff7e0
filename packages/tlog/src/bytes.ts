/** Bytes, base64 (RFC 4648 section 4) and UTF-8, without a runtime's own helpers. */

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const values = new Map([...alphabet].map((sign, value) => [sign, value]));

export function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const [a = 0, b = 0, c = 0] = bytes.subarray(at, at + 3);
    const left = bytes.length - at;
    text += `${alphabet[a >> 2]}${alphabet[((a & 3) << 4) | (b >> 4)]}`;
    text += left > 1 ? alphabet[((b & 15) << 2) | (c >> 6)] : '=';
    text += left > 2 ? alphabet[c & 63] : '=';
  }
  return text;
}

/** Strict: padded, no other characters, no bits left over. Null for anything else. */
export function fromBase64(text: string): Uint8Array | null {
  if (text.length % 4 !== 0) return null;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  let at = 0;
  for (let group = 0; group < text.length; group += 4) {
    let bits = 0;
    for (let sign = 0; sign < 4; sign++) {
      const isPadding = group + sign >= text.length - padding;
      const value = isPadding ? 0 : values.get(text[group + sign] ?? '');
      if (value === undefined) return null;
      bits = (bits << 6) | value;
    }
    for (const shift of [16, 8, 0]) {
      if (at < bytes.length) bytes[at++] = (bits >> shift) & 255;
      else if (((bits >> shift) & 255) !== 0) return null;
    }
  }
  return bytes;
}

/** @throws RangeError for a lone surrogate, which UTF-8 cannot hold. */
export function utf8(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 3);
  let end = 0;
  for (let at = 0; at < text.length; at++) {
    let code = text.charCodeAt(at);
    if (code < 0x80) {
      bytes[end++] = code;
      continue;
    }
    if (code >= 0xd800 && code <= 0xdfff) {
      code = text.codePointAt(at) ?? 0;
      if (code < 0x10000) throw new RangeError('a lone surrogate is no text');
      at += 1;
      bytes[end++] = 0xf0 | (code >> 18);
      bytes[end++] = 0x80 | ((code >> 12) & 63);
    } else if (code >= 0x800) bytes[end++] = 0xe0 | (code >> 12);
    else {
      bytes[end++] = 0xc0 | (code >> 6);
      bytes[end++] = 0x80 | (code & 63);
      continue;
    }
    bytes[end++] = 0x80 | ((code >> 6) & 63);
    bytes[end++] = 0x80 | (code & 63);
  }
  return bytes.slice(0, end);
}
