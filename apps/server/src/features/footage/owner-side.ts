import { problem, type Answer, type FootageAnswerInput, type OwnFootageRequest } from '@clerestory/protocol';
import { newId } from '../../platform/clock.ts';
import { fingerprint, ok, refuse } from '../../platform/http.ts';
import { once } from '../../platform/idempotency.ts';
import type { FootageParts, LentCamera } from './ports.ts';
import { at, inArea, mostOpenMs, type KeptRequest } from './rules.ts';
import { namedAs, noRequest } from './service.ts';
import { answerStore, hiddenStore, requestStore, type KeptAnswer } from './store.ts';

const isClosed = problem('conflict', 'This request is closed, so that it takes no answer any more.');

/**
 * Requests as their owners see them. A request of another area, one that waits, one that was refused and none at all look
 * the same. Nothing that an owner does here but an answer is seen by anybody else, nor written into the record.
 */
export class OwnerFootage {
  readonly #parts: FootageParts;
  constructor(parts: FootageParts) {
    this.#parts = parts;
  }

  /**
   * Newest first: open ones for cameras of this owner, those that they answered, and those that ended early because nobody
   * asks any more, until the day on which they would have ended.
   */
  async of(owner: string): Promise<OwnFootageRequest[]> {
    const { db, owners, clock } = this.#parts;
    const hidden = await hiddenStore.ofOwner(db, owner);
    const answers = new Map(
      (await answerStore.ofOwner(db, owners.ring, owner)).map((answer) => [answer.request, answer]),
    );
    const found = new Map(
      [
        ...(await requestStore.open(db)),
        ...(await requestStore.closedSince(db, clock.nowMs() - mostOpenMs)),
        ...(await requestStore.answeredBy(db, owner)),
      ].map((one) => [one.id, one]),
    );
    const mine = this.#lentBy(owner);
    return [...found.values()]
      .sort((a, b) => b.number - a.number)
      .flatMap((one) => this.#view(one, mine, answers.get(one.id), hidden.has(one.id)) ?? []);
  }

  async answer(
    owner: string,
    id: string,
    input: FootageAnswerInput,
    key: string,
  ): Promise<Answer<OwnFootageRequest>> {
    const { db, clock, owners } = this.#parts;
    const nowMs = clock.nowMs();
    if (input.reach === 'phone' && !owners.get(owner)?.phone)
      return refuse(
        problem('unprocessable', 'There is no phone number of yours here. Add it in the settings first.'),
      );
    const { answer } = await once<null>(
      db,
      { key, fingerprint: fingerprint('footage-answer', id, input, owner), nowMs },
      async (write) => {
        const request = await requestStore.get(write, id);
        const before = (await answerStore.ofOwner(write, owners.ring, owner)).find(
          (one) => one.request === id,
        );
        const view = request && this.#view(request, this.#lentBy(owner), before, false);
        if (!view) return refuse(noRequest);
        if (view.state === 'closed') return refuse(isClosed);
        const known = new Set(view.cameras.map((camera) => camera.id));
        if (input.cameras.some((camera) => !known.has(camera)))
          return refuse(problem('unprocessable', 'Choose among your cameras in the area.'));
        const { cameras, reach, words } = input;
        await answerStore.put(write, owners.ring, {
          ...{ id: newId(), request: id, owner, cameras, reach, words, at: nowMs },
        });
        // Nothing of the answer: keys lie in the clear.
        return ok(null);
      },
    );
    if (!answer.ok) return answer;
    const view = (await this.of(owner)).find((one) => one.id === id);
    return view ? ok(view) : refuse(noRequest);
  }

  async withdraw(owner: string, id: string): Promise<Answer<void>> {
    const found = (await this.of(owner)).find((one) => one.id === id);
    if (!found?.answer) return refuse(noRequest);
    if (found.state === 'closed') return refuse(isClosed);
    await this.#parts.db.transaction().execute((write) => answerStore.remove(write, id, owner));
    return ok(undefined);
  }

  async hide(owner: string, id: string, hidden: boolean): Promise<Answer<void>> {
    if (!(await this.of(owner)).some((one) => one.id === id)) return refuse(noRequest);
    await this.#parts.db.transaction().execute((write) => hiddenStore.set(write, id, owner, hidden));
    return ok(undefined);
  }

  #lentBy(owner: string): LentCamera[] {
    return this.#parts.lent().filter((camera) => camera.owner === owner);
  }

  #view(
    kept: KeptRequest,
    lent: readonly LentCamera[],
    answer: KeptAnswer | undefined,
    hidden: boolean,
  ): OwnFootageRequest | null {
    const nowMs = this.#parts.clock.nowMs();
    const { state, end, moderatedAt, ...request } = at(kept, nowMs);
    if (moderatedAt === null || (state !== 'published' && state !== 'closed')) return null;
    const near = inArea(request, lent).map(({ camera }) => camera);
    const isTold = state === 'published' || (end === 'asker-gone' && nowMs < request.endsAt);
    if (answer === undefined && (near.length === 0 || !isTold)) return null;
    const { id, number, purpose, place, latitude, longitude, radiusM, from, to, words } = request;
    const cameras = [...new Set([...near, ...(answer?.cameras ?? [])])];
    return {
      ...{ id, number, purpose, case: request.case, place, latitude, longitude, radiusM, from, to, words },
      ...{
        state,
        end,
        askedBy: request.askedBy.name,
        publishedAt: moderatedAt,
        endsAt: request.endsAt,
        hidden,
      },
      cameras: cameras.map((camera) => ({
        id: camera,
        ...namedAs(this.#parts.nameOf(camera), camera),
      })),
      answer: answer
        ? { cameras: answer.cameras, reach: answer.reach, words: answer.words, at: answer.at }
        : null,
    };
  }
}
