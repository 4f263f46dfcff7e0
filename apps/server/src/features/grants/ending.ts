import type { Grant, GrantEnd } from '@clerestory/protocol';
import { decisionFor } from './asking.ts';
import type { Held, HeldGrants } from './held.ts';
import type { GrantJournal } from './journal.ts';
import type { GrantParts } from './ports.ts';

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
  async end(held: Held, end: GrantEnd, by = 'server'): Promise<void> {
    if (!this.#held.drop(held)) return;
    const { grant, boot } = held;
    const ended: Grant = {
      ...grant,
      state: grant.state === 'live' ? 'ended' : 'refused',
      endsAt: this.#parts.clock.nowMs(),
      end,
    };
    if (end.code !== 'renewed') this.#held.rememberEnd(ended);
    this.#held.tell(ended);
    await this.#journal.ended(ended, boot, by);
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

  /** C18: something that grants rest on has changed; what does not hold any more ends now. Resolves when it is written. */
  async recheck(only?: string): Promise<void> {
    const ended: Promise<void>[] = [];
    for (const held of this.#held.all()) {
      if (only !== undefined && held.grant.camera !== only) continue;
      const end = this.noLonger(held.grant);
      if (end) ended.push(this.end(held, end));
    }
    await Promise.all(ended);
  }

  /** Nobody of this person is signed in any more: what they watched themselves ends. Screens go on. */
  personLeft(person: string): void {
    for (const held of this.#held.all())
      if (held.grant.viewer.kind === 'person' && held.grant.viewer.id === person)
        void this.end(held, { code: 'signed-out', why: 'Whoever watched has signed out' });
  }

  /** Why a grant does not hold any more; null: it does. */
  noLonger(grant: Grant): GrantEnd | null {
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
}
