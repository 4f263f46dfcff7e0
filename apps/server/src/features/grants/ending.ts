import type { Grant, GrantEnd } from '@clerestory/protocol';
import type { PersonActor } from '../../platform/actor.ts';
import { decisionFor } from './asking.ts';
import type { Held, HeldGrants } from './held.ts';
import type { GrantJournal, Request } from './journal.ts';
import type { GrantParts } from './ports.ts';

/** Until when one holds as things are now; or why it does not any more. */
type Standing = { ok: true; endsAtMs: number | null } | { ok: false; end: GrantEnd };

const over = (code: string, why: string): Standing => ({ ok: false, end: { code, why } });

/** Ends grants: in memory at once, and then in the store. */
export class GrantEnds {
  readonly #parts: GrantParts;
  readonly #held: HeldGrants;
  readonly #journal: GrantJournal;

  constructor(parts: GrantParts, held: HeldGrants, journal: GrantJournal) {
    this.#parts = parts;
    this.#held = held;
    this.#journal = journal;
  }

  /** Resolves when it is written. */
  async end(held: Held, end: GrantEnd, by = 'server', request?: Request): Promise<void> {
    if (!this.#held.drop(held)) return;
    const { grant } = held;
    const ended: Grant = {
      ...grant,
      state: grant.state === 'live' ? 'ended' : 'refused',
      endsAt: this.#parts.clock.nowMs(),
      end,
    };
    if (end.code !== 'renewed') this.#held.rememberEnd(ended);
    this.#held.tell(ended);
    await this.#journal.ended({ ...held, grant: ended, endsUptimeMs: null }, by, request);
  }

  /** Ends what is due. A question without an answer is a no. */
  sweep(): void {
    this.#held.followClock();
    for (const held of this.#held.due())
      void this.end(
        held,
        held.grant.state === 'live'
          ? { code: 'time', why: 'The time of this grant is over' }
          : { code: 'no-answer', why: 'Nobody answered in time' },
      );
  }

  /**
   * C18: something that grants rest on has changed. What does not hold any more ends now; what is to end sooner than it
   * was does so. Resolves when it is written.
   */
  async recheck(only?: string): Promise<void> {
    const all = this.#held.all();
    await Promise.all(
      all.filter(({ grant }) => only === undefined || grant.camera === only).map((held) => this.weigh(held)),
    );
  }

  /** @see recheck */
  async weigh(held: Held): Promise<void> {
    const now = this.#standing(held);
    if (!now.ok) return this.end(held, now.end);
    const { state, endsAt } = held.grant;
    if (state !== 'live' || now.endsAtMs === null || endsAt === null || now.endsAtMs >= endsAt) return;
    if (now.endsAtMs <= this.#parts.clock.nowMs())
      return this.end(held, { code: 'time', why: 'The time of this grant was shortened, and is over' });
    this.#held.shorten(held, now.endsAtMs, this.#parts.machine.uptimeMs());
    await this.#journal.shortened(() => this.#held.get(held.grant.id) === held && held);
  }

  /** Nobody of this person is signed in any more: what they watched themselves ends. Screens go on. */
  personLeft(person: string): void {
    for (const held of this.#held.all())
      if (held.grant.viewer.kind === 'person' && held.grant.viewer.id === person)
        void this.end(held, { code: 'signed-out', why: 'Whoever watched has signed out' });
  }

  #standing({ grant, minutes, owners }: Held): Standing {
    const { cameras, people, screenName, rights } = this.#parts;
    const camera = cameras.get(grant.camera);
    const asker = people.get(grant.askedBy.id);
    if (!camera) return over('camera-removed', 'The camera was removed');
    if (!asker || asker.disabled) return over('asker-gone', 'Whoever asked has no account any more');
    if (grant.viewer.kind === 'screen' && screenName(grant.viewer.id) === undefined)
      return over('screen-removed', 'The screen was removed');
    const so = {
      approvals: { owners, person: grant.approvedBy?.id ?? null },
      ...{ minutes, sinceMs: grant.startsAt },
    };
    const asking = { person: grant.askedBy.id, roles: asker.roles };
    const decision = decisionFor(this.#parts, camera, grant.purpose, asking, so);
    if (!decision.ok) return over(decision.refusal.code, decision.refusal.why);
    // Whoever the picture goes to, it is there for one who may watch it.
    if (!rights.may(actorOf(grant, asker), 'live', camera.id).ok)
      return over('no-right', 'Whoever asked may not watch this camera any more');
    const { waitsFor, endsAtMs } = decision;
    if (grant.state !== 'live' || waitsFor === 'nobody') return { ok: true, endsAtMs };
    return waitsFor === 'owner'
      ? over('owner-asked', 'The owner wants to be asked each time now, and was not asked for this')
      : over('policy', 'The site now asks for a second person’s approval');
  }
}

/** Whoever asked, signed in or not: a screen goes on without them. */
const actorOf = (
  { askedBy: { id, name } }: Grant,
  { roles, groups }: Pick<PersonActor, 'roles' | 'groups'>,
): PersonActor => ({ kind: 'person', id, name, roles, groups, session: '', locked: false });
