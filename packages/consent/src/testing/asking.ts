import type { Consent, Incident } from '@clerestory/protocol';
import type { Asking } from '../decide.ts';
import { policyOf } from '../policy.ts';

/** Monday, 5 January 2026, 12:00 UTC. */
export const noonMs = Date.UTC(2026, 0, 5, 12);
const hourMs = 3_600_000;

export const consentOf = (given: Partial<Consent> = {}): Consent => ({
  camera: 'cafe',
  owner: 'ana',
  version: 1,
  status: 'given',
  level: 'incident',
  purposes: ['robbery', 'fire'],
  hours: null,
  radiusM: 300,
  expiresAt: null,
  retentionDays: 10,
  basis: 'voluntary',
  pausedUntil: null,
  at: noonMs - hourMs,
  by: 'owner:ana',
  ...given,
});

export const incidentOf = (given: Partial<Incident> = {}): Incident => ({
  id: 'i-1',
  number: 1,
  type: 'robbery',
  place: 'Quay',
  latitude: 50.001,
  longitude: 8,
  openedBy: { kind: 'feed', id: 'cad', name: 'Call desk' },
  openedAt: noonMs - hourMs / 2,
  closedAt: null,
  closedBy: null,
  ...given,
});

/** A question that is answered with yes: the camera is 111 m from the incident. */
export const askingOf = (given: Partial<Asking> = {}): Asking => ({
  camera: { visibility: 'private', tier: 'integrated', placeKind: 'shop', latitude: 50, longitude: 8 },
  consents: [consentOf()],
  purpose: { kind: 'incident', incident: incidentOf() },
  asker: { person: 'olga', roles: ['operator'] },
  approvals: { owners: [], person: null },
  ...{ minutes: null, sinceMs: null },
  policy: policyOf('clerestory'),
  nowMs: noonMs,
  ...given,
});
