import type { Grant } from '@clerestory/protocol';
import type { Actor } from '../../platform/actor.ts';
import type { Clock } from '../../platform/clock.ts';
import { leftOf, type Deadline } from '../../platform/deadline.ts';
import type { Machine } from '../../platform/machine.ts';
import type { StoredGrant } from './store.ts';

/** Ends that a tile is still told of. */
const maxEnds = 2_000;
/** A wall clock that says more than this beyond what is left was set back, ms. */
const setBackMs = 1_000;

/** A grant that lives or waits, with its end on both clocks. */
export interface Held extends StoredGrant {
  ends: Deadline;
}

/** What a viewer may see of a camera, as the gate asks. */
export type Permit =
  | { ok: true; grant: string | null; leftMs: number | null; about: Record<string, string> }
  | { ok: false; reason: string };

export const keyOf = ({ viewer, camera }: Pick<Grant, 'viewer' | 'camera'>): string =>
  `${viewer.kind}:${viewer.id} ${camera}`;

/** The table in memory that the gate asks: what is in it holds now, and what is taken out of it has ended. */
export class HeldGrants {
  readonly #clock: Clock;
  readonly #machine: Machine;
  readonly #open = new Map<string, Held>();
  /** By viewer and camera. */
  readonly #live = new Map<string, Held>();
  readonly #ends = new Map<string, string>();
  readonly #listeners = new Set<(grant: Grant) => void>();

  constructor(clock: Clock, machine: Machine) {
    this.#clock = clock;
    this.#machine = machine;
  }

  onChange(listener: (grant: Grant) => void): void {
    this.#listeners.add(listener);
  }
  tell(grant: Grant): void {
    for (const listener of this.#listeners) listener(grant);
  }

  get size(): number {
    return this.#open.size;
  }
  all(): Held[] {
    return [...this.#open.values()];
  }
  get(id: string): Held | undefined {
    return this.#open.get(id);
  }
  waiting(request: string, state: Grant['state']): Held[] {
    return this.all().filter(({ grant }) => grant.request === request && grant.state === state);
  }
  live(grant: Pick<Grant, 'viewer' | 'camera'>): Held | undefined {
    return this.#live.get(keyOf(grant));
  }

  /**
   * The end counts from the machine's own time, which no clock step moves, and from the wall clock as well: it comes when
   * either says so.
   */
  timed(stored: StoredGrant): Held {
    const leftMs = (stored.endsUptimeMs ?? 0) - this.#machine.uptimeMs();
    const wallMs = stored.grant.endsAt ?? this.#clock.nowMs() + leftMs;
    return { ...stored, ends: { wallMs, monotonicMs: this.#clock.monotonicMs() + leftMs } };
  }

  /** @returns what the same viewer had of the same camera until now */
  put(held: Held): Held | undefined {
    const { grant } = held;
    this.#open.set(grant.id, held);
    if (grant.state !== 'live') return undefined;
    const before = this.#live.get(keyOf(grant));
    this.#live.set(keyOf(grant), held);
    this.#ends.delete(keyOf(grant));
    return before && before.grant.id !== grant.id ? before : undefined;
  }

  /** @returns false: it is not there any more */
  drop(held: Held): boolean {
    const { grant } = held;
    if (this.#open.get(grant.id) !== held) return false;
    this.#open.delete(grant.id);
    if (this.#live.get(keyOf(grant)) === held) this.#live.delete(keyOf(grant));
    return true;
  }

  /** What a tile says until it is asked for anew. */
  rememberEnd(grant: Grant): void {
    if (!grant.end) return;
    this.#ends.set(keyOf(grant), grant.end.why);
    const oldest = this.#ends.keys().next();
    if (this.#ends.size > maxEnds && !oldest.done) this.#ends.delete(oldest.value);
  }

  leftMs(held: Held): number {
    return leftOf(this.#clock, held.ends);
  }
  due(): Held[] {
    return this.all().filter((held) => this.leftMs(held) <= 0);
  }

  /** It ends sooner than it was to. `endsAtMs` on the wall clock; an end that comes sooner by the machine's stays. */
  shorten(held: Held, endsAtMs: number, uptimeMs: number): void {
    const leftMs = endsAtMs - this.#clock.nowMs();
    held.ends = {
      wallMs: endsAtMs,
      monotonicMs: Math.min(held.ends.monotonicMs, this.#clock.monotonicMs() + leftMs),
    };
    held.endsUptimeMs = Math.min(held.endsUptimeMs ?? Infinity, uptimeMs + leftMs);
    held.grant = { ...held.grant, endsAt: endsAtMs };
    this.tell(held.grant);
  }

  /** After the wall clock was set back: the ends that tiles count down to follow it. */
  followClock(): void {
    const nowMs = this.#clock.nowMs();
    for (const held of this.all()) {
      const endsAt = Math.round(nowMs + this.leftMs(held));
      if (held.ends.wallMs - endsAt < setBackMs) continue;
      held.ends = { ...held.ends, wallMs: endsAt };
      held.grant = { ...held.grant, endsAt };
      this.tell(held.grant);
    }
  }

  /** Of a private camera: may this viewer see it now? */
  permit(actor: Actor, camera: string, about: Record<string, string>): Permit {
    if (actor.kind === 'anonymous') return { ok: false, reason: askFirst };
    const key = `${actor.kind}:${actor.id} ${camera}`;
    const held = this.#live.get(key);
    const leftMs = held ? this.leftMs(held) : 0;
    if (!held || leftMs <= 0) return { ok: false, reason: this.#ends.get(key) ?? askFirst };
    const { id: grant, type } = held.grant;
    return { ok: true, grant, leftMs, about: { ...about, grant, purpose: type ?? '' } };
  }

  isForIncident(actor: Actor, camera: string): boolean {
    const held =
      actor.kind === 'anonymous' ? undefined : this.#live.get(`${actor.kind}:${actor.id} ${camera}`);
    return held !== undefined && this.leftMs(held) > 0 && held.grant.purpose.kind !== 'standing';
  }
}

const askFirst = 'This camera is private. Ask for it with a purpose';
