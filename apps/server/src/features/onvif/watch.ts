import type { Answer } from '@clerestory/protocol';
import type { Logger } from '../../platform/logging.ts';
import type { OnvifDevice } from './device.ts';
import { faultOf } from './event-rules.ts';

/** Devices that are listened to at the same time; each holds one connection. */
const maxWatched = 2_000;
/** Messages of one answer. */
const maxMessages = 100;
/** Faults of one camera that are told. */
const maxFaults = 8;
/** A device that cannot be heard is asked again after this long, doubling, ms. */
const [firstRetryMs, maxRetryMs] = [5_000, 120_000];
/** A subscription lasts two minutes. */
const renewEveryMs = 60_000;
/** A device that answers at once with nothing is not asked more often than this, ms. */
const shortestPullMs = 500;

export interface WatchParts {
  log: Logger;
  random?: () => number;
  monotonicMs(): number;
  /** A connection of its own to the device behind a camera. */
  open(camera: string): Promise<Answer<OnvifDevice>>;
  /** All that the device says is wrong now, in words. */
  tell(camera: string, faults: readonly string[]): void;
  /** What time the device has: how far ahead of ours, ms. */
  clock?: (camera: string, aheadMs: number) => void;
  /** For tests: the wait before another try is this much shorter. */
  patience?: number;
}

interface Watched {
  over: boolean;
  device: OnvifDevice | null;
  faults: Set<string>;
  wake: (() => void) | null;
}

/** Listens to what devices say of themselves (PullPoint), for as long as their cameras are registered. */
export class DeviceWatch {
  readonly #parts: WatchParts;
  readonly #watched = new Map<string, Watched>();

  constructor(parts: WatchParts) {
    this.#parts = parts;
  }

  add(camera: string): void {
    this.remove(camera);
    if (this.#watched.size >= maxWatched) return;
    const watched: Watched = { over: false, device: null, faults: new Set(), wake: null };
    this.#watched.set(camera, watched);
    void this.#run(camera, watched);
  }

  remove(camera: string): void {
    const watched = this.#watched.get(camera);
    if (!watched) return;
    watched.over = true;
    watched.device?.close();
    watched.wake?.();
    this.#watched.delete(camera);
  }

  stop(): void {
    for (const camera of [...this.#watched.keys()]) this.remove(camera);
  }

  async #run(camera: string, watched: Watched): Promise<void> {
    const { log, random = Math.random, patience = 1 } = this.#parts;
    let failures = 0;
    while (!watched.over) {
      try {
        await this.#listen(camera, watched, () => (failures = 0));
      } catch (error) {
        if (watched.over) return;
        log.debug({ camera, reason: (error as Error).message }, 'a device cannot be listened to');
      }
      watched.device?.close();
      watched.device = null;
      // What it said last says nothing of now; a new subscription begins with all that is so.
      watched.faults.clear();
      if (!watched.over) this.#parts.tell(camera, []);
      failures += 1;
      const delayMs =
        Math.min(maxRetryMs, firstRetryMs * 2 ** (failures - 1)) * (0.5 + random() / 2) * patience;
      await this.#pause(watched, delayMs);
    }
  }

  async #listen(camera: string, watched: Watched, heard: () => void): Promise<void> {
    const opened = await this.#parts.open(camera);
    if (!opened.ok) throw new Error(opened.problem.detail);
    const device = (watched.device = opened.value);
    if (watched.over) return device.close();
    await device.subscribe();
    if (device.clockAheadMs !== null) this.#parts.clock?.(camera, device.clockAheadMs);
    let renewedMs = this.#parts.monotonicMs();
    while (!watched.over) {
      const startedMs = this.#parts.monotonicMs();
      const messages = await device.pullEvents(maxMessages);
      if (watched.over) return;
      heard();
      this.#take(camera, watched, messages);
      const nowMs = this.#parts.monotonicMs();
      if (nowMs - renewedMs >= renewEveryMs) {
        // Some devices prolong by themselves and know no Renew; the next pull tells.
        await device.renew().catch(() => undefined);
        renewedMs = nowMs;
      }
      const leftMs = shortestPullMs - (nowMs - startedMs);
      if (messages.length === 0 && leftMs > 0) await this.#pause(watched, leftMs);
    }
  }

  #take(camera: string, { faults }: Watched, messages: readonly unknown[]): void {
    const before = [...faults].join();
    for (const message of messages) {
      const found = faultOf(message);
      if (!found) continue;
      if (!found.active) faults.delete(found.fault);
      else if (faults.size < maxFaults) faults.add(found.fault);
    }
    if ([...faults].join() !== before) this.#parts.tell(camera, [...faults]);
  }

  #pause(watched: Watched, ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => watched.wake?.(), ms);
      timer.unref();
      watched.wake = () => {
        clearTimeout(timer);
        watched.wake = null;
        resolve();
      };
    });
  }
}
