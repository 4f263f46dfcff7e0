import type * as HlsModule from 'hls.js/light';
import type Hls from 'hls.js/light';

/** The version whose events are fed from outside. Feeding them is not a public contract: see the contract test. */
export const hlsVersion = '1.7.4';

export interface MseEvents {
  /** A chunk is in the buffer. */
  appended(): void;
  /** Nothing more will play through this instance: build another one. */
  failed(detail: string): void;
}

let loading: Promise<typeof HlsModule> | null = null;
/** Loads hls.js once, beside everything else that a page has to do first. A failed load is tried again. */
export function loadHls(): Promise<typeof HlsModule> {
  loading ??= import('hls.js/light').catch((fault: unknown) => {
    loading = null;
    throw fault;
  });
  return loading;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  return bytes;
}

/**
 * hls.js as owner of MediaSource, append queue, quota and stall detection, without any playlist: fMP4 from the push
 * socket is handed to its buffer controller by the events that its own stream controller would send.
 *
 * Every append says `sn: 'initSegment'`, so that the fragment tracker and the progress checks, which know fragments of
 * a playlist only, pass over it.
 */
export class HlsMse {
  readonly #hls: Hls;
  readonly #module: typeof HlsModule;
  readonly #fragment: HlsModule.Fragment;
  readonly #events: MseEvents;
  readonly #type: 'video' | 'audio';
  #appends = 0;
  /** What waits for the buffer. */
  #queue: Uint8Array[] = [];
  /** There is no buffer yet, or it is at work. */
  #busy = true;
  #ended = false;

  constructor(module: typeof HlsModule, events: MseEvents, type: 'video' | 'audio' = 'video') {
    const { Events, ErrorDetails, ErrorTypes, Fragment, PlaylistLevelType } = module;
    this.#module = module;
    this.#events = events;
    this.#type = type;
    this.#hls = new module.default({
      enableWorker: false,
      autoStartLoad: false,
      // The rate is ours alone.
      maxLiveSyncPlaybackRate: 1,
      capLevelToPlayerSize: false,
      capLevelOnFPSDrop: false,
    });
    this.#fragment = new Fragment(PlaylistLevelType.MAIN, '');
    this.#fragment.sn = 'initSegment';
    this.#fragment.level = 0;
    // Not from inside the event: hls.js starts what is in its own queue right after it, a second time.
    this.#hls.on(Events.BUFFER_CREATED, () => queueMicrotask(() => this.#next()));
    this.#hls.on(Events.BUFFER_APPENDED, () => {
      this.#next();
      if (!this.#ended) events.appended();
    });
    this.#hls.on(Events.ERROR, (_name, data) => {
      // A stall is no fault of the buffer's: the rate rule and the supervisor see to it.
      const harmless =
        data.details === ErrorDetails.BUFFER_STALLED_ERROR ||
        data.details === ErrorDetails.BUFFER_NUDGE_ON_STALL ||
        data.details === ErrorDetails.BUFFER_SEEK_OVER_HOLE;
      if (data.fatal || (data.type === ErrorTypes.MEDIA_ERROR && !harmless)) this.#fail(data.details);
    });
  }

  attach(media: HTMLMediaElement): void {
    this.#hls.attachMedia(media);
  }

  /** The init segment (ftyp + moov) and its RFC 6381 codec; once, before the first `append`. */
  init(bytes: Uint8Array, codec: string): void {
    const { Events } = this.#module;
    const track = { id: 'main', container: `${this.#type}/mp4`, codec };
    this.#hls.trigger(Events.BUFFER_CODECS, { [this.#type]: track });
    this.append(bytes);
  }

  /**
   * One chunk (moof + mdat). What comes while the buffer is not open yet, or busy, is one append afterwards: a tile begins
   * with one append and one seek instead of one for each chunk of the backlog, and a page that is late has less to do.
   */
  append(bytes: Uint8Array): void {
    if (this.#ended) return;
    this.#queue.push(bytes);
    if (!this.#busy) this.#next();
  }

  /** Hands over all that waits. */
  #next(): void {
    const [first] = this.#queue;
    this.#busy = first !== undefined;
    if (!first || this.#ended) return;
    const bytes = this.#queue.length === 1 ? first : joined(this.#queue);
    this.#queue = [];
    const { ChunkMetadata, Events, PlaylistLevelType } = this.#module;
    const chunkMeta = new ChunkMetadata(0, 0, this.#appends++, bytes.byteLength);
    this.#hls.trigger(Events.BUFFER_APPENDING, {
      type: this.#type,
      data: bytes as Uint8Array<ArrayBuffer>,
      frag: this.#fragment,
      part: null,
      chunkMeta,
      parent: PlaylistLevelType.MAIN,
    });
  }

  /** Removes everything before `untilS` of media time: Chromium would keep up to 150 MB per tile. */
  trim(untilS: number): void {
    if (this.#ended || untilS <= 0) return;
    const { Events } = this.#module;
    this.#hls.trigger(Events.BUFFER_FLUSHING, { startOffset: 0, endOffset: untilS, type: this.#type });
  }

  destroy(): void {
    this.#ended = true;
    this.#queue = [];
    this.#hls.destroy();
  }

  #fail(detail: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#events.failed(detail);
  }
}
