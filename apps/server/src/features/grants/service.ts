import {
  problem,
  type Answer,
  type CameraAccess,
  type Grant,
  type GrantAnswers,
  type GrantAsk,
  type GrantWays,
} from '@clerestory/protocol';
import { actorName, type Actor, type PersonActor } from '../../platform/actor.ts';
import { newId } from '../../platform/clock.ts';
import { fingerprint, ok, refuse } from '../../platform/http.ts';
import { once, type Write } from '../../platform/idempotency.ts';
import { waysTo } from './asking.ts';
import { GrantEnds } from './ending.ts';
import { aboutOf } from './entries.ts';
import { HeldGrants, type Held, type Permit } from './held.ts';
import { asksToBeAsked, GrantJournal, type Request } from './journal.ts';
import { GrantMaker } from './making.ts';
import type { GrantParts, GrantWitness } from './ports.ts';
import { accessOf, grantStore, type StoredGrant } from './store.ts';

/** What is due is looked for this often, ms. */
const sweepMs = 200;
/** Live and waiting grants of one site. */
const maxOpen = 10_000;

const nothingWaits = problem('not-found', 'Nothing waits for your answer any more.');

/**
 * Grants for private cameras. What is given is durable, with its entry in the record, before it holds; what is taken holds
 * in memory before the store is asked.
 */
export class GrantService {
  readonly #parts: GrantParts;
  readonly #held: HeldGrants;
  readonly #journal: GrantJournal;
  readonly #maker: GrantMaker;
  readonly #ends: GrantEnds;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: GrantParts) {
    this.#parts = parts;
    this.#held = new HeldGrants(parts.clock, parts.machine);
    this.#journal = new GrantJournal(parts);
    this.#maker = new GrantMaker(parts, this.#held);
    this.#ends = new GrantEnds(parts, this.#held, this.#journal);
  }

  /** Whoever tells owners, in the same transaction. */
  witnessedBy(witness: GrantWitness): void {
    this.#journal.witnessedBy(witness);
  }

  /** Given, refused or ended: what rests on it has to be asked again. */
  onChange(listener: (grant: Grant) => void): void {
    this.#held.onChange(listener);
  }

  /** Grants of the last run go on where their end can be told without trusting a clock that may have been set. */
  async load(): Promise<void> {
    const { db, machine } = this.#parts;
    const isSame = ({ boot }: StoredGrant) => machine.boot !== '' && boot === machine.boot;
    const end = { code: 'machine-restarted', why: 'The server’s machine was restarted' };
    for (const stored of await grantStore.open(db)) {
      const held = this.#held.timed(stored);
      this.#held.put(held);
      if (!isSame(stored)) await this.#ends.end(held, end);
    }
    await this.recheck();
  }

  start(): void {
    this.#timer = setInterval(() => this.sweep(), sweepMs);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#journal.done();
  }

  /** Live and waiting ones. */
  list(): Grant[] {
    return this.#held.all().map(({ grant }) => grant);
  }

  /** The gate's question: may this viewer see this camera now? */
  permit(actor: Actor, camera: string): Permit {
    const known = this.#parts.cameras.get(camera);
    const about = aboutOf(known, this.#parts.cameras);
    if (!known || known.visibility === 'public') return { ok: true, grant: null, leftMs: null, about };
    return this.#held.permit(actor, camera, about);
  }

  /** Does this viewer have it open for what happens now, rather than for a standing purpose? */
  isForIncident(actor: Actor, camera: string): boolean {
    return this.#held.isForIncident(actor, camera);
  }

  ways(camera: string, actor: PersonActor): GrantWays | null {
    const known = this.#parts.cameras.get(camera);
    return known ? waysTo(this.#parts, known, { person: actor.id, roles: actor.roles }) : null;
  }

  /** All of one asking in one transaction: given, waiting and refused, each with its entry. */
  ask(asked: GrantAsk, actor: PersonActor, key: string): Promise<Answer<GrantAnswers>> {
    return this.#journal.inTurn(async () => {
      const { db, clock } = this.#parts;
      if (this.#held.size + asked.cameras.length * 2 > maxOpen)
        return refuse(problem('too-many', 'Too many grants at once on this site. End some first.'));
      const request = newId();
      const items = asked.cameras.map(({ camera, screen }) =>
        this.#maker.decideOne(asked, camera, screen, actor, request),
      );
      const made: StoredGrant[] = items.flatMap((item) => item.made);
      const print = fingerprint('grants', asked, actor.id);
      const { answer, repeated } = await once<GrantAnswers>(
        db,
        { key, fingerprint: print, nowMs: clock.nowMs() },
        async (write) => {
          for (const stored of made) await this.#journal.write(write, stored, actorName(actor));
          return ok({
            items: items.map(({ camera, screen, grants, refusal }) => ({
              ...{ camera, screen, refusal },
              grants: grants.filter(({ state }) => state !== 'refused'),
            })),
          });
        },
      );
      if (answer.ok && !repeated) for (const stored of made) this.#take(stored);
      return answer;
    });
  }

  /** A second person's answer to everything of one asking. */
  answer(
    request: string,
    approve: boolean,
    actor: PersonActor,
    key: string,
  ): Promise<Answer<{ items: Grant[] }>> {
    const print = fingerprint('grant-answer', request, approve, actor.id);
    return this.#settleOnce(this.#requestOf(key, print), () => {
      const waiting = this.#held.waiting(request, 'waiting-approval');
      if (waiting.length === 0)
        return refuse(
          problem('not-found', 'Nothing waits for an answer any more. It may have been too late.'),
        );
      const { approvers } = this.#parts.policy.get();
      if (!actor.roles.some((role) => approvers.includes(role)))
        return refuse(problem('forbidden', 'Your role does not approve on this site.'));
      if (waiting.some(({ grant }) => grant.askedBy.id === actor.id))
        return refuse(problem('forbidden', 'Nobody approves what they asked for themselves.'));
      const by = { id: actor.id, name: actor.name };
      const end = { code: 'not-approved', why: `${actor.name} did not approve` };
      const settled = waiting.map((one) => this.#maker.settled(one, approve, by, null, end));
      return ok({ waiting, settled, by: actorName(actor) });
    });
  }

  /** An owner's answer, for cameras of level `on-request`. */
  async ownerAnswers(owner: string, id: string, approve: boolean, key: string): Promise<Answer<Grant>> {
    const print = fingerprint('owner-answer', owner, id, approve);
    const answered = await this.#settleOnce(this.#requestOf(key, print), () => {
      const asked = this.#held.get(id);
      if (!asked || !this.#isAsked(owner, asked)) return refuse(nothingWaits);
      const { request, camera, approvedBy } = asked.grant;
      const waiting = this.#held
        .waiting(request, 'waiting-owner')
        .filter(({ grant }) => grant.camera === camera);
      const end = { code: 'owner-refused', why: 'The owner said no' };
      const settled = waiting.map((one) => this.#maker.settled(one, approve, approvedBy, owner, end));
      return ok({ waiting, settled, by: `owner:${owner}` });
    });
    if (!answered.ok) return answered;
    const mine = answered.value.items.find((grant) => grant.id === id);
    return mine ? ok(mine) : refuse(nothingWaits);
  }

  /** Somebody stops a grant: who asked, or who may approve. */
  async end(id: string, actor: PersonActor, key: string): Promise<Answer<void>> {
    const request = this.#requestOf(key, fingerprint('grant-end', id, actor.id));
    const held = this.#held.get(id);
    const { approvers } = this.#parts.policy.get();
    const mayEnd =
      held?.grant.askedBy.id === actor.id || actor.roles.some((role) => approvers.includes(role));
    if (!held || !mayEnd) return this.#endedBefore(request, `You have no grant "${id}".`);
    const end = { code: 'ended', why: `${actor.name} ended it` };
    await this.#ends.end(held, end, actorName(actor), request);
    return ok(undefined);
  }

  async ownerEnds(owner: string, id: string, key: string): Promise<Answer<void>> {
    const request = this.#requestOf(key, fingerprint('owner-end', owner, id));
    const held = this.#held.get(id);
    if (!held || !this.#isOwner(owner, held.grant.camera))
      return this.#endedBefore(request, 'There is no such access any more.');
    const end = { code: 'owner-ended', why: 'The owner ended this access' };
    await this.#ends.end(held, end, `owner:${owner}`, request);
    return ok(undefined);
  }

  currentViewers(camera: string): CameraAccess[] {
    return this.list()
      .filter((grant) => grant.camera === camera && grant.state === 'live')
      .map((grant) => accessOf(grant, { seconds: 0, bytes: 0 }));
  }

  accesses(camera: string, cursor: string | undefined, limit: number) {
    return grantStore.accesses(this.#parts.db, camera, cursor, limit);
  }

  /** Grants that wait for this owner. */
  waitingFor(owner: string): Grant[] {
    const asked = this.#held.all().filter((held) => this.#isAsked(owner, held));
    return asked.map(({ grant }) => grant);
  }

  /** What a view under a grant has sent, in the transaction of its end. */
  used(write: Write, grant: string, seconds: number, bytes: number): Promise<void> {
    return grantStore.used(write, grant, seconds, bytes);
  }

  personLeft(person: string): void {
    this.#ends.personLeft(person);
  }
  recheck(only?: string): Promise<void> {
    return this.#ends.recheck(only);
  }
  sweep(): void {
    this.#ends.sweep();
  }

  /** Durable: from now on it holds. */
  #take(stored: StoredGrant): void {
    const { grant } = stored;
    if (grant.state === 'refused') return this.#held.tell(grant);
    const held = this.#held.timed(stored);
    const before = this.#held.put(held);
    if (before) void this.#ends.end(before, { code: 'renewed', why: 'It was asked for anew' });
    this.#held.tell(grant);
    // It was decided before it was written: what changed meanwhile counts.
    void this.#ends.weigh(held);
  }

  /** One who has not confirmed yet is none. */
  #isOwner(owner: string, camera: string): boolean {
    return this.#parts.consents.of(camera).some((one) => one.owner === owner && one.status !== 'pending');
  }

  #isAsked(owner: string, { grant, owners }: Held): boolean {
    const missing = asksToBeAsked(this.#parts.consents.of(grant.camera), owners);
    return grant.state === 'waiting-owner' && this.#isOwner(owner, grant.camera) && missing.includes(owner);
  }

  #requestOf(key: string, print: string): Request {
    return { key, fingerprint: print, nowMs: this.#parts.clock.nowMs() };
  }

  /** Nothing is there to be ended: unless this is the same request again. */
  async #endedBefore(request: Request, why: string): Promise<Answer<void>> {
    const none = async () => refuse(problem('not-found', why));
    // In its turn: the first of two at once is written then.
    const { answer } = await this.#journal.inTurn(() => once<null>(this.#parts.db, request, none));
    return answer.ok ? ok(undefined) : answer;
  }

  /** Answers to what waits, written with the answer to whoever gave it: the same again changes nothing more. */
  #settleOnce(
    request: Request,
    decide: () => Answer<{ waiting: Held[]; settled: StoredGrant[]; by: string }>,
  ): Promise<Answer<{ items: Grant[] }>> {
    return this.#journal.inTurn(async () => {
      let done: { waiting: Held[]; settled: StoredGrant[] } = { waiting: [], settled: [] };
      const { answer } = await once<{ items: Grant[] }>(this.#parts.db, request, async (write) => {
        const decided = decide();
        if (!decided.ok) return decided;
        done = decided.value;
        for (const stored of done.settled) await this.#journal.write(write, stored, decided.value.by);
        return ok({ items: done.settled.map(({ grant }) => grant) });
      });
      for (const [at, stored] of done.settled.entries()) this.#takeOver(done.waiting[at], stored);
      return answer;
    });
  }

  /** In place of what waited. If that has ended meanwhile, it stays so: its end is written next. */
  #takeOver(before: Held | undefined, stored: StoredGrant): void {
    if (!before || this.#held.get(stored.grant.id) !== before) return;
    if (stored.grant.state === 'refused') {
      this.#held.drop(before);
      this.#held.rememberEnd(stored.grant);
    }
    this.#take(stored);
  }
}
