import { eventually, Viewer } from '../../apps/server/src/media/testing.ts';
import type { Browser } from '../../apps/server/src/testing/browser.ts';
import type { SentTimes } from './sent-times.ts';

/** How a view gets its bytes; each door asks the gate in a place of its own. */
export type ViewDoor = 'push' | 'playlist' | 'part' | 'still';

/** A refused player asks again after this time, as one that does not take no for an answer would, ms. */
const insistEveryMs = 60;
/** Stills come this often, ms. */
const stillEveryMs = 250;

let count = 0;
const freshView = () => `view-${(count += 1)}`;

/** One that watches one camera through one door, and goes on trying whatever it is told. */
export interface ManyView {
  readonly door: ViewDoor;
  readonly camera: string;
  /** As it names itself to the media node; all views of a page do so together. */
  readonly view: string;
  /** Of video and playlists; refusals are not counted. */
  readonly bytes: number;
  /** When the last of them came, `performance.now()`. */
  readonly lastMs: number;
  /** Times it was told no, or cut off. */
  readonly refusals: number;
  /** Asks for no more, and resolves when what was on its way is here; what is pushed goes on. */
  rest(): Promise<void>;
  close(): void;
}

/** A player that asks over HTTP again and again. */
class HttpView implements ManyView {
  readonly door: ViewDoor;
  readonly camera: string;
  readonly view = freshView();
  bytes = 0;
  lastMs = 0;
  refusals = 0;
  readonly #base: string;
  readonly #cookie: string;
  readonly #closed = new AbortController();
  readonly #ran: Promise<void>;
  #rests = false;

  constructor(base: string, cookie: string, camera: string, door: Exclude<ViewDoor, 'push'>) {
    this.door = door;
    this.camera = camera;
    this.#base = `${base}/live/${camera}/main/`;
    this.#cookie = cookie;
    this.#ran = this.#run();
  }

  rest(): Promise<void> {
    this.#rests = true;
    return this.#ran;
  }

  close(): void {
    this.#closed.abort();
  }

  async #run(): Promise<void> {
    const { signal } = this.#closed;
    while (!signal.aborted && !this.#rests) {
      const answered = await this.#next().catch(() => null);
      if (signal.aborted) return;
      if (answered === null) this.refusals += 1;
      const pauseMs = answered === null ? insistEveryMs : this.door === 'still' ? stillEveryMs : 0;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }

  async #next(): Promise<string | null> {
    if (this.door === 'still') return this.#get('poster.jpg');
    const now = await this.#get('index.m3u8');
    if (now === null || now === '') return now;
    if (this.door === 'part') {
      const part = [...now.matchAll(/#EXT-X-PART:[^\n]*URI="([^"]+)"/g)].at(-1)?.[1];
      if (part !== undefined && (await this.#get(part)) === null) return null;
    }
    // Until there is something new.
    const msn = Number(/#EXT-X-MEDIA-SEQUENCE:(\d+)/.exec(now)?.[1]) + (now.match(/#EXTINF/g)?.length ?? 0);
    return this.#get(`index.m3u8?_HLS_msn=${msn}`);
  }

  /** The text that came; '' where nothing is to be had at the moment; null: refused. */
  async #get(name: string): Promise<string | null> {
    const answer = await fetch(this.#base + name, {
      headers: { cookie: this.#cookie, 'x-view': this.view },
      signal: this.#closed.signal,
    });
    const pieces: Uint8Array[] = [];
    const reader = answer.body?.getReader();
    for (let next = await reader?.read(); reader && next && !next.done; next = await reader.read()) {
      if (answer.status !== 200) continue;
      const piece = next.value;
      this.bytes += piece.byteLength;
      this.lastMs = performance.now();
      pieces.push(piece);
    }
    if (answer.status === 200) return Buffer.concat(pieces).toString('latin1');
    // 429: so many who are nobody any more came from this address that it has to wait.
    return [401, 403, 404, 429].includes(answer.status) && !name.includes('part') ? null : '';
  }
}

/** One of a page's channels. */
class PushView implements ManyView {
  readonly door = 'push';
  readonly camera: string;
  readonly view: string;
  bytes = 0;
  lastMs = 0;
  refusals = 0;
  readonly #viewer: Viewer;

  constructor(viewer: Viewer, camera: string, view: string) {
    this.camera = camera;
    this.view = view;
    this.#viewer = viewer;
    const channel = viewer.subscribe(camera);
    viewer.socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary && viewer.frames.at(-1)?.channel === channel) {
        this.bytes += data.length;
        this.lastMs = performance.now();
      }
      const notice = isBinary ? undefined : viewer.notices.at(-1);
      if (notice?.type === 'refused' && notice.channel === channel) this.refusals += 1;
    });
    viewer.socket.on('close', () => (this.refusals += 1));
  }

  async rest(): Promise<void> {}

  close(): void {
    this.#viewer.close();
  }
}

/**
 * Every camera for every browser through the push socket, and for some of them also through the other doors: so many
 * browsers for each. All sessions and cameras being others, each has a grant of its own.
 */
export async function openManyViews(
  mediaPort: number,
  browsers: readonly Pick<Browser, 'cookieHeader'>[],
  cameras: readonly string[],
  others: Record<Exclude<ViewDoor, 'push'>, number>,
): Promise<ManyView[]> {
  const base = `http://127.0.0.1:${mediaPort}`;
  const pages = await Promise.all(
    browsers.map(async (browser) => {
      const view = freshView();
      const headers = { cookie: browser.cookieHeader(), 'x-view': view };
      return { view, viewer: await Viewer.open(mediaPort, { headers }) };
    }),
  );
  const pushed = pages.flatMap(({ viewer, view }) =>
    cameras.map((camera): ManyView => new PushView(viewer, camera, view)),
  );
  const asked = (Object.entries(others) as [Exclude<ViewDoor, 'push'>, number][]).flatMap(([door, count]) =>
    browsers
      .slice(0, count)
      .flatMap((browser) =>
        cameras.map((camera): ManyView => new HttpView(base, browser.cookieHeader(), camera, door)),
      ),
  );
  return [...pushed, ...asked];
}

/** Resolves when each has had something from now on, however slowly this machine goes at the moment. */
export async function untilAllMove(views: readonly ManyView[], timeoutMs = 120_000): Promise<void> {
  const sinceMs = performance.now();
  await eventually('all of them move', () => allMove(views, sinceMs), timeoutMs);
}

/** All of them have had something since `sinceMs`. */
export const allMove = (views: readonly ManyView[], sinceMs: number): boolean =>
  views.every(({ lastMs }) => lastMs > sinceMs);

/** From `startMs` to the last byte of each, ms: at the middle, for 99 of 100, and at most. 0 where none came after it. */
export function lastBytes(
  views: readonly ManyView[],
  startMs: number,
  lastMsOf: (view: ManyView) => number = ({ lastMs }) => lastMs,
): { p50: number; p99: number; max: number } {
  const after = views.map((view) => Math.max(0, lastMsOf(view) - startMs)).sort((a, b) => a - b);
  const at = (share: number) => after[Math.min(after.length - 1, Math.floor(share * after.length))] ?? 0;
  return { p50: at(0.5), p99: at(0.99), max: after.at(-1) ?? 0 };
}

/** As `lastBytes`, by when the media node's kernel took the last byte of each: that a client here reads late is not in it. */
export async function lastSent(
  views: readonly ManyView[],
  startMs: number,
  sent: SentTimes,
): Promise<ReturnType<typeof lastBytes>> {
  const lastMs = await sent.lastMs();
  const unseen = views.filter(({ view }) => !lastMs.has(view));
  if (unseen.length > 0) throw new Error(`nothing was seen to be sent to ${unseen.length} views`);
  return lastBytes(views, startMs, ({ view }) => lastMs.get(view) ?? 0);
}
