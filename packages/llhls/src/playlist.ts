import type { Part, Segment } from './segment.ts';

/** Playlists of the LL-HLS door: RFC 8216 and draft-pantos-hls-rfc8216bis ("8216bis"). All addresses are relative. */

export const playlistType = 'application/vnd.apple.mpegurl';
export const mediaType = 'video/mp4';

export const initName = (generation: number): string => `init-${generation}.mp4`;
const segmentName = (msn: number): string => `seg-${msn}.m4s`;
const partName = (msn: number, part: number): string => `part-${msn}-${part}.m4s`;

/** What a resource name asks for; null when it is none of ours. */
type Asked =
  | { kind: 'init'; generation: number }
  | { kind: 'segment'; msn: number }
  | { kind: 'part'; msn: number; part: number };

/** Reads a name. Numbers have one spelling only, so that one resource has one address. */
export function parseName(name: string): Asked | null {
  const number = '(0|[1-9][0-9]{0,14})';
  const read = (pattern: string) => new RegExp(`^${pattern}$`).exec(name);
  const init = read(`init-${number}\\.mp4`);
  if (init) return { kind: 'init', generation: Number(init[1]) };
  const segment = read(`seg-${number}\\.m4s`);
  if (segment) return { kind: 'segment', msn: Number(segment[1]) };
  const part = read(`part-${number}-${number}\\.m4s`);
  if (part) return { kind: 'part', msn: Number(part[1]), part: Number(part[2]) };
  return null;
}

/** Where a playlist ends. */
export interface RenditionEdge {
  msn: number;
  /** Null: its last segment has no parts. */
  part: number | null;
  partTargetS: number | null;
}

/** One of the camera's other playlists. */
export interface RenditionReport extends RenditionEdge {
  /** Relative to the playlist that reports it. */
  uri: string;
}

/** What a playlist shows. */
export interface PlaylistView {
  targetDurationS: number;
  /** Null until known: then there are no parts. */
  partTargetS: number | null;
  listed: readonly Segment[];
  open: Segment | null;
  /** Of the first segment if none is listed yet. */
  nextMsn: number;
  nextDiscontinuitySequence: number;
  hint: { msn: number; part: number } | null;
  others: readonly RenditionReport[];
}

const seconds = (value: number): string => value.toFixed(5);

/** 8216bis, 4.4.3.1: no segment may exceed the target; what a gap in the source stretched is shown cut. */
const shownS = (segment: Segment, targetDurationS: number): number =>
  Math.min(segment.durationS, targetDurationS + 0.49);

function partLine(segment: Segment, part: Part, index: number): string {
  const independent = part.independent ? ',INDEPENDENT=YES' : '';
  return `#EXT-X-PART:DURATION=${seconds(part.durationS)},URI="${partName(segment.msn, index)}"${independent}`;
}

function segmentLines(segment: Segment, withParts: boolean, withMap: boolean): string[] {
  const lines: string[] = [];
  if (segment.discontinuity) lines.push('#EXT-X-DISCONTINUITY');
  if (withMap) lines.push(`#EXT-X-MAP:URI="${initName(segment.generation)}"`);
  lines.push(`#EXT-X-PROGRAM-DATE-TIME:${new Date(Math.round(segment.captureMs)).toISOString()}`);
  if (withParts && segment.parts)
    lines.push(...segment.parts.map((part, index) => partLine(segment, part, index)));
  return lines;
}

function headLines(view: PlaylistView): string[] {
  const { targetDurationS, partTargetS } = view;
  const first = view.listed[0] ?? view.open;
  const control = [
    'CAN-BLOCK-RELOAD=YES',
    `CAN-SKIP-UNTIL=${seconds(6 * targetDurationS)}`,
    `HOLD-BACK=${seconds(3 * targetDurationS)}`,
  ];
  // Three times the longest part target of all variants (4.4.3.8).
  const longestS = Math.max(partTargetS ?? 0, ...view.others.map((other) => other.partTargetS ?? 0));
  if (partTargetS !== null) control.push(`PART-HOLD-BACK=${seconds(3 * longestS)}`);
  // The tag stays with its segment until that leaves, so the first segment's own tag is not counted yet (6.2.2).
  const discontinuities = first
    ? first.discontinuitySequence - (first.discontinuity ? 1 : 0)
    : view.nextDiscontinuitySequence;
  const lines = [
    '#EXTM3U',
    '#EXT-X-VERSION:9',
    `#EXT-X-TARGETDURATION:${targetDurationS}`,
    `#EXT-X-SERVER-CONTROL:${control.join(',')}`,
  ];
  if (partTargetS !== null) lines.push(`#EXT-X-PART-INF:PART-TARGET=${seconds(partTargetS)}`);
  lines.push(`#EXT-X-MEDIA-SEQUENCE:${first?.msn ?? view.nextMsn}`);
  lines.push(`#EXT-X-DISCONTINUITY-SEQUENCE:${discontinuities}`);
  return lines;
}

/**
 * A media playlist. `skip` asks for a delta update (8216bis, 6.2.5.1): segments further from the end than the skip
 * boundary, six target durations, are left out; when there are none it is the whole playlist.
 * Parts are listed for the last three target durations (6.2.2).
 */
export function renderPlaylist(view: PlaylistView, skip: boolean): string {
  const { targetDurationS, listed, open } = view;
  const lines = headLines(view);
  const openS = open?.parts?.reduce((sum, part) => sum + part.durationS, 0) ?? 0;
  let toEndS = openS + listed.reduce((sum, segment) => sum + shownS(segment, targetDurationS), 0);
  let skipped = 0;
  let generation = -1;
  for (const segment of listed) {
    const durationS = shownS(segment, targetDurationS);
    const afterS = toEndS - durationS;
    toEndS = afterS;
    if (skip && skipped >= 0 && afterS > 6 * targetDurationS) {
      skipped += 1;
      continue;
    }
    if (skipped > 0) lines.push(`#EXT-X-SKIP:SKIPPED-SEGMENTS=${skipped}`);
    skipped = -1;
    lines.push(
      ...segmentLines(segment, afterS < 3 * targetDurationS, segment.generation !== generation),
      `#EXTINF:${seconds(durationS)},`,
      segmentName(segment.msn),
    );
    generation = segment.generation;
  }
  if (open?.parts?.length) lines.push(...segmentLines(open, true, open.generation !== generation));
  if (view.hint) lines.push(`#EXT-X-PRELOAD-HINT:TYPE=PART,URI="${partName(view.hint.msn, view.hint.part)}"`);
  for (const { uri, msn, part } of view.others) {
    const lastPart = part === null ? '' : `,LAST-PART=${part}`;
    lines.push(`#EXT-X-RENDITION-REPORT:URI="${uri}",LAST-MSN=${msn}${lastPart}`);
  }
  return `${lines.join('\n')}\n`;
}

/** One media playlist of a camera. `bandwidth` in bits per second (peak). */
export interface Variant {
  uri: string;
  bandwidth: number;
  codec: string;
  width: number;
  height: number;
  fps?: number;
}

/**
 * A multivariant playlist (8216bis, 4.4.6.2). The variants should show the same scene; as each has its own ffmpeg,
 * players align them by PROGRAM-DATE-TIME.
 * Throws RangeError on text that would break out of its attribute.
 */
export function multivariantPlaylist(variants: readonly Variant[]): string {
  const lines = ['#EXTM3U', '#EXT-X-VERSION:9'];
  for (const { uri, bandwidth, codec, width, height, fps } of variants) {
    if (!/^[^\s"#][^\s"]*$/.test(uri))
      throw new RangeError('a variant needs an address without spaces and quotes');
    if (!/^[\w.,-]+$/.test(codec)) throw new RangeError(`"${codec}" is not an RFC 6381 codec string`);
    const attributes = [
      `BANDWIDTH=${Math.max(1, Math.ceil(bandwidth))}`,
      `CODECS="${codec}"`,
      `RESOLUTION=${width}x${height}`,
    ];
    if (fps !== undefined) attributes.push(`FRAME-RATE=${fps.toFixed(3)}`);
    lines.push(`#EXT-X-STREAM-INF:${attributes.join(',')}`, uri);
  }
  return `${lines.join('\n')}\n`;
}
