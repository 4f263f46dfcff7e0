import { decide, distanceM, type Asking, type Decision } from '@clerestory/consent';
import {
  purposeWords,
  type Camera,
  type Grant,
  type GrantPurpose,
  type GrantWay,
  type GrantWays,
  type Incident,
  type Purpose,
  type Role,
} from '@clerestory/protocol';
import type { GrantParts } from './ports.ts';

type Asker = Pick<GrantParts, 'consents' | 'incidents' | 'policy' | 'clock'>;

/** Ways that are offered. */
const maxWays = 30;

/** The rules' answer for one camera, with everything they ask about looked up now. */
export function decisionFor(
  parts: Asker,
  camera: Camera,
  purpose: GrantPurpose,
  asker: Asking['asker'],
  so: Partial<Pick<Asking, 'approvals' | 'minutes' | 'sinceMs'>> = {},
): Decision {
  const { consents, incidents, policy, clock } = parts;
  return decide({
    camera,
    consents: consents.of(camera.id),
    purpose:
      purpose.kind === 'incident'
        ? { kind: 'incident', incident: incidents.aged(purpose.incident) ?? null }
        : purpose,
    ...{ asker, approvals: { owners: [], person: null }, minutes: null, sinceMs: null, ...so },
    policy: policy.get(),
    nowMs: clock.nowMs(),
  });
}

const incidentText = ({ type, number }: Incident): string => `${purposeWords[type]} · incident ${number}`;

export function textOf(purpose: GrantPurpose, incidents: GrantParts['incidents']): string {
  if (purpose.kind === 'standing') return purposeWords[purpose.purpose];
  if (purpose.kind === 'exigent') return `${purposeWords[purpose.purpose]} · exigent`;
  const incident = incidents.get(purpose.incident);
  return incident ? incidentText(incident) : 'An incident that is closed';
}

export const typeOf = (purpose: GrantPurpose, incidents: GrantParts['incidents']): Purpose | null =>
  purpose.kind === 'incident' ? (incidents.get(purpose.incident)?.type ?? null) : purpose.purpose;

/** The role in which somebody asks: of those that may, the first. */
export const roleOf = (roles: readonly Role[], askers: readonly Role[]): Role =>
  roles.find((role) => askers.includes(role)) ?? roles[0] ?? 'operator';

const order = { now: 0, owner: 1, 'second-person': 1, no: 2 } as const;

/** What would open a camera: what opens it first, then what is nearest. */
export function waysTo(parts: Asker, camera: Camera, asker: Asking['asker']): GrantWays {
  const { incidents, consents, policy } = parts;
  const place =
    camera.latitude === null || camera.longitude === null
      ? null
      : { latitude: camera.latitude, longitude: camera.longitude };
  const ask = (purpose: GrantPurpose, text: string, away: number | null): GrantWay => {
    const decision = decisionFor(parts, camera, purpose, asker);
    if (!decision.ok) return { purpose, text, distanceM: away, verdict: 'no', refusal: decision.refusal };
    const { waitsFor } = decision;
    return {
      purpose,
      text,
      distanceM: away,
      verdict: waitsFor === 'nobody' ? 'now' : waitsFor,
      refusal: null,
    };
  };
  const forIncidents = incidents
    .open()
    .map((one) =>
      ask(
        { kind: 'incident', incident: one.id },
        `${incidentText(one)}, ${one.place}`,
        place && distanceM(place, one),
      ),
    );
  const standing = [...new Set(consents.of(camera.id).flatMap(({ purposes }) => purposes))].map((purpose) =>
    ask({ kind: 'standing', purpose }, purposeWords[purpose], null),
  );
  const items = [...forIncidents, ...standing].sort(
    (a, b) => order[a.verdict] - order[b.verdict] || (a.distanceM ?? Infinity) - (b.distanceM ?? Infinity),
  );
  const { grantMinutes, exigentHours } = policy.get();
  return { camera: camera.id, items: items.slice(0, maxWays), minutes: grantMinutes, exigentHours };
}

/** Where a grant stands after a decision. */
export const stateAfter = (waitsFor: 'nobody' | 'owner' | 'second-person'): Grant['state'] =>
  waitsFor === 'nobody' ? 'live' : waitsFor === 'owner' ? 'waiting-owner' : 'waiting-approval';
