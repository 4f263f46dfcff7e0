import type { MediaAddress, StreamName } from '@clerestory/protocol';

/** A poster is asked for again after this time, while it is in view. */
export const refreshMs = 12_000;
/** After a failed try: a camera that has just been started has its first picture soon. Doubled each time, up to the second. */
export const retryFirstMs = 2_000;
export const retryMs = 30_000;
/** Between two requests: a first look comes fast, refreshing goes gently. */
const firstSpacingMs = 120;
const refreshSpacingMs = 1_000;
/** A request that takes longer is given up. */
const requestTimeoutMs = 8_000;
/** Pictures kept of cameras that are not in view any more. */
const maxKept = 80;
/** A picture that could not be renewed for this long is taken away: it says nothing of now. */
export const keepMs = 60_000;
/** The server may hand out a poster this old, seconds. */
const maxAgeS = 30;

/** Base address of the media doors, without a slash at the end; null while it is not known. */
export function mediaBase(
  media: MediaAddress | null,
  page: Pick<Location, 'protocol' | 'hostname'>,
): string | null {
  if (!media) return null;
  if (media.url !== null) return media.url.replace(/\/+$/, '');
  return media.port === null ? null : `${page.protocol}//${page.hostname}:${media.port}`;
}

export const posterUrl = (base: string, camera: string, stream: StreamName, turn: number): string =>
  `${base}/live/${camera}/${stream}/poster.jpg?maxAgeS=${maxAgeS}&turn=${turn}`;

/** Loads a picture; resolves null when it cannot. */
export type LoadPicture = (url: string) => Promise<HTMLImageElement | null>;

export const loadPicture: LoadPicture = (url) =>
  new Promise((resolve) => {
    const image = new Image();
    const done = (value: HTMLImageElement | null) => {
      clearTimeout(timer);
      image.onload = image.onerror = null;
      if (!value) image.src = '';
      resolve(value);
    };
    const timer = setTimeout(() => done(null), requestTimeoutMs);
    // The media node is another origin, which takes none but our own pages' requests: it must see who asks.
    image.crossOrigin = 'anonymous';
    image.decoding = 'async';
    image.onload = () => done(image);
    image.onerror = () => done(null);
    image.src = url;
  });

/** Shows a picture, or none. */
export type Draw = (picture: HTMLImageElement | null) => void;

interface Entry {
  camera: string;
  stream: StreamName;
  picture: HTMLImageElement | null;
  /** Monotonic ms at which it came. */
  pictureAtMs: number;
  /** Monotonic ms from which it may be asked for again. */
  dueMs: number;
  /** Failed tries in a row. */
  failures: number;
  viewers: Set<Draw>;
}

/**
 * Still pictures of the cameras in view, one request at a time, staggered, none while the page is hidden. A camera
 * in several places is asked for once.
 */
export interface PosterFeed {
  setBase(base: string | null): void;
  /** Calls `draw` with the picture there is, each newer one, and null when it is too old, until the returned function is called. */
  watch(camera: string, stream: StreamName, draw: Draw): () => void;
}

export function createPosterFeed(
  load: LoadPicture = loadPicture,
  nowMs: () => number = () => performance.now(),
  hidden: () => boolean = () => document.hidden,
): PosterFeed {
  const entries = new Map<string, Entry>();
  let base: string | null = null;
  let turn = 0;
  let busy = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const wanted = () => [...entries.values()].filter(({ viewers }) => viewers.size > 0);

  const schedule = (delayMs: number) => {
    clearTimeout(timer);
    if (!busy && wanted().length > 0) timer = setTimeout(() => void step(), delayMs);
  };

  const step = async () => {
    const next = wanted().sort((a, b) => a.dueMs - b.dueMs)[0];
    if (!next) return;
    const waitMs = next.dueMs - nowMs();
    if (base === null || hidden() || waitMs > 0) return schedule(Math.max(refreshSpacingMs, waitMs));
    busy = true;
    const picture = await load(posterUrl(base, next.camera, next.stream, ++turn));
    busy = false;
    next.failures = picture ? 0 : next.failures + 1;
    const retry = Math.min(retryMs, retryFirstMs * 2 ** (next.failures - 1));
    next.dueMs = nowMs() + (picture ? refreshMs : retry);
    if (picture) Object.assign(next, { picture, pictureAtMs: nowMs() });
    else if (nowMs() - next.pictureAtMs > keepMs) next.picture = null;
    for (const draw of next.viewers) draw(next.picture);
    schedule(wanted().some((entry) => entry.dueMs === 0) ? firstSpacingMs : refreshSpacingMs);
  };

  const forget = () => {
    for (const [key, { viewers }] of entries) {
      if (entries.size <= maxKept) return;
      if (viewers.size === 0) entries.delete(key);
    }
  };

  return {
    setBase(next) {
      base = next;
      schedule(0);
    },
    watch(camera, stream, draw) {
      const key = `${camera}/${stream}`;
      const fresh = {
        camera,
        stream,
        picture: null,
        pictureAtMs: 0,
        dueMs: 0,
        failures: 0,
        viewers: new Set<Draw>(),
      };
      const entry: Entry = entries.get(key) ?? fresh;
      entries.set(key, entry);
      entry.viewers.add(draw);
      if (entry.picture && nowMs() - entry.pictureAtMs > keepMs) entry.picture = null;
      if (entry.picture) draw(entry.picture);
      else schedule(firstSpacingMs);
      forget();
      return () => void entry.viewers.delete(draw);
    },
  };
}

export const posters = createPosterFeed();
