import { Worker } from 'node:worker_threads';
import type { openManyViews, ManyView } from './many-views.ts';

type Others = Parameters<typeof openManyViews>[3];
export interface ApartOrder {
  mediaPort: number;
  cookies: string[];
  cameras: readonly string[];
  others: Others;
}
export type ApartWord =
  | { type: 'open'; views: Pick<ManyView, 'door' | 'camera' | 'view'>[] }
  /** Of each: bytes, when the last of them came, refusals. */
  | { type: 'seen'; views: [bytes: number, lastMs: number, refusals: number][] };

/** Threads count from different beginnings. 0: never. */
export const absoluteMs = (ms: number): number => (ms === 0 ? 0 : performance.timeOrigin + ms);

class ApartView implements ManyView {
  readonly door: ManyView['door'];
  readonly camera: string;
  readonly view: string;
  bytes = 0;
  lastMs = 0;
  refusals = 0;
  readonly #end: () => void;

  constructor({ door, camera, view }: Pick<ManyView, 'door' | 'camera' | 'view'>, end: () => void) {
    this.door = door;
    this.camera = camera;
    this.view = view;
    this.#end = end;
  }

  rest(): Promise<void> {
    return Promise.reject(new Error('views of a thread of their own go on until they are closed'));
  }
  close(): void {
    this.#end();
  }
}

/**
 * As `openManyViews`, in a thread of their own: what takes pictures away runs in the thread of the test, and must not wait
 * for 200 readers there as it never does in a server. Closing one closes all of them.
 */
export async function openViewsApart(
  mediaPort: number,
  browsers: readonly { cookieHeader(): string }[],
  cameras: readonly string[],
  others: Others,
): Promise<ManyView[]> {
  const order: ApartOrder = {
    ...{ mediaPort, cameras, others },
    cookies: browsers.map((browser) => browser.cookieHeader()),
  };
  const worker = new Worker(new URL('views-worker.ts', import.meta.url), { workerData: order, execArgv: [] });
  let isOver = false;
  const end = () => {
    if (!isOver) worker.postMessage('close');
    isOver = true;
  };
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.unref();
    let views: ApartView[] = [];
    worker.on('message', (word: ApartWord) => {
      if (word.type === 'open') {
        views = word.views.map((one) => new ApartView(one, end));
        return resolve(views);
      }
      for (const [at, [bytes, lastMs, refusals]] of word.views.entries()) {
        const view = views[at];
        if (view)
          Object.assign(view, { bytes, lastMs: Math.max(0, lastMs - performance.timeOrigin), refusals });
      }
    });
  });
}
