import {
  caseText,
  problem,
  type Answer,
  type FootageAnswer,
  type FootageEnd,
  type FootageInput,
  type FootageModeration,
  type FootageRequest,
  type PublicFootageRequest,
  type RecordNote,
} from '@clerestory/protocol';
import { newId } from '../../platform/clock.ts';
import { fingerprint, ok, refuse } from '../../platform/http.ts';
import { once, type Write } from '../../platform/idempotency.ts';
import type { By, FootageParts } from './ports.ts';
import {
  at,
  closed,
  faultOfClosing,
  faultOfModeration,
  faultOfTimes,
  firstEnd,
  isOpen,
  maxOpen,
  maxOpenEach,
  maxPublic,
  moderated,
  publicOf,
  type KeptRequest,
} from './rules.ts';
import { answerStore, requestStore } from './store.ts';

export const noRequest = problem('not-found', 'There is no such request for footage.');

/** Requests for footage as the agency uses them. Of owners, nothing is seen here but what they answered. */
export class FootageService {
  readonly #parts: FootageParts;
  constructor(parts: FootageParts) {
    this.#parts = parts;
  }

  async page(cursor: string | undefined, limit: number) {
    const found = await requestStore.page(this.#parts.db, cursor ? Number(cursor) : null, limit);
    const items = await this.#views(found);
    return { items, next: items.length === limit ? String(items.at(-1)?.number) : null };
  }

  async get(id: string): Promise<FootageRequest | undefined> {
    const found = await requestStore.get(this.#parts.db, id);
    return found && (await this.#views([found]))[0];
  }

  async ask(input: FootageInput, by: By, key: string): Promise<Answer<FootageRequest>> {
    const { db, clock, record, incidents, districtAt } = this.#parts;
    const nowMs = clock.nowMs();
    const fault = faultOfTimes(input, nowMs);
    if (fault) return refuse(fault);
    if (input.case.kind === 'incident' && !(await incidents.numbered(input.case.number)))
      return refuse(
        problem('unprocessable', `There is no incident ${input.case.number}. Give one that there is.`),
      );
    const district = districtAt(input);
    const { answer } = await once<FootageRequest>(
      db,
      { key, fingerprint: fingerprint('footage', input, by.id), nowMs },
      async (write) => {
        const open = (await requestStore.open(write)).map((one) => at(one, nowMs));
        const mine = open.filter(({ askedBy }) => askedBy.id === by.id);
        if (open.length >= maxOpen || mine.length >= maxOpenEach)
          return refuse(
            problem('too-many', 'Too many requests for footage are open. Close those that are settled.'),
          );
        const request: KeptRequest = {
          ...{ id: newId(), number: (await requestStore.lastNumber(write)) + 1, state: 'waiting' },
          ...input,
          ...{ district, askedBy: { id: by.id, name: by.name }, askedAt: nowMs },
          ...{ moderatedBy: null, moderatedAt: null, refusal: null },
          ...{ endsAt: firstEnd(input.days, nowMs), closedAt: null, end: null },
        };
        await requestStore.add(write, request);
        const { place, latitude, longitude, radiusM, from, to, words } = input;
        await record.append(
          write,
          noteOf(request, 'footage-asked', `person:${by.id}`, {
            ...{ place, latitude, longitude, radiusM, fromMs: from, toMs: to, words },
          }),
        );
        return ok({ ...request, answers: 0 });
      },
    );
    return answer;
  }

  /** Published in this transaction; owners are told by the teller, so that how long this takes says nothing of them. */
  moderate(id: string, word: FootageModeration, by: By, key: string): Promise<Answer<FootageRequest>> {
    return this.#change(['moderation', id, word], by, key, async (write, nowMs) => {
      const found = await requestStore.get(write, id);
      if (!found) return refuse(noRequest);
      const fault = faultOfModeration(found, by.id, nowMs);
      if (fault) return refuse(fault);
      const next = moderated(found, word, by, nowMs);
      await requestStore.put(write, next);
      const detail = { ...word };
      await this.#parts.record.append(write, noteOf(next, 'footage-moderated', `person:${by.id}`, detail));
      return ok(next);
    });
  }

  close(id: string, by: By & { isSupervisor: boolean }, key: string): Promise<Answer<FootageRequest>> {
    return this.#change(['close', id], by, key, async (write, nowMs) => {
      const found = await requestStore.get(write, id);
      if (!found) return refuse(noRequest);
      const fault = faultOfClosing(found, by, nowMs);
      if (fault) return refuse(fault);
      const end = found.askedBy.id === by.id ? 'asker' : 'supervisor';
      return ok(await this.#closeIn(write, found, end, nowMs, `person:${by.id}`));
    });
  }

  /** Closes what has come to its end, and what nobody asks any more; what owners wrote is forgotten later. */
  async closeOverdue(): Promise<void> {
    const { db, clock, mayAsk } = this.#parts;
    const nowMs = clock.nowMs();
    const endOf = (request: KeptRequest) =>
      at(request, nowMs).end ?? (mayAsk(request.askedBy.id) ? null : 'asker-gone');
    for (const request of await requestStore.open(db)) {
      if (endOf(request) === null) continue;
      await db.transaction().execute(async (write) => {
        const now = await requestStore.get(write, request.id);
        const end = now && isOpen(now) ? endOf(now) : null;
        if (now && end) await this.#closeIn(write, now, end, end === 'end' ? now.endsAt : nowMs, 'server');
      });
    }
  }

  /**
   * For who asked, and for supervisors: name and contact of those who answered, and of nobody else. That somebody reads
   * is recorded first, also where there is nothing to read.
   */
  async answers(id: string, by: By & { isSupervisor: boolean }): Promise<Answer<{ items: FootageAnswer[] }>> {
    const { db, record, owners, nameOf } = this.#parts;
    const found = await requestStore.get(db, id);
    if (!found) return refuse(noRequest);
    if (found.askedBy.id !== by.id && !by.isSupervisor)
      return refuse(problem('forbidden', 'Only who asked, and supervisors, read what owners answered.'));
    await db
      .transaction()
      .execute((write) => record.append(write, noteOf(found, 'footage-answers-read', `person:${by.id}`, {})));
    const items = (await answerStore.of(db, owners.ring, id)).map((answer): FootageAnswer => {
      const owner = owners.get(answer.owner);
      const { reach } = answer;
      return {
        ...{ id: answer.id, name: owner?.name ?? '', reach, words: answer.words, at: answer.at },
        contact: reach === 'words' ? null : ((reach === 'mail' ? owner?.email : owner?.phone) ?? null),
        cameras: answer.cameras.map((camera) => ({ id: camera, ...namedAs(nameOf(camera), camera) })),
      };
    });
    return ok({ items });
  }

  async published(): Promise<PublicFootageRequest[]> {
    const nowMs = this.#parts.clock.nowMs();
    const found = await requestStore.page(this.#parts.db, null, maxOpen + maxPublic);
    return found.flatMap((request) => publicOf(request, nowMs) ?? []).slice(0, maxPublic);
  }

  async #change(
    what: readonly unknown[],
    by: By,
    key: string,
    change: (write: Write, nowMs: number) => Promise<Answer<KeptRequest>>,
  ): Promise<Answer<FootageRequest>> {
    const { db, clock } = this.#parts;
    const nowMs = clock.nowMs();
    const { answer } = await once<KeptRequest>(
      db,
      { key, fingerprint: fingerprint('footage', ...what, by.id), nowMs },
      (write) => change(write, nowMs),
    );
    if (!answer.ok) return answer;
    const [view] = await this.#views([answer.value]);
    return view ? ok(view) : refuse(noRequest);
  }

  async #closeIn(
    write: Write,
    request: KeptRequest,
    end: FootageEnd,
    closedAt: number,
    actor: string,
  ): Promise<KeptRequest> {
    const next = closed(request, end, closedAt);
    await requestStore.put(write, next);
    await this.#parts.record.append(write, noteOf(next, 'footage-closed', actor, { because: end }));
    return next;
  }

  async #views(requests: readonly KeptRequest[]): Promise<FootageRequest[]> {
    const { db, clock } = this.#parts;
    const counts = await answerStore.counts(
      db,
      requests.map(({ id }) => id),
    );
    return requests.map((one) => ({ ...at(one, clock.nowMs()), answers: counts.get(one.id) ?? 0 }));
  }
}

export const namedAs = (found: { name: string; place: string } | undefined, camera: string) =>
  found ? { name: found.name, place: found.place } : { name: camera, place: '' };

const noteOf = (
  { id, purpose, district, ...request }: KeptRequest,
  kind: 'footage-asked' | 'footage-moderated' | 'footage-closed' | 'footage-answers-read',
  actor: string,
  detail: RecordNote['detail'],
): RecordNote => ({
  ...{ kind, actor, subject: `footage:${id}` },
  detail: { purpose, district, case: caseText(request.case), ...detail },
});
