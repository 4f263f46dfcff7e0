import {
  problem,
  type Answer,
  type CameraAccess,
  type Grant,
  type GrantAnswers,
  type GrantAsk,
  type GrantEnd,
  type GrantRefusal,
  type GrantViewer,
  type GrantWays,
} from '@clerestory/protocol';
import { actorName, type Actor, type PersonActor } from '../../platform/actor.ts';
import { newId } from '../../platform/clock.ts';
import { fingerprint, ok, refuse } from '../../platform/http.ts';
import { once, type Write } from '../../platform/idempotency.ts';
import { decisionFor, roleOf, stateAfter, textOf, typeOf, waysTo } from './asking.ts';
import { detailOf } from './entries.ts';
import type { GrantParts, GrantWitness } from './ports.ts';
import { accessOf, grantStore, type StoredGrant } from './store.ts';

/** A second person has this long to answer; no answer is a no, ms. */
const approvalMs = 120_000;
/** So long does an owner's answer count, ms. */
const ownerMs = 15 * 60_000;
/** What is due is looked for this often, ms. */
const sweepMs = 200;
/** Live and waiting grants of one site. */
const maxOpen = 10_000;
/** Ends that a tile is still told of. */
const maxEnds = 2_000;
/** Asking again this long before the end gives a new grant, ms. */
const renewBelowMs = 5 * 60_000;

interface Held extends StoredGrant {
  /** On the monotonic clock. */
  endsMs: number;
}

/** What a viewer may see of a camera, as the gate asks. */
export type Permit =
  { ok: true; grant: string | null; leftMs: number | null; purpose: string } | { ok: false; reason: string };

const isPublic: Permit = { ok: true, grant: null, leftMs: null, purpose: '' };
const askFirst = 'This camera is private. Ask for it with a purpose';
const hidden: GrantRefusal = {
  ...{ rule: 'R3', code: 'not-found', why: 'There is no such camera' },
  change: 'Choose another camera.',
};
const noRight: GrantRefusal = {
  ...{ rule: 'R1', code: 'forbidden', why: 'You have no right to watch this camera' },
  change: 'An administrator can give it to you.',
};

const silent: GrantWitness = {
  granted: async () => undefined,
  waiting: async () => undefined,
  ended: async () => undefined,
  refused: async () => undefined,
};

/**
 * Grants for private cameras. What is given is durable, with its entry in the record, before it holds; what is taken holds
 * in memory before the store is asked.
 */
export class GrantService {
  readonly #parts: GrantParts;
  readonly #open = new Map<string, Held>();
  /** `kind:viewer camera` → the live grant. */
  readonly #live = new Map<string, Held>();
  readonly #ends = new Map<string, string>();
  readonly #listeners = new Set<(grant: Grant) => void>();
  #witness: GrantWitness = silent;
  #tail: Promise<unknown> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: GrantParts) {
    this.#parts = parts;
  }

  /** Whoever tells owners, in the same transaction. */
  witnessedBy(witness: GrantWitness): void {
    this.#witness = witness;
  }

  /** Given, refused or ended: what rests on it has to be asked again. */
  onChange(listener: (grant: Grant) => void): void {
    this.#listeners.add(listener);
  }

  /** Grants of the last run go on where their end can be told without trusting a clock that may have been set. */
  async load(): Promise<void> {
    const { db, machine, clock } = this.#parts;
    for (const stored of await grantStore.open(db)) {
      const leftMs = (stored.endsUptimeMs ?? 0) - machine.uptimeMs();
      const held = { ...stored, endsMs: clock.monotonicMs() + leftMs };
      const isSame = machine.boot !== '' && stored.boot === machine.boot;
      this.#open.set(stored.grant.id, held);
      if (stored.grant.state === 'live' && isSame && leftMs > 0) this.#live.set(keyOf(stored.grant), held);
      else if (!isSame)
        await this.#end(held, { code: 'machine-restarted', why: 'The server’s machine was restarted' });
    }
    await this.recheck();
  }

  start(): void {
    this.#timer = setInterval(() => this.sweep(), sweepMs);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#tail.catch(() => undefined);
  }

  /** Live and waiting ones. */
  list(): Grant[] {
    return [...this.#open.values()].map(({ grant }) => grant);
  }

  /** The gate's question: may this viewer see this camera now? */
  permit(actor: Actor, camera: string): Permit {
    const known = this.#parts.cameras.get(camera);
    if (!known || known.visibility === 'public') return isPublic;
    if (actor.kind === 'anonymous') return { ok: false, reason: askFirst };
    const key = `${actor.kind}:${actor.id} ${camera}`;
    const held = this.#live.get(key);
    const leftMs = held ? held.endsMs - this.#parts.clock.monotonicMs() : 0;
    if (!held || leftMs <= 0) return { ok: false, reason: this.#ends.get(key) ?? askFirst };
    return { ok: true, grant: held.grant.id, leftMs, purpose: held.grant.purpose.kind };
  }

  ways(camera: string, actor: PersonActor): GrantWays | null {
    const known = this.#parts.cameras.get(camera);
    return known ? waysTo(this.#parts, known, { person: actor.id, roles: actor.roles }) : null;
  }

  /** All of one asking in one transaction: given, waiting and refused, each with its entry. */
  ask(asked: GrantAsk, actor: PersonActor, key: string): Promise<Answer<GrantAnswers>> {
    return this.#inTurn(async () => {
      const { db, clock } = this.#parts;
      if (this.#open.size + asked.cameras.length * 2 > maxOpen)
        return refuse(problem('too-many', 'Too many grants at once on this site. End some first.'));
      const request = newId();
      const items = asked.cameras.map(({ camera, screen }) =>
        this.#decideOne(asked, camera, screen, actor, request),
      );
      const made: StoredGrant[] = items.flatMap((item) => item.made);
      const print = fingerprint('grants', asked, actor.id);
      const { answer, repeated } = await once<GrantAnswers>(
        db,
        { key, fingerprint: print, nowMs: clock.nowMs() },
        async (write) => {
          for (const stored of made) await this.#write(write, stored, actorName(actor));
          return ok({
            items: items.map(({ camera, screen, grants, refusal }) => ({
              ...{ camera, screen, refusal },
              grants: grants.filter(({ state }) => state !== 'refused'),
            })),
          });
        },
      );
      if (answer.ok && !repeated) for (const stored of made) await this.#take(stored);
      return answer;
    });
  }

  /** A second person's answer to everything of one asking. */
  answer(request: string, approve: boolean, actor: PersonActor): Promise<Answer<{ items: Grant[] }>> {
    return this.#inTurn(async () => {
      const waiting = this.#waiting(request, 'waiting-approval');
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
      return ok({ items: await this.#settle(waiting, approve, by, false, end, actorName(actor)) });
    });
  }

  /** An owner's answer, for cameras of level `on-request`. */
  ownerAnswers(owner: string, id: string, approve: boolean): Promise<Answer<Grant>> {
    return this.#inTurn(async () => {
      const asked = this.#open.get(id);
      if (asked?.grant.state !== 'waiting-owner' || !this.#isOwner(owner, asked.grant.camera))
        return refuse(problem('not-found', 'Nothing waits for your answer any more.'));
      const { request, camera, approvedBy } = asked.grant;
      const waiting = this.#waiting(request, 'waiting-owner').filter(({ grant }) => grant.camera === camera);
      const end = { code: 'owner-refused', why: 'The owner said no' };
      const items = await this.#settle(waiting, approve, approvedBy, true, end, `owner:${owner}`);
      const mine = items.find((grant) => grant.id === id);
      return mine ? ok(mine) : refuse(problem('not-found', 'Nothing waits for your answer any more.'));
    });
  }

  /** Somebody stops a grant: who asked, or who may approve. */
  async end(id: string, actor: PersonActor): Promise<Answer<void>> {
    const held = this.#open.get(id);
    const { approvers } = this.#parts.policy.get();
    const mayEnd =
      held?.grant.askedBy.id === actor.id || actor.roles.some((role) => approvers.includes(role));
    if (!held || !mayEnd) return refuse(problem('not-found', `You have no grant "${id}".`));
    await this.#end(held, { code: 'ended', why: `${actor.name} ended it` }, actorName(actor));
    return ok(undefined);
  }

  async ownerEnds(owner: string, id: string): Promise<Answer<void>> {
    const held = this.#open.get(id);
    if (!held || !this.#isOwner(owner, held.grant.camera))
      return refuse(problem('not-found', 'There is no such access any more.'));
    await this.#end(held, { code: 'owner-ended', why: 'The owner ended this access' }, `owner:${owner}`);
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

  /** Grants that wait for an owner. */
  waitingFor(owner: string): Grant[] {
    return this.list().filter(
      ({ state, camera }) => state === 'waiting-owner' && this.#isOwner(owner, camera),
    );
  }

  /** What a view under a grant has sent, in the transaction of its end. */
  used(write: Write, grant: string, seconds: number, bytes: number): Promise<void> {
    return grantStore.used(write, grant, seconds, bytes);
  }

  /** Nobody of this person is signed in any more: what they watched themselves ends. Screens go on. */
  personLeft(person: string): void {
    for (const held of [...this.#open.values()])
      if (held.grant.viewer.kind === 'person' && held.grant.viewer.id === person)
        void this.#end(held, { code: 'signed-out', why: 'Whoever watched has signed out' });
  }

  /** C18: something that grants rest on has changed; what does not hold any more ends now. Resolves when it is written. */
  async recheck(only?: string): Promise<void> {
    const ended: Promise<void>[] = [];
    for (const held of [...this.#open.values()]) {
      if (only !== undefined && held.grant.camera !== only) continue;
      const end = this.#noLonger(held.grant);
      if (end) ended.push(this.#end(held, end));
    }
    await Promise.all(ended);
  }

  /** Ends what is due. A question without an answer is a no. */
  sweep(): void {
    const now = this.#parts.clock.monotonicMs();
    for (const held of [...this.#open.values()]) {
      if (held.endsMs > now) continue;
      const { state } = held.grant;
      const end =
        state === 'live'
          ? { code: 'time', why: 'The time of this grant is over' }
          : { code: 'no-answer', why: 'Nobody answered in time' };
      void this.#end(held, end);
    }
  }

  #noLonger(grant: Grant): GrantEnd | null {
    const camera = this.#parts.cameras.get(grant.camera);
    const asker = this.#parts.people.get(grant.askedBy.id);
    if (!camera) return { code: 'camera-removed', why: 'The camera was removed' };
    if (!asker || asker.disabled) return { code: 'asker-gone', why: 'Whoever asked has no account any more' };
    if (grant.viewer.kind === 'screen' && this.#parts.screenName(grant.viewer.id) === undefined)
      return { code: 'screen-removed', why: 'The screen was removed' };
    const approvals = { owner: grant.state === 'live', person: grant.approvedBy?.id ?? null };
    const decision = decisionFor(
      this.#parts,
      camera,
      grant.purpose,
      { person: grant.askedBy.id, roles: asker.roles },
      approvals,
    );
    if (!decision.ok) return { code: decision.refusal.code, why: decision.refusal.why };
    if (grant.state === 'live' && decision.waitsFor === 'second-person')
      return { code: 'policy', why: 'The site now asks for a second person’s approval' };
    return null;
  }

  #decideOne(asked: GrantAsk, camera: string, screen: string | null, actor: PersonActor, request: string) {
    const answer = {
      camera,
      screen,
      grants: [] as Grant[],
      refusal: null as GrantRefusal | null,
      made: [] as StoredGrant[],
    };
    const known = this.#parts.cameras.get(camera);
    const right = this.#parts.rights.may(actor, 'live', camera);
    if (!known || !right.ok)
      return { ...answer, refusal: !known || right.because === 'hidden' ? hidden : noRight };
    if (known.visibility === 'public') return answer;
    const screenName = screen === null ? undefined : this.#parts.screenName(screen);
    const viewers: GrantViewer[] = [
      { kind: 'person', id: actor.id, name: actor.name },
      ...(screen !== null && screenName !== undefined
        ? [{ kind: 'screen' as const, id: screen, name: screenName }]
        : []),
    ];
    const asker = { person: actor.id, roles: actor.roles };
    const decision = decisionFor(this.#parts, known, asked.purpose, asker, undefined, asked.minutes ?? null);
    const refusal = decision.ok ? null : decision.refusal;
    for (const viewer of viewers) {
      const before = this.#live.get(`${viewer.kind}:${viewer.id} ${camera}`);
      if (decision.ok && before && this.#isLasting(before, asked)) {
        answer.grants.push(before.grant);
        continue;
      }
      const stored = this.#make(asked, known.id, viewer, actor, request, decision);
      answer.made.push(stored);
      answer.grants.push(stored.grant);
    }
    return { ...answer, refusal };
  }

  #isLasting({ grant, endsMs }: Held, { purpose }: GrantAsk): boolean {
    return (
      JSON.stringify(grant.purpose) === JSON.stringify(purpose) &&
      endsMs - this.#parts.clock.monotonicMs() > renewBelowMs
    );
  }

  #make(
    { purpose }: GrantAsk,
    camera: string,
    viewer: GrantViewer,
    actor: PersonActor,
    request: string,
    decision: ReturnType<typeof decisionFor>,
  ): StoredGrant {
    const { clock, consents, incidents, policy } = this.#parts;
    const nowMs = clock.nowMs();
    const state = decision.ok ? stateAfter(decision.waitsFor) : 'refused';
    const grant: Grant = {
      ...{ id: newId(), request, camera, viewer, purpose, purposeText: textOf(purpose, incidents) },
      type: typeOf(purpose, incidents),
      askedBy: { id: actor.id, name: actor.name },
      role: roleOf(actor.roles, policy.get().askers),
      approvedBy: null,
      isOwnIncident: decision.ok && decision.isOwnIncident,
      consentVersion: consents.versionOf(camera),
      ...{ state, askedAt: nowMs, startsAt: state === 'live' ? nowMs : null },
      endsAt: !decision.ok ? null : state === 'live' ? decision.endsAtMs : nowMs + waitMs(state),
      end: decision.ok ? null : { code: decision.refusal.code, why: decision.refusal.why },
    };
    return this.#timed(grant, decision.ok ? null : decision.refusal.rule);
  }

  #timed(grant: Grant, rule: string | null = null): StoredGrant & { rule: string | null } {
    const { clock, machine } = this.#parts;
    const leftMs = grant.endsAt === null ? null : grant.endsAt - clock.nowMs();
    return {
      grant,
      endsUptimeMs: leftMs === null ? null : machine.uptimeMs() + leftMs,
      boot: machine.boot,
      rule,
    };
  }

  /** The row, its entry in the record, and the word to the owner: all or nothing. */
  async #write(write: Write, stored: StoredGrant & { rule?: string | null }, by: string): Promise<void> {
    const { record, consents, cameras } = this.#parts;
    const { grant } = stored;
    await grantStore.put(write, stored);
    const kinds = { live: 'grant-given', refused: 'grant-refused', ended: 'grant-ended' } as const;
    const kind = grant.state in kinds ? kinds[grant.state as keyof typeof kinds] : 'grant-asked';
    const placeKind = cameras.get(grant.camera)?.placeKind ?? 'other';
    const detail = detailOf(grant, placeKind, stored.rule ?? null);
    await record.append(write, { kind, actor: by, subject: `camera:${grant.camera}`, detail });
    const owners = consents.owners(grant.camera);
    if (grant.state === 'live') await this.#witness.granted(write, grant, owners);
    if (grant.state === 'refused') await this.#witness.refused(write, grant, owners);
    if (grant.state === 'waiting-owner') await this.#witness.waiting(write, grant, owners);
    if (grant.state === 'ended') await this.#witness.ended(write, grant, owners);
  }

  /** Durable: from now on it holds. */
  async #take(stored: StoredGrant): Promise<void> {
    const { grant } = stored;
    if (grant.state === 'refused') return this.#tell(grant);
    const { clock, machine } = this.#parts;
    const held = { ...stored, endsMs: clock.monotonicMs() + (stored.endsUptimeMs ?? 0) - machine.uptimeMs() };
    this.#open.set(grant.id, held);
    if (grant.state === 'live') {
      const before = this.#live.get(keyOf(grant));
      this.#live.set(keyOf(grant), held);
      this.#ends.delete(keyOf(grant));
      if (before && before.grant.id !== grant.id)
        void this.#end(before, { code: 'renewed', why: 'It was asked for anew' });
    }
    this.#tell(grant);
    // It was decided before it was written: what changed meanwhile counts.
    const end = this.#noLonger(grant);
    if (end) void this.#end(held, end);
  }

  #waiting(request: string, state: Grant['state']): Held[] {
    return [...this.#open.values()].filter(({ grant }) => grant.request === request && grant.state === state);
  }

  #isOwner(owner: string, camera: string): boolean {
    return this.#parts.consents.owners(camera).includes(owner);
  }

  async #settle(
    waiting: readonly Held[],
    approve: boolean,
    approvedBy: Grant['approvedBy'],
    ownerSaidYes: boolean,
    end: GrantEnd,
    by: string,
  ): Promise<Grant[]> {
    const { db, cameras, people, clock, consents } = this.#parts;
    const settled = waiting.map(({ grant }): StoredGrant => {
      const camera = cameras.get(grant.camera);
      const roles = people.get(grant.askedBy.id)?.roles ?? [];
      const approvals = { owner: ownerSaidYes, person: approvedBy?.id ?? null };
      const decision =
        approve && camera
          ? decisionFor(this.#parts, camera, grant.purpose, { person: grant.askedBy.id, roles }, approvals)
          : null;
      const nowMs = clock.nowMs();
      if (!decision?.ok)
        return this.#timed({ ...grant, state: 'refused', endsAt: null, end: decision?.refusal ?? end });
      const state = stateAfter(decision.waitsFor);
      const endsAt = state === 'live' ? decision.endsAtMs : nowMs + waitMs(state);
      const startsAt = state === 'live' ? nowMs : null;
      return this.#timed({
        ...grant,
        state,
        approvedBy,
        startsAt,
        endsAt,
        consentVersion: consents.versionOf(grant.camera),
      });
    });
    await db.transaction().execute(async (write) => {
      for (const stored of settled) await this.#write(write, stored, by);
    });
    for (const stored of settled) {
      if (stored.grant.state === 'refused') {
        this.#open.delete(stored.grant.id);
        this.#rememberEnd(stored.grant);
      }
      await this.#take(stored);
    }
    return settled.map(({ grant }) => grant);
  }

  /** In memory at once; the entry follows. */
  async #end(held: Held, end: GrantEnd, by = 'server'): Promise<void> {
    const { grant } = held;
    if (this.#open.get(grant.id) !== held) return;
    this.#open.delete(grant.id);
    if (this.#live.get(keyOf(grant)) === held) this.#live.delete(keyOf(grant));
    const ended: Grant = {
      ...grant,
      state: grant.state === 'live' ? 'ended' : 'refused',
      endsAt: this.#parts.clock.nowMs(),
      end,
    };
    if (end.code !== 'renewed') this.#rememberEnd(ended);
    this.#tell(ended);
    await this.#inTurn(() =>
      this.#parts.db
        .transaction()
        .execute((write) => this.#write(write, { grant: ended, endsUptimeMs: null, boot: held.boot }, by)),
    ).catch((error: unknown) => {
      this.#parts.log.error(
        { err: error },
        'the end of a grant could not be written down; it is tried again',
      );
      setTimeout(() => void this.#endAgain(ended, held.boot, by), 5_000).unref();
    });
  }

  async #endAgain(grant: Grant, boot: string, by: string): Promise<void> {
    await this.#inTurn(() =>
      this.#parts.db
        .transaction()
        .execute((write) => this.#write(write, { grant, endsUptimeMs: null, boot }, by)),
    ).catch(() => void setTimeout(() => void this.#endAgain(grant, boot, by), 5_000).unref());
  }

  #rememberEnd(grant: Grant): void {
    const { end } = grant;
    if (!end) return;
    this.#ends.set(keyOf(grant), end.why);
    const oldest = this.#ends.keys().next();
    if (this.#ends.size > maxEnds && !oldest.done) this.#ends.delete(oldest.value);
  }

  #tell(grant: Grant): void {
    for (const listener of this.#listeners) listener(grant);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#tail.then(work, work);
    this.#tail = mine.catch(() => undefined);
    return mine;
  }
}

const keyOf = ({ viewer, camera }: Grant): string => `${viewer.kind}:${viewer.id} ${camera}`;
const waitMs = (state: Grant['state']): number => (state === 'waiting-owner' ? ownerMs : approvalMs);
