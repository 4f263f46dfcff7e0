import type { StreamName } from '@clerestory/protocol';

/** A poster is asked for again after this time, while it is in view. */
export const refreshMs = 12_000;
/**
 * After a failed try: a camera that has just been started has its first picture soon, a private one that was just opened
 * after two or three seconds. Doubled each time, up to the second.
 */
export const retryFirstMs = 1_000;
export const retryMs = 30_000;
/** After a refusal: rights change seldom. */
export const refusedMs = 5 * 60_000;
/** Between two requests: a first look comes fast, refreshing goes gently, a little faster with many in view. */
const firstSpacingMs = 120;
const refreshSpacingMs = 1_000;
const crowdedSpacingMs = 400;
/** A request that takes longer is given up. */
const requestTimeoutMs = 8_000;
/** Pictures kept of cameras that are not in view any more. */
const maxKept = 80;
/** A still captured longer ago than this is taken away: it says nothing of now. */
export const keepMs = 60_000;
/** A still captured longer ago than this says how old it is. */
export const tellAgeMs = 15_000;
/** The server makes a new poster if the one it has is older than this, seconds. */
const maxAgeS = 5;
/** As the server takes it. */
const maxAgainS = 60;
/** Ages are looked at this often. */
const ageEveryMs = 1_000;

/** `againS`: when the next one is asked for at the latest, so that whoever sees the stills is told to watch meanwhile. */
export const posterUrl = (
  base: string,
  camera: string,
  stream: StreamName,
  againS: number,
  turn: number,
): string => `${base}/live/${camera}/${stream}/poster.jpg?maxAgeS=${maxAgeS}&againS=${againS}&turn=${turn}`;

/** A picture, and how old it was when it came: from capture to answer, both by the server's clock. */
export interface Loaded {
  picture: HTMLImageElement;
  ageMs: number;
}

/** Loads a picture; resolves null when there is none, or none whose age is known. */
export type LoadPicture = (url: string) => Promise<Loaded | 'refused' | null>;

export const loadPicture: LoadPicture = async (url) => {
  let blobUrl: string | null = null;
  try {
    const answer = await fetch(url, {
      cache: 'no-store',
      // The media node knows the viewer by the cookie.
      credentials: 'include',
      signal: AbortSignal.timeout(requestTimeoutMs),
    });
    const ageMs =
      Date.parse(answer.headers.get('Date') ?? '') - Number(answer.headers.get('X-Captured-At') ?? NaN);
    if (answer.status === 401 || answer.status === 403) return 'refused';
    if (answer.status !== 200 || !Number.isFinite(ageMs)) return null;
    blobUrl = URL.createObjectURL(await answer.blob());
    const picture = new Image();
    picture.src = blobUrl;
    await picture.decode();
    // `Date` has whole seconds, so a fresh picture may seem to come from the future.
    return { picture, ageMs: Math.max(0, ageMs) };
  } catch {
    return null;
  } finally {
    if (blobUrl !== null) URL.revokeObjectURL(blobUrl);
  }
};

/** A place where a still is shown. */
export interface Frame {
  /** A picture, or none. */
  draw(picture: HTMLImageElement | null): void;
  /** Whole seconds since the capture of the picture on show, once that is worth telling; else null. */
  age(seconds: number | null): void;
}

interface Entry {
  camera: string;
  stream: StreamName;
  picture: HTMLImageElement | null;
  /** Monotonic ms at which it was captured. */
  capturedMs: number;
  /** Monotonic ms from which it may be asked for again. */
  dueMs: number;
  /** Failed tries in a row. */
  failures: number;
  /** Goes up with each renewal, so that a picture that was on its way is not shown after it. */
  turn: number;
  viewers: Set<Frame>;
}

/**
 * Still pictures of the cameras in view, one request at a time, staggered, none while the page is hidden. A camera
 * in several places is asked for once.
 */
export interface PosterFeed {
  setBase(base: string | null): void;
  /** What may be seen of a camera has changed: its picture goes, and is asked for anew. */
  renew(camera: string): void;
  /**
   * Fills the frame with the picture there is and each newer one, and empties it when it is too old, until the returned
   * function is called. Pictures of other `masks` are others.
   */
  watch(camera: string, stream: StreamName, frame: Frame, masks?: string): () => void;
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
  let ageTimer: ReturnType<typeof setInterval> | undefined;

  /** Takes a picture away that is too old; tells the age of one that is not young. */
  const tellAge = (entry: Entry) => {
    const ageMs = nowMs() - entry.capturedMs;
    if (entry.picture && ageMs > keepMs) {
      entry.picture = null;
      for (const { draw } of entry.viewers) draw(null);
    }
    const seconds = entry.picture && ageMs > tellAgeMs ? Math.floor(ageMs / 1000) : null;
    for (const { age } of entry.viewers) age(seconds);
  };
  const tellAges = () => {
    const inView = wanted();
    for (const entry of inView) tellAge(entry);
    if (inView.length > 0) return;
    clearInterval(ageTimer);
    ageTimer = undefined;
  };

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
    const turnThen = next.turn;
    // Twice its turn: a page that is busy comes late.
    const againMs = 2 * Math.max(refreshMs, wanted().length * crowdedSpacingMs);
    const againS = Math.min(maxAgainS, Math.ceil(againMs / 1000));
    const answer = await load(posterUrl(base, next.camera, next.stream, againS, ++turn));
    busy = false;
    if (next.turn !== turnThen) return schedule(firstSpacingMs);
    const loaded = answer === 'refused' ? null : answer;
    next.failures = loaded ? 0 : next.failures + 1;
    const retry = Math.min(retryMs, retryFirstMs * 2 ** (next.failures - 1));
    next.dueMs = nowMs() + (loaded ? refreshMs : answer === 'refused' ? refusedMs : retry);
    if (loaded) {
      next.picture = loaded.picture;
      next.capturedMs = nowMs() - loaded.ageMs;
      for (const { draw } of next.viewers) draw(next.picture);
      tellAge(next);
    }
    const inView = wanted();
    const evenMs = Math.min(refreshSpacingMs, Math.max(crowdedSpacingMs, refreshMs / inView.length));
    schedule(inView.some((entry) => entry.dueMs === 0) ? firstSpacingMs : evenMs);
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
    renew(camera) {
      for (const entry of entries.values()) {
        if (entry.camera !== camera) continue;
        Object.assign(entry, { picture: null, dueMs: 0, failures: 0, turn: entry.turn + 1 });
        for (const { draw } of entry.viewers) draw(null);
      }
      schedule(firstSpacingMs);
    },
    watch(camera, stream, frame, masks = '') {
      const key = `${camera}/${stream}/${masks}`;
      const fresh = {
        camera,
        stream,
        picture: null,
        capturedMs: 0,
        dueMs: 0,
        failures: 0,
        turn: 0,
        viewers: new Set<Frame>(),
      };
      const entry: Entry = entries.get(key) ?? fresh;
      entries.set(key, entry);
      entry.viewers.add(frame);
      ageTimer ??= setInterval(tellAges, ageEveryMs);
      // None, too: the frame may still hold one from when it was last in view.
      frame.draw(entry.picture);
      tellAge(entry);
      schedule(firstSpacingMs);
      forget();
      return () => void entry.viewers.delete(frame);
    },
  };
}

export const posters = createPosterFeed();
