import type { IncomingMessage } from 'node:http';
import {
  problem,
  type Answer,
  type Feed,
  type FeedIncidentClose,
  type FeedIncidentInput,
  type FeedInput,
  type Incident,
} from '@clerestory/protocol';
import { distanceM } from '@clerestory/consent';
import type { FeedActor } from '../../platform/actor.ts';
import { newId } from '../../platform/clock.ts';
import { ok, refuse } from '../../platform/http.ts';
import { RateLimit, tooMany } from '../../platform/rate-limit.ts';
import { hashOf, newToken } from '../../platform/tokens.ts';
import type { FeedParts } from './ports.ts';
import { feedStore, type StoredFeed } from './store.ts';

/** Systems one site lets open incidents. */
const maxFeeds = 50;
/** Incidents of one of them: a minute's worth at once, then one a second. */
const perFeed = { perSecond: 1, burst: 60 };

const noFeed = problem('not-found', 'There is no such feed.');

/**
 * Accounts of systems that open incidents and close their own. A token is random, shown once and stored hashed. Taking one back holds in memory
 * before the store is asked.
 */
export class FeedService {
  readonly #parts: FeedParts;
  readonly #byId = new Map<string, StoredFeed>();
  readonly #byHash = new Map<string, StoredFeed>();
  readonly #limit: RateLimit;

  constructor(parts: FeedParts) {
    this.#parts = parts;
    this.#limit = new RateLimit(perFeed, () => parts.clock.monotonicMs());
  }

  async load(): Promise<void> {
    for (const feed of await feedStore.all(this.#parts.db)) this.#keep(feed);
  }

  /** By the token in `Authorization` (RFC 6750 section 2.1); undefined is nobody. */
  authenticate({ headers }: IncomingMessage): FeedActor | undefined {
    const token = /^Bearer ([\w-]{43})$/i.exec(headers.authorization ?? '')?.[1];
    const feed = token && this.#byHash.get(hashOf(token));
    return feed ? { kind: 'feed', id: feed.id, name: feed.name } : undefined;
  }

  list(): Feed[] {
    return [...this.#byId.values()].map(({ tokenHash: _, ...feed }) => feed);
  }

  async create(input: FeedInput, by: string): Promise<Answer<{ feed: Feed; token: string }>> {
    const { db, clock, record } = this.#parts;
    if (this.#byId.size >= maxFeeds)
      return refuse(problem('unprocessable', `A site has at most ${maxFeeds} feeds. Remove one first.`));
    const token = newToken();
    const feed: Feed = {
      ...{ id: newId(), ...input, types: [...new Set(input.types)] },
      ...{ createdAt: clock.nowMs(), createdBy: by },
    };
    const stored = { ...feed, tokenHash: hashOf(token) };
    await db.transaction().execute(async (write) => {
      await feedStore.add(write, stored);
      await record.append(write, {
        ...{ kind: 'feed-added', actor: by, subject: `feed:${feed.id}` },
        detail: { name: feed.name, types: feed.types, radiusM: feed.area?.radiusM ?? null },
      });
    });
    this.#keep(stored);
    return ok({ feed, token });
  }

  async remove(id: string, by: string): Promise<Answer<void>> {
    const feed = this.#byId.get(id);
    if (!feed) return refuse(noFeed);
    this.#byId.delete(id);
    this.#byHash.delete(feed.tokenHash);
    await this.#parts.db.transaction().execute(async (write) => {
      await feedStore.remove(write, id);
      await this.#parts.record.append(write, {
        ...{ kind: 'feed-removed', actor: by, subject: `feed:${id}`, detail: { name: feed.name } },
      });
    });
    return ok(undefined);
  }

  async report(input: FeedIncidentInput, { id }: FeedActor): Promise<Answer<Incident>> {
    const feed = this.#byId.get(id);
    if (!feed) return refuse(noFeed);
    const waitS = this.#limit.take(id);
    if (waitS > 0) return refuse(tooMany('Too many incidents come from this feed.', waitS));
    const unfit = unfitFor(feed, input);
    if (!unfit) return this.#parts.incidents.report(input, feed);
    this.#parts.refusals.note({
      ...{ actor: `feed:${id}`, asked: 'rest:feedIncident', subject: '', code: unfit.problem.code },
    });
    return unfit;
  }

  /** Only what it opened itself. It takes away, so its rate does not count: none is left open for that. */
  async close({ number }: FeedIncidentClose, { id }: FeedActor): Promise<Answer<Incident>> {
    const feed = this.#byId.get(id);
    return feed ? this.#parts.incidents.closeReported(number, feed) : refuse(noFeed);
  }

  #keep(feed: StoredFeed): void {
    this.#byId.set(feed.id, feed);
    this.#byHash.set(feed.tokenHash, feed);
  }
}

/** Why a feed may not report this; null: it may. */
function unfitFor(
  { types, area }: Feed,
  input: FeedIncidentInput,
): Extract<Answer<never>, { ok: false }> | null {
  const no = (pointer: string, message: string) => ({
    ok: false as const,
    problem: problem('forbidden', `${message}. An administrator can change that.`, {
      errors: [{ pointer, message }],
    }),
  });
  if (!types.includes(input.type))
    return no('/type', `This feed reports ${types.join(', ')} and nothing else`);
  if (area && distanceM(area, input) > area.radiusM)
    return no('/latitude', 'This place is outside the area of this feed');
  return null;
}
