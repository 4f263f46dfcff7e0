import { createHash, randomUUID } from 'node:crypto';
import {
  privateWithoutControlMs,
  viewerCookies,
  type AccessChange,
  type AccessTable,
  type GrantUsage,
  type MediaGrant,
  type StreamKind,
  type ViewQuestion,
  type ViewVerdict,
} from '@clerestory/protocol';
import type { Admission, Admitted, Connection, Refused } from './admission.ts';
import type { Clock, Log } from './clock.ts';
import { scopeOf, type Gate, type Verdict, type ViewRequest } from './gate.ts';

/** Grants that are over are ended this soon, and unused ones looked for, ms. */
const sweepMs = 250;
/** Usage is told this often while it changes, ms. */
const usageEveryMs = 5_000;
/** A grant without an open channel ends after this time without a byte: a tile was closed, a player left. */
const idleMs = 10_000;
/** From a grant to the first byte: a camera that answers slowly has to be started first. */
const unusedMs = 60_000;
/** Questions to control under way at once; more are told to come again. */
const maxAsking = 2_000;
/** Connections at once, both doors. */
const maxConnections = 4_000;
const maxCookieHeader = 8_192;
const tokenPattern = /^[A-Za-z0-9_-]{43}$/;

/** Control, as the table asks it over the link. Null: it is away. */
export interface ControlLine {
  ask(question: ViewQuestion): Promise<ViewVerdict | null>;
  knows(key: string): Promise<boolean | null>;
  usage(run: string, usages: GrantUsage[]): boolean;
  /** A change was missed. */
  wantTable(): void;
}

interface Held {
  grant: MediaGrant;
  endsMs: number;
  bytes: number;
  firstMs: number | null;
  lastMs: number;
  /** Without an open channel it ends then; not before this for a page that has said when it asks for the next still. */
  idleAtMs: number;
  /** Open channels. */
  holders: number;
  streams: Set<StreamKind>;
  told: boolean;
}

interface Entered {
  keys: readonly string[];
  connections: Set<Connection>;
}

type Scope = MediaGrant['scope'];
/** No id has a space. */
const nameOf = ({ camera, scope }: Pick<MediaGrant, 'camera' | 'scope'>): string => `${camera} ${scope}`;

const yes: Verdict = { ok: true };
const noGrant: Refused = { ok: false, code: 'forbidden', reason: 'The right to watch this camera has ended' };
const away: Refused = {
  ok: false,
  code: 'unavailable',
  reason: 'The server cannot be asked just now. Try again',
};
const lostControl = 'The server that watches over private cameras cannot be reached';
const signIn: Refused = { ok: false, code: 'unauthenticated', reason: 'Sign in first' };

const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64url');

/**
 * The live table of grants: what control has given and not taken back, in memory, so that each chunk can be asked for. A
 * viewer without a grant is asked for once, at control; the answer is the grant itself.
 */
export class GrantTable implements Gate, Admission {
  readonly #clock: Clock;
  readonly #log: Log;
  /** Names this process, since what it counts begins at nothing. */
  readonly #run = randomUUID();
  readonly #known = new Set<string>();
  /** Key → camera and scope → grant. */
  readonly #grants = new Map<string, Map<string, Held>>();
  readonly #byId = new Map<string, Held>();
  readonly #entered = new Map<string, Entered>();
  readonly #asking = new Map<string, Promise<Admitted>>();
  /** What is done, until control has heard of it. At most one for each grant that control knows. */
  readonly #done: GrantUsage[] = [];
  #line: ControlLine | null = null;
  #sequence = 0;
  /** Null while control is there. */
  #controlLostMs: number | null = null;
  #usageDueMs: number;
  #callOff: () => void;

  constructor(clock: Clock, log: Log) {
    this.#clock = clock;
    this.#log = log;
    this.#usageDueMs = clock.monotonicMs() + usageEveryMs;
    this.#callOff = clock.after(sweepMs, () => this.#sweep());
  }

  /** Where control is asked. */
  connect(line: ControlLine): void {
    this.#line = line;
  }

  /** Nothing leaves any more; what was sent is told to control. */
  stop(): void {
    this.#callOff();
    for (const id of [...this.#byId.keys()]) this.#forget(id);
  }

  /**
   * The link to control is there, or gone: what is private outlives it by a quarter of a minute at most, counted from
   * when control was last heard (`silentMs` ago), since a control that hangs loses its link only later.
   */
  linked(isThere: boolean, silentMs = 0): void {
    this.#controlLostMs = isThere ? null : (this.#controlLostMs ?? this.#clock.monotonicMs() - silentMs);
  }

  /** The whole table: what is not in it is ended. */
  setAll({ sequence, keys, grants }: AccessTable): void {
    this.#sequence = sequence;
    const live = new Set(keys);
    for (const key of [...this.#known]) if (!live.has(key)) this.#gone(key, 'This session or screen is over');
    for (const key of live) this.#known.add(key);
    const kept = new Set(grants.map(({ id }) => id));
    for (const { grant } of [...this.#byId.values()])
      if (!kept.has(grant.id)) this.#end(grant.id, noGrant.reason);
    for (const grant of grants) this.#put(grant);
  }

  change({ sequence, grants, ended, gone }: AccessChange): void {
    // Taking away holds whatever was missed before it.
    for (const { key, reason } of gone) this.#gone(key, reason);
    for (const { grant, reason } of ended) this.#end(grant, reason);
    if (sequence !== this.#sequence + 1) {
      this.#log.warn(
        { sequence, had: this.#sequence },
        'a change of grants was missed; asking for all of them',
      );
      return this.#line?.wantTable();
    }
    this.#sequence = sequence;
    for (const grant of grants) this.#put(grant);
  }

  mayView({ viewer, camera, door }: ViewRequest): Verdict {
    return this.#find(viewer, camera, scopeOf(door)) ? yes : noGrant;
  }

  keysOf(cookieHeader: string | undefined): string[] {
    if (cookieHeader === undefined || cookieHeader.length > maxCookieHeader) return [];
    const keys = new Set<string>();
    for (const pair of cookieHeader.split(';')) {
      const at = pair.indexOf('=');
      const name = pair
        .slice(0, at)
        .trim()
        .replace(/^__Host-/, '');
      const value = pair.slice(at + 1).trim();
      if (viewerCookies.some((one) => one === name) && tokenPattern.test(value)) keys.add(hashOf(value));
    }
    // A person's and a screen's, with and without the prefix.
    return [...keys].slice(0, 4);
  }

  keyOf(token: string): string {
    return hashOf(token);
  }

  isKnown(keys: readonly string[]): boolean {
    return keys.some((key) => this.#known.has(key));
  }

  async known(keys: readonly string[]): Promise<string[] | null> {
    const found: string[] = [];
    for (const key of keys) {
      if (this.#known.has(key)) found.push(key);
      else {
        const answer = (await this.#line?.knows(key)) ?? null;
        if (answer === null) return found.length > 0 ? found : null;
        if (!answer) continue;
        this.#known.add(key);
        found.push(key);
      }
    }
    return found;
  }

  enter(viewer: string, keys: readonly string[], connection: Connection): () => void {
    if (this.#entered.size >= maxConnections && !this.#entered.has(viewer)) return () => undefined;
    const entered = this.#entered.get(viewer) ?? { keys, connections: new Set() };
    entered.connections.add(connection);
    this.#entered.set(viewer, entered);
    return () => {
      entered.connections.delete(connection);
      if (entered.connections.size === 0) this.#entered.delete(viewer);
    };
  }

  async ask({ viewer, camera, stream, door }: Omit<ViewRequest, 'grant'>): Promise<Admitted> {
    const keys = this.#entered.get(viewer)?.keys ?? [];
    let refused: Refused = signIn;
    for (const key of keys) {
      if (this.#find(viewer, camera, scopeOf(door))) break;
      const answer = await this.#askOnce({ key, camera, stream, door });
      if (!answer.ok) refused = answer;
    }
    return this.#find(viewer, camera, scopeOf(door)) ? { ok: true } : refused;
  }

  hold(viewer: string, camera: string, scope: Scope = 'live'): (againMs?: number) => void {
    const held = this.#find(viewer, camera, scope);
    if (!held) return () => undefined;
    held.holders += 1;
    let holding = true;
    return (againMs = 0) => {
      if (!holding) return;
      holding = false;
      held.holders -= 1;
      held.lastMs = this.#clock.monotonicMs();
      // Nobody waits for its first byte any more.
      if (held.firstMs === null) held.idleAtMs = held.lastMs;
      keep(held, Math.max(idleMs, againMs));
    };
  }

  sent({ viewer, camera, stream, door }: Omit<ViewRequest, 'grant'>, bytes: number, againMs = 0): void {
    const held = this.#find(viewer, camera, scopeOf(door));
    if (!held) return;
    const now = this.#clock.monotonicMs();
    held.bytes += bytes;
    if (held.firstMs === null) held.idleAtMs = now;
    held.firstMs ??= now;
    held.lastMs = now;
    keep(held, Math.max(idleMs, againMs));
    held.streams.add(stream);
    held.told = false;
  }

  #find(viewer: string, camera: string, scope: Scope): Held | undefined {
    const keys = this.#entered.get(viewer)?.keys;
    if (!keys) return undefined;
    const now = this.#clock.monotonicMs();
    for (const key of keys) {
      const held = this.#grants.get(key)?.get(nameOf({ camera, scope }));
      if (held && held.endsMs > now && !this.#isCutOff(held, now)) return held;
    }
    return undefined;
  }

  /** Nobody could take it back any more. */
  #isCutOff({ grant }: Held, now: number): boolean {
    return (
      grant.private && this.#controlLostMs !== null && now - this.#controlLostMs >= privateWithoutControlMs
    );
  }

  /** One question at a time for each viewer and camera, however many tiles show it. */
  #askOnce(question: ViewQuestion): Promise<Admitted> {
    const name = `${question.key} ${nameOf({ camera: question.camera, scope: scopeOf(question.door) })}`;
    const under = this.#asking.get(name);
    if (under) return under;
    const line = this.#line;
    if (!line || this.#asking.size >= maxAsking) return Promise.resolve(away);
    const asking = line
      .ask(question)
      .then((verdict): Admitted => verdict ?? away)
      .finally(() => this.#asking.delete(name));
    this.#asking.set(name, asking);
    return asking;
  }

  #put(grant: MediaGrant): void {
    // Owners lend pictures: whatever is said of the sound of a private camera, there is none.
    if (grant.scope === 'sound' && grant.private) return;
    const now = this.#clock.monotonicMs();
    const endsMs = grant.leftMs === null ? Infinity : now + grant.leftMs;
    const before = this.#byId.get(grant.id);
    if (before) {
      before.endsMs = endsMs;
      return;
    }
    this.#known.add(grant.key);
    const held: Held = {
      ...{ grant, endsMs, bytes: 0, firstMs: null, lastMs: now, idleAtMs: now + unusedMs, holders: 0 },
      ...{ streams: new Set(), told: true },
    };
    this.#byId.set(grant.id, held);
    const byCamera = this.#grants.get(grant.key) ?? new Map<string, Held>();
    this.#grants.set(grant.key, byCamera.set(nameOf(grant), held));
  }

  #gone(key: string, reason: string): void {
    this.#known.delete(key);
    for (const { grant } of [...(this.#grants.get(key)?.values() ?? [])]) this.#forget(grant.id);
    this.#grants.delete(key);
    for (const { keys, connections } of [...this.#entered.values()])
      if (keys.includes(key)) for (const connection of [...connections]) connection.gone(reason);
  }

  #end(id: string, reason: string): void {
    const held = this.#forget(id);
    if (!held) return;
    const { key, camera, scope } = held.grant;
    for (const [viewer, { keys, connections }] of [...this.#entered])
      if (keys.includes(key) && !this.#find(viewer, camera, scope))
        for (const connection of [...connections]) connection.ended(camera, reason, scope);
  }

  /** Out of the table, so that nothing more can leave; what was sent is told to control. */
  #forget(id: string): Held | undefined {
    const held = this.#byId.get(id);
    if (!held) return undefined;
    this.#byId.delete(id);
    const byCamera = this.#grants.get(held.grant.key);
    if (byCamera?.get(nameOf(held.grant)) === held) byCamera.delete(nameOf(held.grant));
    if (byCamera?.size === 0) this.#grants.delete(held.grant.key);
    this.#done.push({ ...usageOf(held), done: true });
    this.#tellDone();
    return held;
  }

  #tellDone(): void {
    while (this.#done.length > 0) {
      const some = this.#done.slice(0, 500);
      if (!this.#line?.usage(this.#run, some)) return;
      this.#done.splice(0, some.length);
    }
  }

  #sweep(): void {
    this.#callOff = this.#clock.after(sweepMs, () => this.#sweep());
    const now = this.#clock.monotonicMs();
    for (const held of [...this.#byId.values()]) {
      if (held.endsMs <= now) this.#end(held.grant.id, 'The time of this grant is over');
      else if (this.#isCutOff(held, now)) this.#end(held.grant.id, lostControl);
      else if (held.holders === 0 && now > held.idleAtMs) this.#forget(held.grant.id);
    }
    this.#tellDone();
    if (now < this.#usageDueMs) return;
    this.#usageDueMs = now + usageEveryMs;
    const fresh = [...this.#byId.values()].filter(({ told }) => !told);
    for (let at = 0; at < fresh.length; at += 500) {
      const some = fresh.slice(at, at + 500);
      if (!this.#line?.usage(this.#run, some.map(usageOf))) return;
      for (const held of some) held.told = true;
    }
  }
}

/** It ends `ms` after its last use, unless something else keeps it longer. */
const keep = (held: Held, ms: number): void => {
  held.idleAtMs = Math.max(held.idleAtMs, held.lastMs + ms);
};

const usageOf = ({ grant, bytes, firstMs, lastMs, streams }: Held): GrantUsage => ({
  grant: grant.id,
  bytes,
  seconds: firstMs === null ? 0 : (lastMs - firstMs) / 1000,
  streams: [...streams],
  done: false,
});
