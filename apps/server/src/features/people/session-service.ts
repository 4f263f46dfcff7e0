import { problem, type Answer, type SignInMethod } from '@clerestory/protocol';
import { newId, type Clock } from '../../platform/clock.ts';
import { ok, refuse } from '../../platform/http.ts';
import type { Write } from '../../platform/idempotency.ts';
import type { PeopleEntry } from './ports.ts';
import {
  deadlineFromStore,
  deadlineIn,
  isPast,
  leftOf,
  tightened,
  type Deadline,
} from '../../platform/deadline.ts';
import { confirmedMs, idleMs, sessionMs } from './session-rules.ts';
import { nothing, type Ending, type SessionJournal, type TakenAway } from './session-journal.ts';
import type { StoredSession } from './session-store.ts';
import { hashOf, newToken } from '../../platform/tokens.ts';

const maxSessions = 10_000;
/** Of one person; the one not used for longest ends first. */
const maxSessionsEach = 20;
/** Looked at so often, so that what is over is over on every socket within a second. */
const sweepMs = 250;
/** Activity is written down no more often than this; a crash makes a session idle earlier, never later. */
const activityGrainMs = 30_000;

export type EndReason =
  | 'signed-out'
  | 'ended'
  | 'expired'
  | 'switched'
  | 'disabled'
  | 'password-changed'
  | 'authenticators-reset'
  | 'replaced'
  | 'demo-closed';
export type LockReason = 'idle' | 'asked';

interface Live extends StoredSession {
  ends: Deadline;
  idle: Deadline;
  confirmed: Deadline;
  storedActiveAt: number;
}
export type Session = Readonly<StoredSession>;

export interface NewSession {
  person: string;
  method: SignInMethod;
  workstation: string | null;
  address: string;
  agent: string;
  /** A quick switch lives no longer than the full sign-in that it rests on; `null` is a full sign-in. */
  until: Deadline | null;
}

/** All sessions of a person that end within a transaction of somebody else, and what ends with them. */
export interface AllEnded {
  person: string;
  reason: EndReason;
  by: string;
  also: TakenAway;
  /** The one session that goes on. */
  except?: string | undefined;
}

/**
 * Server-side sessions. Held in memory, written through. Taking away never waits: a session that ends is dead in
 * memory and told to the listeners before the store is asked; giving waits until it is durable.
 */
export class SessionService {
  readonly #clock: Clock;
  readonly #journal: SessionJournal;
  readonly #alsoEnded: (session: Session, reason: EndReason) => TakenAway;
  readonly #byHash = new Map<string, Live>();
  readonly #byId = new Map<string, Live>();
  readonly #ended = new Set<(session: Session, reason: EndReason) => void>();
  readonly #locked = new Set<(session: Session, reason: LockReason) => void>();
  readonly #changed = new Set<(session: Session) => void>();
  readonly #setBack = new Set<() => void>();
  /** Person → how often all their sessions were ended. Grows with people alone. */
  readonly #endings = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #driftMs: number;

  /** `alsoEnded` is taken away with a session, in its transaction. */
  constructor(
    journal: SessionJournal,
    clock: Clock,
    alsoEnded: (session: Session, reason: EndReason) => TakenAway = () => nothing,
  ) {
    this.#journal = journal;
    this.#clock = clock;
    this.#alsoEnded = alsoEnded;
    this.#driftMs = clock.nowMs() - clock.monotonicMs();
  }

  /** Sessions survive a restart, unless they are over or the clock is behind what it has shown before. */
  async load(): Promise<void> {
    for (const stored of await this.#journal.all()) {
      const seenMs = Math.max(stored.createdAt, stored.activeAt);
      const at = (wallMs: number, atMostMs: number) =>
        deadlineFromStore(this.#clock, wallMs, seenMs, atMostMs);
      this.#keep({
        ...stored,
        ends: at(stored.expiresAt, sessionMs),
        idle: at(stored.activeAt + idleMs, idleMs),
        confirmed: at(stored.confirmedAt + confirmedMs, confirmedMs),
        storedActiveAt: stored.activeAt,
      });
    }
    this.sweep();
  }

  start(): void {
    this.#timer = setInterval(() => this.sweep(), sweepMs);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#journal.settle();
  }

  /** Sockets and media of the session have to be cut. */
  onEnded(listener: (session: Session, reason: EndReason) => void): void {
    this.#ended.add(listener);
  }
  /** From now on it may see, but not act. */
  onLocked(listener: (session: Session, reason: LockReason) => void): void {
    this.#locked.add(listener);
  }
  /** Unlocked, or its person has other roles or groups now. */
  onChanged(listener: (session: Session) => void): void {
    this.#changed.add(listener);
  }

  /** The wall clock was set back: what is stored by it has to be stored anew. */
  onSetBack(listener: () => void): void {
    this.#setBack.add(listener);
  }

  /** The live session of a cookie. */
  find(token: string | undefined): Session | undefined {
    return token === undefined ? undefined : this.#live(this.#byHash.get(hashOf(token)));
  }

  /** As a media node knows a session: by the hash of its cookie alone. */
  byHash(hash: string): { id: string; leftMs: number } | undefined {
    const session = this.#live(this.#byHash.get(hash));
    return session && { id: session.id, leftMs: leftOf(this.#clock, session.ends) };
  }

  hashes(): string[] {
    return [...this.#byHash.keys()];
  }

  get(id: string): Session | undefined {
    return this.#live(this.#byId.get(id));
  }

  /** Of everybody; the one used last comes first. */
  list(): Session[] {
    return [...this.#byId.values()]
      .filter((session) => this.#live(session))
      .sort((a, b) => b.activeAt - a.activeAt);
  }

  /** Newest first. */
  listOf(person: string): Session[] {
    return [...this.#byId.values()]
      .filter((session) => session.person === person && this.#live(session))
      .sort((a, b) => b.createdAt - a.createdAt);
  }

  /** A password or passkey was given a short while ago. */
  isConfirmed(id: string): boolean {
    const session = this.#byId.get(id);
    return session !== undefined && !isPast(this.#clock, session.confirmed);
  }

  /** When the session ends, as a deadline for what rests on it. */
  endOf(id: string): Deadline | undefined {
    return this.#byId.get(id)?.ends;
  }

  /** Begins a session; `more` is written, or refuses, in the same transaction. The token is for the cookie and nowhere else. */
  async begin(
    wanted: NewSession,
    entry: PeopleEntry,
    more: (write: Write) => Promise<Answer<void>> = async () => ok(undefined),
  ): Promise<Answer<{ token: string; session: Session }>> {
    if (this.#byId.size >= maxSessions)
      return refuse(problem('unavailable', `This site has ${maxSessions} sessions already. End some first.`));
    const token = newToken();
    const nowMs = this.#clock.nowMs();
    const ends = wanted.until ?? deadlineIn(this.#clock, sessionMs);
    const full = wanted.until === null;
    const { until: _until, ...given } = wanted;
    const live: Live = {
      ...given,
      id: newId(),
      tokenHash: hashOf(token),
      createdAt: nowMs,
      expiresAt: nowMs + Math.floor(leftOf(this.#clock, ends)),
      activeAt: nowMs,
      confirmedAt: full ? nowMs : 0,
      locked: false,
      ends,
      idle: deadlineIn(this.#clock, idleMs),
      confirmed: deadlineIn(this.#clock, full ? confirmedMs : 0),
      storedActiveAt: nowMs,
    };
    const written = await this.#journal.begun(live, entry, more);
    if (!written.ok) return written;
    this.#keep(live);
    const mine = this.listOf(live.person);
    for (const old of mine.slice(maxSessionsEach)) await this.end(old.id, 'replaced', 'server');
    return ok({ token, session: live });
  }

  /** A person is at it. Only a live, unlocked session stays awake by this. */
  touch(id: string): void {
    const session = this.#byId.get(id);
    if (!session || session.locked || !this.#live(session)) return;
    session.idle = deadlineIn(this.#clock, idleMs);
    session.activeAt = this.#clock.nowMs();
    if (Math.abs(session.activeAt - session.storedActiveAt) < activityGrainMs) return;
    session.storedActiveAt = session.activeAt;
    this.#journal.inBackground(this.#journal.changed({ ...session }, null));
  }

  lock(id: string, reason: LockReason, by: string): Promise<void> {
    const session = this.#byId.get(id);
    if (!session || session.locked) return Promise.resolve();
    session.locked = true;
    for (const listener of this.#locked) listener(session, reason);
    return this.#journal.changed(session, {
      kind: 'session-locked',
      actor: by,
      subject: `session:${id}`,
      detail: { reason },
    });
  }

  /** @param confirmed a password or passkey was given, and not a PIN. */
  async unlock(id: string, confirmed: boolean, by: string): Promise<void> {
    const session = this.#byId.get(id);
    if (!session) return;
    const wasLocked = session.locked;
    const after: Live = { ...session, locked: false, activeAt: this.#clock.nowMs() };
    if (confirmed) after.confirmedAt = after.activeAt;
    await this.#journal.changed(after, {
      kind: 'session-unlocked',
      actor: by,
      subject: `session:${id}`,
      detail: { confirmed },
    });
    // It may have ended while this was written; then nothing brings it back.
    if (this.#byId.get(id) !== session) return;
    Object.assign(session, { locked: false, activeAt: after.activeAt, confirmedAt: after.confirmedAt });
    session.storedActiveAt = session.activeAt;
    session.idle = deadlineIn(this.#clock, idleMs);
    if (confirmed) session.confirmed = deadlineIn(this.#clock, confirmedMs);
    if (wasLocked) for (const listener of this.#changed) listener(session);
  }

  /** The person of the session may do other things than before. */
  changed(person: string): void {
    for (const session of this.listOf(person)) for (const listener of this.#changed) listener(session);
  }

  async end(id: string, reason: EndReason, by: string): Promise<boolean> {
    const session = this.#byId.get(id);
    if (!session) return false;
    const ending = this.#endingOf(session, reason, by);
    this.#forget(session, reason, ending);
    await this.#journal.ended(id, new Map([[id, ending]]));
    return true;
  }

  /** Ends these of anybody's: all are dead before anything is written, in one transaction. */
  async endSeveral(ids: readonly string[], reason: EndReason, by: string): Promise<void> {
    const found = ids.flatMap((id) => this.#byId.get(id) ?? []);
    const endings = new Map(found.map((session) => [session.id, this.#endingOf(session, reason, by)]));
    for (const session of found) {
      const ending = endings.get(session.id);
      if (ending) this.#forget(session, reason, ending);
    }
    const [first] = endings.keys();
    if (first !== undefined) await this.#journal.ended(`several from ${first}`, endings);
  }

  /** How often all sessions of a person were ended: what was begun before then, and is not a session yet, is over too. */
  endings(person: string): number {
    return this.#endings.get(person) ?? 0;
  }

  /** Ends every session of a person, and what is given with them. All is dead before anything is written, in one transaction. */
  async endAllOf(person: string, reason: EndReason, by: string, also: TakenAway = nothing): Promise<void> {
    this.#endings.set(person, this.endings(person) + 1);
    const endings = new Map<string, Ending>();
    also.inMemory();
    for (const session of [...this.#byId.values()]) {
      if (session.person !== person) continue;
      const ending = this.#endingOf(session, reason, by);
      endings.set(session.id, ending);
      this.#forget(session, reason, ending);
    }
    await this.#journal.ended(`all of ${person}`, endings, also);
  }

  /**
   * The same within a transaction of the caller, `except` one session. The caller calls what is returned as soon as that is
   * durable: only then all is dead in memory too, and told. What is begun but no session yet is over at once.
   */
  async endingAllOf(write: Write, { person, reason, by, also, except }: AllEnded): Promise<() => void> {
    this.#endings.set(person, this.endings(person) + 1);
    const theirs = (await this.#journal.of(write, person))
      .filter(({ id }) => id !== except)
      .map((session) => ({ id: session.id, ending: this.#endingOf(session, reason, by) }));
    for (const { id, ending } of theirs) await this.#journal.forget(write, id, ending);
    await also.inStore(write);
    return () => {
      also.inMemory();
      for (const { id, ending } of theirs) {
        const session = this.#byId.get(id);
        if (session) this.#forget(session, reason, ending);
      }
    };
  }

  /** Ends and locks what is due. Also sees a wall clock that was set back, and makes the stored times follow. */
  sweep(): void {
    const driftMs = this.#clock.nowMs() - this.#clock.monotonicMs();
    const setBack = driftMs < this.#driftMs - 1_000;
    this.#driftMs = driftMs;
    this.#journal.retry();
    if (setBack) for (const listener of this.#setBack) listener();
    for (const session of [...this.#byId.values()]) {
      if (isPast(this.#clock, session.ends)) {
        this.#journal.inBackground(this.end(session.id, 'expired', 'server'));
        continue;
      }
      if (!session.locked && isPast(this.#clock, session.idle))
        this.#journal.inBackground(this.lock(session.id, 'idle', 'server'));
      if (setBack) {
        session.ends = tightened(this.#clock, session.ends);
        session.expiresAt = Math.floor(session.ends.wallMs);
        session.activeAt = Math.min(session.activeAt, this.#clock.nowMs());
        session.storedActiveAt = session.activeAt;
        this.#journal.inBackground(this.#journal.changed({ ...session }, null));
      }
    }
  }

  #live(session: Live | undefined): Live | undefined {
    if (!session || isPast(this.#clock, session.ends)) return undefined;
    // Between two sweeps an idle session is locked already.
    if (!session.locked && isPast(this.#clock, session.idle))
      this.#journal.inBackground(this.lock(session.id, 'idle', 'server'));
    return session;
  }

  #keep(session: Live): void {
    this.#byHash.set(session.tokenHash, session);
    this.#byId.set(session.id, session);
  }

  #endingOf(session: Session, reason: EndReason, by: string): Ending {
    return {
      entry: {
        kind: 'session-ended',
        actor: by,
        subject: `session:${session.id}`,
        detail: { person: session.person, reason },
      },
      also: this.#alsoEnded(session, reason),
    };
  }

  #forget(session: Live, reason: EndReason, { also }: Ending): void {
    also.inMemory();
    this.#byHash.delete(session.tokenHash);
    this.#byId.delete(session.id);
    for (const listener of this.#ended) listener(session, reason);
  }
}
