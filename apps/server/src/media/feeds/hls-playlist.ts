/** Reading of HLS playlists (RFC 8216 and draft-pantos-hls-rfc8216bis), as far as live video needs it. Pure. */

/** One stretch of media: where it is and, for a piece of a file, which bytes. */
export interface Piece {
  uri: string;
  /** `bytes=0-99`, as a Range header has it. */
  range?: string;
  durationS: number;
}
export interface Part extends Piece {
  independent: boolean;
}
export interface Segment extends Piece {
  /** Media sequence number. */
  number: number;
  discontinuity: boolean;
  /** Its initialisation (EXT-X-MAP), as `uri range`, null for a transport stream. */
  map: Piece | null;
  encrypted: boolean;
  gap: boolean;
  /** When its first frame was captured by the source's clock, Unix ms (EXT-X-PROGRAM-DATE-TIME); null: it does not say. */
  startMs: number | null;
  parts: Part[];
}
export interface MediaPlaylist {
  kind: 'media';
  targetS: number;
  /** Null without parts. */
  partTargetS: number | null;
  canBlock: boolean;
  ended: boolean;
  segments: Segment[];
  /** What is there of the segment after the last one: only parts. */
  open: Segment;
}
export interface VariantChoice {
  uri: string;
  bandwidth: number;
  /** Lines of the picture; null where it is not said. */
  height: number | null;
  codecs: string;
}
export interface Multivariant {
  kind: 'multivariant';
  variants: VariantChoice[];
}

const maxLines = 50_000;

/** Attributes of a tag (RFC 8216, 4.2). */
function attributesOf(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [, name = '', quoted, plain] of text.matchAll(/([A-Z0-9-]+)=(?:"([^"]*)"|([^",]+))/g))
    found[name] = quoted ?? plain ?? '';
  return found;
}

/** `length[@offset]` as a Range header; `from` is where the piece before ended. */
function rangeOf(text: string | undefined, from: number): { range?: string; end: number } {
  const found = /^(\d{1,15})(?:@(\d{1,15}))?$/.exec(text ?? '');
  if (!found) return { end: 0 };
  const start = found[2] === undefined ? from : Number(found[2]);
  return { range: `bytes=${start}-${start + Number(found[1]) - 1}`, end: start + Number(found[1]) };
}

/** Null when it is no playlist at all. */
export function readPlaylist(text: string): MediaPlaylist | Multivariant | null {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/, maxLines);
  if (!lines[0]?.startsWith('#EXTM3U')) return null;
  return lines.some((line) => line.startsWith('#EXT-X-STREAM-INF'))
    ? { kind: 'multivariant', variants: variantsOf(lines) }
    : new MediaReading().read(lines);
}

function variantsOf(lines: readonly string[]): VariantChoice[] {
  return lines.flatMap((line, at) => {
    if (!line.startsWith('#EXT-X-STREAM-INF:')) return [];
    const uri = lines.slice(at + 1).find((next) => next !== '' && !next.startsWith('#'));
    if (uri === undefined) return [];
    const { BANDWIDTH, RESOLUTION, CODECS = '' } = attributesOf(line);
    const height = /x(\d{1,5})$/.exec(RESOLUTION ?? '')?.[1];
    return [
      {
        uri,
        bandwidth: Number(BANDWIDTH) || 0,
        height: height === undefined ? null : Number(height),
        codecs: CODECS,
      },
    ];
  });
}

/** Goes through a media playlist line by line. */
class MediaReading {
  readonly #playlist: MediaPlaylist;
  #next: Segment;
  #map: Piece | null = null;
  #encrypted = false;
  #end = 0;
  #partEnd = 0;

  constructor() {
    this.#next = this.#fresh(0);
    this.#playlist = {
      kind: 'media',
      targetS: 0,
      partTargetS: null,
      canBlock: false,
      ended: false,
      segments: [],
      open: this.#next,
    };
  }

  #fresh(number: number): Segment {
    const { map, encrypted } = { map: this.#map, encrypted: this.#encrypted };
    return {
      uri: '',
      durationS: 0,
      number,
      discontinuity: false,
      map,
      encrypted,
      gap: false,
      startMs: null,
      parts: [],
    };
  }

  read(lines: readonly string[]): MediaPlaylist {
    for (const line of lines) {
      if (line.startsWith('#EXT')) {
        const colon = line.indexOf(':');
        this.#tag(colon < 0 ? line : line.slice(0, colon), colon < 0 ? '' : line.slice(colon + 1));
      } else if (line !== '' && !line.startsWith('#')) this.#segment(line.trim());
    }
    this.#playlist.open = this.#next;
    return this.#playlist;
  }

  #tag(name: string, value: string): void {
    const list = this.#playlist;
    switch (name) {
      case '#EXT-X-TARGETDURATION':
        list.targetS = Number(value) || 0;
        return;
      case '#EXT-X-MEDIA-SEQUENCE':
        this.#next.number = Number(value) || 0;
        return;
      case '#EXT-X-PART-INF':
        list.partTargetS = Number(attributesOf(value)['PART-TARGET']) || null;
        return;
      case '#EXT-X-SERVER-CONTROL':
        list.canBlock = attributesOf(value)['CAN-BLOCK-RELOAD'] === 'YES';
        return;
      case '#EXT-X-ENDLIST':
        list.ended = true;
        return;
      case '#EXT-X-DISCONTINUITY':
        this.#next.discontinuity = true;
        return;
      case '#EXT-X-PROGRAM-DATE-TIME': {
        const startMs = Date.parse(value);
        this.#next.startMs = Number.isNaN(startMs) ? null : startMs;
        return;
      }
      case '#EXT-X-GAP':
        this.#next.gap = true;
        return;
      case '#EXT-X-KEY':
        this.#encrypted = this.#next.encrypted = attributesOf(value)['METHOD'] !== 'NONE';
        return;
      case '#EXTINF':
        this.#next.durationS = Number.parseFloat(value) || 0;
        return;
      default:
        return this.#place(name, value);
    }
  }

  /** Tags that say where bytes are. */
  #place(name: string, value: string): void {
    if (name === '#EXT-X-MAP') {
      const { URI = '', BYTERANGE } = attributesOf(value);
      const { range } = rangeOf(BYTERANGE, 0);
      this.#map = this.#next.map = { uri: URI, durationS: 0, ...(range && { range }) };
    } else if (name === '#EXT-X-BYTERANGE') {
      const { range, end } = rangeOf(value, this.#end);
      this.#end = end;
      if (range) this.#next.range = range;
    } else if (name === '#EXT-X-PART') {
      const { URI = '', BYTERANGE, DURATION, INDEPENDENT } = attributesOf(value);
      const { range, end } = rangeOf(BYTERANGE, this.#partEnd);
      this.#partEnd = end;
      const durationS = Number(DURATION) || 0;
      this.#next.parts.push({
        uri: URI,
        durationS,
        independent: INDEPENDENT === 'YES',
        ...(range && { range }),
      });
    }
  }

  #segment(uri: string): void {
    this.#next.uri = uri;
    this.#playlist.segments.push(this.#next);
    this.#partEnd = 0;
    const { startMs, durationS, number } = this.#next;
    this.#next = this.#fresh(number + 1);
    // RFC 8216, 4.3.2.6: what has no date of its own follows on the one before.
    this.#next.startMs = startMs === null ? null : startMs + durationS * 1000;
  }
}

/** Larger than this is no gain on a wall, and slow to decode; lines. */
const mostLines = 1_080;

/** The variant that is played: video in H.264 if there is any, the largest up to 1080 lines. Null: there is none with video. */
export function chooseVariant(variants: readonly VariantChoice[]): VariantChoice | null {
  const video = variants.filter(({ codecs }) => codecs === '' || /avc|hvc|hev|mp4v|av01|vp0?9/i.test(codecs));
  const h264 = video.filter(({ codecs }) => codecs === '' || /avc/i.test(codecs));
  const fit = (list: readonly VariantChoice[]) => list.filter(({ height }) => (height ?? 0) <= mostLines);
  const best = [fit(h264), h264, fit(video), video].find((list) => list.length > 0) ?? [];
  return best.reduce<VariantChoice | null>(
    (most, one) => (!most || one.bandwidth > most.bandwidth ? one : most),
    null,
  );
}
