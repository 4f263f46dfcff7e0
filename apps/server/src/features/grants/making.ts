import type { Grant, GrantAsk, GrantEnd, GrantRefusal, GrantViewer } from '@clerestory/protocol';
import type { PersonActor } from '../../platform/actor.ts';
import { newId } from '../../platform/clock.ts';
import { decisionFor, roleOf, stateAfter, textOf, typeOf } from './asking.ts';
import type { Held, HeldGrants } from './held.ts';
import type { GrantParts } from './ports.ts';
import type { StoredGrant } from './store.ts';

/** A second person has this long to answer; no answer is a no, ms. */
const approvalMs = 120_000;
/** So long does an owner's answer count, ms. */
const ownerMs = 15 * 60_000;
/** Asking again this long before the end gives a new grant, ms. */
const renewBelowMs = 5 * 60_000;

const hidden: GrantRefusal = {
  ...{ rule: 'R3', code: 'not-found', why: 'There is no such camera' },
  change: 'Choose another camera.',
};
const noRight: GrantRefusal = {
  ...{ rule: 'R1', code: 'forbidden', why: 'You have no right to watch this camera' },
  change: 'An administrator can give it to you.',
};

const waitMs = (state: Grant['state']): number => (state === 'waiting-owner' ? ownerMs : approvalMs);

/** One camera of an asking: what its viewers have now, and what of it has to be written. */
export interface Made {
  camera: string;
  screen: string | null;
  grants: Grant[];
  refusal: GrantRefusal | null;
  made: StoredGrant[];
}

/** Grants as they come out of the rules. Nothing here is written or holds yet. */
export class GrantMaker {
  readonly #parts: GrantParts;
  readonly #held: HeldGrants;

  constructor(parts: GrantParts, held: HeldGrants) {
    this.#parts = parts;
    this.#held = held;
  }

  /** For the person who asks, and for the screen that is to show it. */
  decideOne(
    asked: GrantAsk,
    camera: string,
    screen: string | null,
    actor: PersonActor,
    request: string,
  ): Made {
    const answer: Made = { camera, screen, grants: [], refusal: null, made: [] };
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
      const before = this.#held.live({ viewer, camera });
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

  /** What becomes of one that waited, once a yes or a no has come. */
  settled(
    { grant: { approvers: _asked, ...grant } }: StoredGrant,
    approve: boolean,
    approvedBy: Grant['approvedBy'],
    ownerSaidYes: boolean,
    end: GrantEnd,
  ): StoredGrant {
    const { cameras, people, clock, consents } = this.#parts;
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
  }

  #isLasting(held: Held, { purpose }: GrantAsk): boolean {
    return (
      JSON.stringify(held.grant.purpose) === JSON.stringify(purpose) && this.#held.leftMs(held) > renewBelowMs
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
      ...(state === 'waiting-approval' && { approvers: policy.get().approvers }),
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
}
