import type { Box, BoxBytes } from './boxes.ts';

const hex = (value: number): string => value.toString(16).padStart(2, '0');
const two = (value: number): string => String(value).padStart(2, '0');

/** ISO/IEC 14496-15, annex E: profile, compatibility flags in reverse bit order, tier and level, constraint bytes. */
function hevc(prefix: string, data: BoxBytes, config: Box): string {
  const at = config.body;
  const first = data.u8(at + 1, config.end);
  const space = ['', 'A', 'B', 'C'][first >> 6] ?? '';
  const flags = data.u32(at + 2, config.end);
  let reversed = 0;
  for (let bit = 0; bit < 32; bit++) if ((flags >>> bit) & 1) reversed += 2 ** (31 - bit);
  const constraints: number[] = [];
  for (let i = 0; i < 6; i++) constraints.push(data.u8(at + 6 + i, config.end));
  while (constraints.length > 0 && constraints.at(-1) === 0) constraints.pop();
  const level = `${first & 0x20 ? 'H' : 'L'}${data.u8(at + 12, config.end)}`;
  const head = `${prefix}.${space}${first & 0x1f}.${reversed.toString(16)}.${level}`;
  return [head, ...constraints.map((byte) => byte.toString(16).toUpperCase())].join('.');
}

/** AV1 in ISOBMFF, section 5: profile, level and tier, bit depth. */
function av1(data: BoxBytes, config: Box): string {
  const second = data.u8(config.body + 1, config.end);
  const third = data.u8(config.body + 2, config.end);
  const depth = third & 0x40 ? (third & 0x20 ? 12 : 10) : 8;
  return `av01.${second >> 5}.${two(second & 0x1f)}${third & 0x80 ? 'H' : 'M'}.${two(depth)}`;
}

/** VP codec ISO media file format binding: profile, level, bit depth. */
function vp9(prefix: string, data: BoxBytes, config: Box): string {
  const at = config.body + 4;
  const depth = data.u8(at + 2, config.end) >> 4;
  return `${prefix}.${two(data.u8(at, config.end))}.${two(data.u8(at + 1, config.end))}.${two(depth)}`;
}

/** Object type of AAC and its kin, of which the decoder's own description names the sort (ISO/IEC 14496-3, 1.6.2.1). */
const objectAudio = 0x40;

/**
 * Object type of an MPEG-4 elementary stream descriptor (ISO/IEC 14496-1, 7.2.6.5 and .6), such as 6C for JPEG; for sound
 * with its sort, such as 40.2 for AAC-LC.
 */
function mpeg4(prefix: 'mp4v' | 'mp4a', data: BoxBytes, config: Box): string {
  let at = config.body + 4;
  const tag = (): number => {
    const value = data.u8(at++, config.end);
    for (let i = 0; i < 4 && data.u8(at++, config.end) & 0x80; i++);
    return value;
  };
  if (tag() !== 3) return prefix;
  const flags = data.u8(at + 2, config.end);
  at += 3 + (flags & 0x80 ? 2 : 0) + (flags & 0x20 ? 2 : 0);
  if (flags & 0x40) at += 1 + data.u8(at, config.end);
  if (tag() !== 4) return prefix;
  const object = data.u8(at, config.end);
  const name = `${prefix}.${hex(object).toUpperCase()}`;
  if (prefix !== 'mp4a' || object !== objectAudio) return name;
  at += 13;
  return tag() === 5 ? `${name}.${data.u8(at, config.end) >> 3}` : name;
}

/**
 * RFC 6381 codec string of a sample entry. For what we do not know it is the plain sample entry name, so that
 * a caller can at least say what the camera sends.
 */
export function codecOf(data: BoxBytes, entry: Box, configs: Box[]): string {
  const config = (type: string) => configs.find((box) => box.type === type);
  const avcC = config('avcC');
  if (avcC) {
    const at = avcC.body + 1;
    return `${entry.type}.${hex(data.u8(at, avcC.end))}${hex(data.u8(at + 1, avcC.end))}${hex(data.u8(at + 2, avcC.end))}`;
  }
  const hvcC = config('hvcC');
  if (hvcC) return hevc(entry.type, data, hvcC);
  const av1C = config('av1C');
  if (av1C) return av1(data, av1C);
  const vpcC = config('vpcC');
  if (vpcC) return vp9(entry.type, data, vpcC);
  const esds = config('esds');
  if (esds && (entry.type === 'mp4v' || entry.type === 'mp4a')) return mpeg4(entry.type, data, esds);
  return entry.type.trim();
}
