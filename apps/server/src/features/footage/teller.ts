import { caseText } from '@clerestory/protocol';
import type { FootageParts, LentCamera } from './ports.ts';
import { at, inArea, keepAnswersMs, type KeptRequest } from './rules.ts';
import type { FootageService } from './service.ts';
import { answerStore, requestStore } from './store.ts';

/** How often it is looked for what is due, ms. */
const lookEveryMs = 2_000;
const forgetEveryMs = 60 * 60_000;
/** Owners who are told in one transaction; others get their turn between. */
const step = 50;
/** Longest name of cameras in a notice, characters. */
const maxNameLength = 120;

/**
 * What is due by itself: owners are told of what was published, what has come to its end is closed, and what owners wrote is
 * forgotten. Owners are told from here and not by whoever publishes, whose answer would otherwise take the longer the
 * more there are. That it is still to do is in the request's own row, so that no kill loses it; the outbox tells each owner
 * once, however often this begins anew.
 */
export class FootageTeller {
  readonly #parts: FootageParts;
  readonly #service: FootageService;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #forgotMs = -Infinity;

  constructor(parts: FootageParts, service: FootageService) {
    this.#parts = parts;
    this.#service = service;
  }

  start(): void {
    this.#timer = setInterval(() => void this.look(), lookEveryMs);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    await this.#running;
  }

  /** Who asks has changed. Before the start, not everybody may be known yet. */
  wake(): void {
    if (this.#timer) void this.look();
  }

  /** One look at a time; resolves when what was due is done. */
  look(): Promise<void> {
    this.#running ??= this.#look()
      .catch((error: unknown) =>
        this.#parts.log.error(
          { err: error },
          'requests for footage could not be looked at; it is tried again',
        ),
      )
      .finally(() => {
        this.#running = undefined;
      });
    return this.#running;
  }

  async #look(): Promise<void> {
    const { db, clock, steps } = this.#parts;
    await this.#service.closeOverdue();
    for (const request of await requestStore.untold(db)) await this.#tell(request);
    if (clock.monotonicMs() - this.#forgotMs < forgetEveryMs) return;
    await db.transaction().execute((write) => answerStore.forget(write, steps.settledMs() - keepAnswersMs));
    this.#forgotMs = clock.monotonicMs();
  }

  async #tell(request: KeptRequest): Promise<void> {
    const { db, clock, lent, notices } = this.#parts;
    if (at(request, clock.nowMs()).state !== 'published') return;
    const owners = [...Map.groupBy(inArea(request, lent()), ({ owner }) => owner)];
    for (let first = 0; first < owners.length; first += step)
      await db.transaction().execute(async (write) => {
        for (const [owner, cameras] of owners.slice(first, first + step))
          await notices.enqueue(write, noticeOf(request, owner, cameras));
      });
    await db.transaction().execute((write) => requestStore.told(write, request.id));
  }
}

function noticeOf(request: KeptRequest, owner: string, cameras: readonly LentCamera[]) {
  const { id, purpose, place, from, to, endsAt } = request;
  return {
    ...{ id: `footage:${id}`, owner, kind: 'footage-request' as const, camera: cameras[0]?.camera ?? '' },
    cameraName: cameras
      .map(({ name }) => name)
      .join(', ')
      .slice(0, maxNameLength),
    detail: {
      ...{ role: 'investigator', purpose, place, from, to, until: endsAt },
      ...{ case: caseText(request.case), asker: request.askedBy.name },
    },
  };
}
