import { FeedError, pause, type Feed, type FeedOutlet } from './feed.ts';
import { chooseVariant, readPlaylist, type MediaPlaylist, type Piece, type Segment } from './hls-playlist.ts';
import { SourceAge } from './source-age.ts';
import { HttpGetter, urlOf, type Reach } from './http-get.ts';
import type { HttpLogin } from './http-login.ts';

const maxPlaylistBytes = 1024 * 1024;
const maxPieceBytes = 64 * 1024 * 1024;
/** Whole segments before the newest with which to begin: one is on show while the next comes. */
const segmentsBehind = 2;
/** A playlist that does not go on for so many target durations (at least 6 s) is given up. */
const patienceTargets = 3;
const leastPatienceMs = 6_000;
/** More than this waiting means that it comes faster than it plays: the live edge is taken up anew, bytes. */
const maxWaitingBytes = 96 * 1024 * 1024;
const maxMissing = 3;

/** Where reading stands: the next segment, and its next part. */
interface Place {
  number: number;
  part: number;
}

/** Plays somebody's HLS from its live edge: by parts as they appear where there are parts, else by whole segments. */
class HlsReading {
  readonly #getter: HttpGetter;
  #outlet: FeedOutlet = closed;
  #signal: AbortSignal;
  #url: string;
  #place: Place | null = null;
  #map: string | null = null;
  #missing = 0;
  #newsMs = performance.now();
  #age: SourceAge | null = null;

  constructor(url: string, getter: HttpGetter, signal: AbortSignal) {
    this.#url = url;
    this.#getter = getter;
    this.#signal = signal;
  }

  async run(first: MediaPlaylist, outlet: FeedOutlet, signal: AbortSignal): Promise<void> {
    this.#outlet = outlet;
    this.#signal = signal;
    this.#newsMs = performance.now();
    let playlist = first;
    while (!this.#signal.aborted) {
      const askedMs = performance.now();
      const before = this.#place && { ...this.#place };
      await this.#play(playlist);
      const now = this.#place;
      const went = before?.number !== now?.number || before?.part !== now?.part;
      if (went) this.#newsMs = performance.now();
      const patienceMs = Math.max(leastPatienceMs, patienceTargets * playlist.targetS * 1000);
      if (performance.now() - this.#newsMs > patienceMs)
        throw new FeedError(`The playlist has not gone on for ${Math.round(patienceMs / 1000)} s`);
      if (playlist.ended) throw new FeedError('The camera ended the stream');
      const blocks = playlist.canBlock && now !== null;
      // RFC 8216, 6.3.4: a target duration after a change, half of it when there was none.
      const leastMs = blocks ? (went ? 0 : 200) : playlist.targetS * 1000 * (went ? 1 : 0.5);
      await pause(Math.max(0, Math.min(10_000, leastMs) - (performance.now() - askedMs)), this.#signal);
      if (this.#signal.aborted) return;
      playlist = await this.#load(blocks ? this.#next(this.#url, playlist) : this.#url);
    }
  }

  /** The media playlist, from whatever the address leads to. */
  async first(): Promise<MediaPlaylist> {
    const { bytes, address } = await this.#getter.getWhole(this.#url, maxPlaylistBytes, {
      signal: this.#signal,
    });
    this.#url = address;
    const found = readPlaylist(bytes.toString('utf8'));
    if (!found) throw new FeedError('The camera answers, but not with an HLS playlist');
    if (found.kind === 'multivariant') {
      const variant = chooseVariant(found.variants);
      if (!variant) throw new FeedError('The stream has no video', 'unsupported');
      this.#url = urlOf(variant.uri, this.#url);
      const media = await this.#load(this.#url);
      return this.#live(media);
    }
    return this.#live(found);
  }

  #live(playlist: MediaPlaylist): MediaPlaylist {
    if (playlist.ended)
      throw new FeedError('That address is a recording that has ended, not a live stream', 'unsupported');
    return playlist;
  }

  async #load(url: string): Promise<MediaPlaylist> {
    const { bytes } = await this.#getter.getWhole(url, maxPlaylistBytes, { signal: this.#signal });
    const found = readPlaylist(bytes.toString('utf8'));
    if (found?.kind !== 'media') throw new FeedError('The camera answers, but not with an HLS playlist');
    const last = found.open.number;
    if (this.#place && last < this.#place.number) throw new FeedError('The source began anew');
    return found;
  }

  /** The address of a blocking reload (8216bis, 6.2.5.2): held until what is named is there. */
  #next(url: string, playlist: MediaPlaylist): string {
    const asked = new URL(url);
    asked.searchParams.set('_HLS_msn', String(this.#place?.number ?? playlist.open.number));
    if (playlist.partTargetS !== null) asked.searchParams.set('_HLS_part', String(this.#place?.part ?? 0));
    return asked.href;
  }

  /** Writes all that is new. */
  async #play(playlist: MediaPlaylist): Promise<void> {
    const parts = playlist.partTargetS !== null;
    this.#place ??= parts ? partEdge(playlist) : segmentEdge(playlist);
    this.#age ??= new SourceAge(parts ? 'as they come' : 'evenly', aheadMs(playlist, this.#place));
    for (const segment of [...playlist.segments, ...(parts ? [playlist.open] : [])]) {
      const place = this.#place;
      if (this.#signal.aborted || !place || segment.number < place.number) continue;
      if (segment.number > place.number) throw new FeedError('The connection is too slow for this stream');
      const whole = segment.uri !== '';
      if (segment.gap) {
        if (whole) this.#place = { number: segment.number + 1, part: 0 };
        continue;
      }
      if (parts && segment.parts.length > 0)
        for (const part of segment.parts.slice(place.part)) {
          const before = segment.parts
            .slice(0, place.part)
            .reduce((sum, { durationS }) => sum + durationS, 0);
          await this.#piece(segment, part, before);
          place.part += 1;
        }
      else if (whole) await this.#piece(segment, segment, 0);
      if (whole) this.#place = { number: segment.number + 1, part: 0 };
    }
  }

  /** `afterS`: from the start of the segment to that of the piece. */
  async #piece(segment: Segment, piece: Piece, afterS: number): Promise<void> {
    if (segment.encrypted)
      throw new FeedError('The stream is encrypted, and such streams are not played', 'unsupported');
    const { map } = segment;
    const named = map ? `${map.uri} ${map.range ?? ''}` : '';
    if (this.#map !== null && named !== this.#map)
      throw new FeedError('The source changed its format; starting anew');
    if (this.#map === null && map) this.#outlet.write(await this.#fetch(map));
    this.#map = named;
    const { startMs } = segment;
    try {
      const bytes = await this.#fetch(piece);
      const capturedMs = startMs === null ? null : startMs + afterS * 1000;
      const behindMs = this.#age?.behind(capturedMs, piece.durationS * 1000, Date.now()) ?? 0;
      this.#outlet.behind?.(behindMs);
      this.#outlet.write(bytes);
      this.#missing = 0;
    } catch (error) {
      // One piece may be missing, as some caches do; the rest goes on.
      this.#missing += 1;
      if (this.#missing >= maxMissing || this.#signal.aborted) throw error;
    }
    if (this.#outlet.waitingBytes > maxWaitingBytes)
      throw new FeedError('Pictures pile up; connecting again');
  }

  async #fetch({ uri, range }: Piece): Promise<Buffer> {
    const options = { signal: this.#signal, ...(range !== undefined && { range }) };
    return (await this.#getter.getWhole(urlOf(uri, this.#url), maxPieceBytes, options)).bytes;
  }
}

const segmentEdge = ({ segments, open }: MediaPlaylist): Place | null =>
  segments.length === 0
    ? null
    : { number: Math.max(segments[0]?.number ?? 0, open.number - segmentsBehind), part: 0 };

/** How long a playlist goes on from the start of the segment with which playing begins, ms. */
const aheadMs = ({ segments }: MediaPlaylist, place: Place | null): number =>
  segments
    .filter(({ number }) => place !== null && number >= place.number)
    .reduce((sum, { durationS }) => sum + durationS * 1000, 0);

/** The last part with which a decoder can begin. */
function partEdge({ segments, open }: MediaPlaylist): Place | null {
  for (const { number, parts } of [...segments, open].reverse())
    for (let part = parts.length - 1; part >= 0; part--)
      if (parts[part]?.independent) return { number, part };
  return segments.length === 0 ? null : { number: open.number - 1, part: 0 };
}

const closed: FeedOutlet = { waitingBytes: 0, write() {}, drained: () => Promise.resolve() };

export interface OpenHls {
  /** Whole segments come, each at once: they are to be read at the speed of the clock. */
  bursts: boolean;
  feed: Feed;
  close(): void;
}

/** Reads the first playlists. Rejects with FeedError. Close it when done. */
export async function openHls(
  address: string,
  login: HttpLogin | null,
  reach: Reach,
  signal: AbortSignal,
): Promise<OpenHls> {
  const getter = new HttpGetter(reach, login);
  const reading = new HlsReading(address, getter, signal);
  try {
    const first = await reading.first();
    return {
      bursts: first.partTargetS === null,
      feed: (outlet, runSignal) => reading.run(first, outlet, runSignal),
      close: () => getter.close(),
    };
  } catch (error) {
    getter.close();
    throw error;
  }
}
