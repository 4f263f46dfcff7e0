import {
  maxOpenIncidents,
  problem,
  type Answer,
  type FeedIncidentInput,
  type Incident,
  type IncidentInput,
  type IncidentSource,
} from '@clerestory/protocol';
import { newId, type Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { fingerprint, ok, refuse } from '../../platform/http.ts';
import { once, type Write } from '../../platform/idempotency.ts';
import type { IncidentParts, Recorder } from './ports.ts';
import { incidentStore } from './store.ts';

/** Incidents. Open ones are held in memory; one that is closed is so in memory before the store is asked. */
export class IncidentService {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #steps: IncidentParts['steps'];
  readonly #record: Recorder;
  readonly #open = new Map<string, Incident>();
  /** By how much the wall clock had been set when an open one was opened. */
  readonly #movedMs = new Map<string, number>();
  /** Closed lately: what ends with one says which. */
  readonly #closed = new Map<string, Incident>();
  readonly #listeners = new Set<(incident: Incident) => void>();
  #last = 0;
  #tail: Promise<unknown> = Promise.resolve();

  constructor({ db, clock, steps, record }: IncidentParts) {
    this.#db = db;
    this.#clock = clock;
    this.#steps = steps;
    this.#record = record;
  }

  async load(): Promise<void> {
    for (const { incident, movedMs } of await incidentStore.open(this.#db)) {
      this.#open.set(incident.id, incident);
      this.#movedMs.set(incident.id, movedMs);
    }
    this.#last = await incidentStore.lastNumber(this.#db);
  }

  onChange(listener: (incident: Incident) => void): void {
    this.#listeners.add(listener);
  }

  /** An open one, or one that was closed lately. */
  get(id: string): Incident | undefined {
    return this.#open.get(id) ?? this.#closed.get(id);
  }

  /** As `get`, opened so long ago as it is by the clock that counts more: one that was set back makes nothing younger. */
  aged(id: string): Incident | undefined {
    const incident = this.get(id);
    const movedMs = this.#steps.movedMs() - (this.#movedMs.get(id) ?? 0);
    return incident && { ...incident, openedAt: incident.openedAt + Math.min(0, movedMs) };
  }

  /** Whichever has this number, open or long closed. */
  numbered(number: number): Promise<Incident | undefined> {
    return incidentStore.numbered(this.#db, number);
  }

  /** Newest first. */
  open(): Incident[] {
    return [...this.#open.values()].sort((a, b) => b.number - a.number);
  }

  async page(cursor: string | undefined, limit: number, onlyOpen: boolean) {
    const items = await incidentStore.page(this.#db, cursor ? Number(cursor) : null, limit, onlyOpen);
    return { items, next: items.length === limit ? String(items.at(-1)?.number) : null };
  }

  begin(input: IncidentInput, openedBy: IncidentSource, key: string): Promise<Answer<Incident>> {
    return this.#inTurn(async () => {
      const full = this.#refusedAsFull();
      if (full) return full;
      const { made, movedMs } = this.#make(input, openedBy);
      const print = fingerprint('incident', input, openedBy.id);
      const { answer, repeated } = await once<Incident>(
        this.#db,
        { key, fingerprint: print, nowMs: this.#clock.nowMs() },
        async (write) => {
          await this.#write(write, made, movedMs);
          return ok(made);
        },
      );
      if (answer.ok && !repeated) this.#opened(answer.value, movedMs);
      return answer;
    });
  }

  /** A feed's word; the same number of it again is the same incident, also when that is closed. */
  report(
    { number: reference, ...input }: FeedIncidentInput,
    feed: { id: string; name: string },
  ): Promise<Answer<Incident>> {
    return this.#inTurn(async () => {
      const known = await incidentStore.referenced(this.#db, feed.id, reference);
      if (known) {
        const { type, place, latitude, longitude } = known;
        const isSame =
          input.type === type &&
          input.place === place &&
          input.latitude === latitude &&
          input.longitude === longitude;
        return isSame
          ? ok(known)
          : refuse(
              problem(
                'conflict',
                `Incident ${reference} is known as another. Send a new number, or what was sent before.`,
              ),
            );
      }
      const full = this.#refusedAsFull();
      if (full) return full;
      const { made, movedMs } = this.#make(input, { kind: 'feed', ...feed }, reference);
      await this.#db.transaction().execute((write) => this.#write(write, made, movedMs));
      this.#opened(made, movedMs);
      return ok(made);
    });
  }

  /**
   * A feed says that what it opened is over. Held in memory at once where it is known there; one whose opening is still
   * being written, or that is closed already, is found once that is done.
   */
  async closeReported(reference: string, { id: feed }: { id: string }): Promise<Answer<Incident>> {
    const by = `feed:${feed}`;
    const open = this.open().find(
      ({ openedBy, ...one }) =>
        openedBy.kind === 'feed' && openedBy.id === feed && one.reference === reference,
    );
    if (open) return this.close(open.id, by, newId());
    const known = await this.#inTurn(() => incidentStore.referenced(this.#db, feed, reference));
    if (!known)
      return refuse(
        problem('not-found', `This feed has opened no incident ${reference}. Send its own number.`),
      );
    return this.#open.has(known.id) ? this.close(known.id, by, newId()) : ok(known);
  }

  #refusedAsFull(): Answer<never> | null {
    if (this.#open.size < maxOpenIncidents) return null;
    return refuse(problem('too-many', `At most ${maxOpenIncidents} open incidents. Close some first.`));
  }

  #make(input: IncidentInput, { kind, id, name }: IncidentSource, reference?: string) {
    const made: Incident = {
      ...{ id: newId(), number: this.#last + 1, ...input },
      openedBy: { kind, id, name },
      ...(reference !== undefined && { reference }),
      ...{ openedAt: this.#clock.nowMs(), closedAt: null, closedBy: null },
    };
    return { made, movedMs: this.#steps.movedMs() };
  }

  async #write(write: Write, made: Incident, movedMs: number): Promise<void> {
    const { id, number, type, place, openedBy, reference } = made;
    await incidentStore.add(write, made, movedMs);
    await this.#record.append(write, {
      kind: 'incident-opened',
      actor: `${openedBy.kind}:${openedBy.id}`,
      subject: `incident:${id}`,
      detail: { number, type, place, source: openedBy.kind, ...(reference !== undefined && { reference }) },
    });
  }

  /** It is durable. */
  #opened(made: Incident, movedMs: number): void {
    this.#last = made.number;
    this.#open.set(made.id, made);
    this.#movedMs.set(made.id, movedMs);
    for (const listener of this.#listeners) listener(made);
  }

  async close(id: string, by: string, key: string): Promise<Answer<Incident>> {
    const request = { key, fingerprint: fingerprint('incident-close', id, by), nowMs: this.#clock.nowMs() };
    const incident = this.#open.get(id);
    if (!incident) return this.#closedBefore(request);
    const closed = { ...incident, closedAt: this.#clock.nowMs(), closedBy: by };
    this.#open.delete(id);
    this.#movedMs.delete(id);
    this.#closed.set(id, closed);
    const oldest = this.#closed.keys().next();
    if (this.#closed.size > maxOpenIncidents && !oldest.done) this.#closed.delete(oldest.value);
    for (const listener of this.#listeners) listener(closed);
    return this.#inTurn(async () => {
      const write = async (writing: Write): Promise<Answer<Incident>> => {
        await incidentStore.close(writing, closed);
        await this.#record.append(writing, {
          kind: 'incident-closed',
          actor: by,
          subject: `incident:${id}`,
          detail: { number: incident.number, type: incident.type },
        });
        return ok(closed);
      };
      const { answer, repeated } = await once(this.#db, request, write);
      // It is closed, whatever that key was used for before.
      return repeated ? this.#db.transaction().execute(write) : answer;
    });
  }

  /** In its turn: the first of two at once is written then. */
  #closedBefore(request: { key: string; fingerprint: string; nowMs: number }): Promise<Answer<Incident>> {
    return this.#inTurn(async () => {
      const none = async () => refuse(problem('not-found', 'There is no such open incident.'));
      return (await once<Incident>(this.#db, request, none)).answer;
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#tail.then(work, work);
    this.#tail = mine.catch(() => undefined);
    return mine;
  }
}
