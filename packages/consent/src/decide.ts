import type {
  Consent,
  ConsentState,
  GrantRefusal,
  Incident,
  PlaceKind,
  Purpose,
  Role,
  SitePolicy,
} from '@clerestory/protocol';
import { purposeWords } from '@clerestory/protocol';
import { distanceM } from './distance.ts';
import { endOfHours, isWithinHours } from './hours.ts';
import { strictestRadiusM } from './policy.ts';
import { consentStateOf } from './state.ts';
import { hoursInWords, untilResumed } from './words.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

export interface CameraFacts {
  visibility: 'public' | 'private';
  tier: 'registered' | 'integrated';
  placeKind: PlaceKind;
  latitude: number | null;
  longitude: number | null;
}

/** Who asks to see which camera, for what. */
export interface Asking {
  camera: CameraFacts;
  /** Of every owner of the camera, the newest version each. */
  consents: readonly Consent[];
  purpose:
    | { kind: 'incident'; incident: Incident | null }
    | { kind: 'standing'; purpose: Purpose }
    | { kind: 'exigent'; purpose: Purpose };
  asker: { person: string; roles: readonly Role[] };
  /** Who has said yes so far: which owners, and which second person, whose yes counts when it is not the asker's own. */
  approvals: { owners: readonly string[]; person: string | null };
  /** What was asked for, minutes; null: as long as may be. */
  minutes: number | null;
  /** When what is asked about began, for one that is seen already; null: it would begin now. */
  sinceMs: number | null;
  policy: SitePolicy;
  nowMs: number;
}

/** What may be seen, and until when; or who has to say yes before. */
export interface Permits {
  ok: true;
  /** Null: public, no end. */
  endsAtMs: number | null;
  /** Nobody's yes is missing, or whose. */
  waitsFor: 'nobody' | 'owner' | 'second-person';
  /** Owners whose yes is missing. */
  missing: readonly string[];
  isOwnIncident: boolean;
}
export type Decision = Permits | { ok: false; refusal: GrantRefusal };

const no = (rule: string, code: string, why: string, change: string): Decision => ({
  ok: false,
  refusal: { rule, code, why, change },
});

/** C3: each state that never opens, in words. */
const closedStates: Partial<Record<ConsentState, readonly [rule: string, why: string, change: string]>> = {
  pending: ['C3', 'The owner has not confirmed this camera yet', 'It opens once the owner has confirmed.'],
  revoked: ['C3', 'The owner has revoked this camera', 'Only its owner can allow it again.'],
  expired: ['C3', 'The owner’s consent has expired', 'Only its owner can allow it for longer.'],
  registered: [
    'C3',
    'The owner has registered where this camera is, and no more',
    'Ask the owner for footage by a request.',
  ],
  paused: ['C3', 'The owner has paused this camera', 'It opens again when the owner resumes.'],
};

/**
 * Whether a camera opens for a purpose at a time, and until when. Pure; the rules (C1…) are in SPEC.md. Each rule can
 * only refuse or shorten, so that of two that speak to one thing the stricter holds.
 */
export function decide(asking: Asking): Decision {
  const { camera, consents, policy } = asking;
  if (camera.visibility === 'public')
    return { ok: true, endsAtMs: null, waitsFor: 'nobody', missing: [], isOwnIncident: false }; // C4
  return (
    refusedBySite(asking) ??
    (consents.length === 0
      ? no('C3', 'no-consent', 'No owner has allowed anything for this camera', 'Ask the owner first.')
      : null) ??
    consents.map((consent) => refusedByOwner(consent, asking)).find((refusal) => refusal !== null) ??
    refusedByPurpose(asking) ??
    permitted(asking, policy)
  );
}

/** C5 C6 C7: what the site itself forbids. */
function refusedBySite({ camera, asker, policy, purpose }: Asking): Decision | null {
  if (policy.isPrivateOff)
    return no(
      'C5',
      'kill-switch',
      'All private cameras are switched off on this site',
      'An administrator can switch them on again.',
    );
  if (camera.tier === 'registered')
    return no(
      'C3',
      'registered',
      'This camera is registered only and has no stream',
      'Ask the owner for footage.',
    );
  if (policy.noLiveFrom.includes(camera.placeKind))
    return no(
      'C6',
      'place',
      'This site shows no live video from such places (policy)',
      'Ask the owner for footage by a request.',
    );
  if (!asker.roles.some((role) => policy.askers.includes(role)))
    return no(
      'C7',
      'rank',
      'Your role may not ask for private cameras on this site',
      `Let somebody ask who is ${policy.askers.join(' or ')}.`,
    );
  if (purpose.kind === 'exigent' && policy.exigentHours === 0)
    return no('C17', 'exigent', 'This site’s policy knows no exigent override', 'Ask for an incident.');
  if (purpose.kind === 'standing' && !policy.allowsStanding)
    return no(
      'C12',
      'standing',
      'This site opens private cameras for incidents alone',
      'Open it for an incident.',
    );
  return null;
}

/** C3 C8 C10 C11 C12: one owner's consent. An exigent override sets aside terms and pause, and nothing more (C17). */
function refusedByOwner(consent: Consent, { purpose, nowMs }: Asking): Decision | null {
  const state = consentStateOf(consent, nowMs);
  const isExigent = purpose.kind === 'exigent';
  const closed = isExigent && state === 'paused' ? undefined : closedStates[state];
  if (closed) return no(closed[0], state, closed[1], untilResumed(consent, nowMs) ?? closed[2]);
  if (isExigent) return null;
  const asked = purpose.kind === 'standing' ? purpose.purpose : purpose.incident?.type;
  if (asked !== undefined && !consent.purposes.includes(asked))
    return no(
      'C10',
      'purpose',
      `The owner has not allowed “${purposeWords[asked]}”`,
      consent.purposes.length === 0
        ? 'The owner has allowed no purpose.'
        : `Allowed: ${consent.purposes.map((one) => purposeWords[one]).join(', ')}.`,
    );
  if (purpose.kind === 'standing' && state !== 'standing' && state !== 'on-request')
    return no(
      'C12',
      'standing',
      'The owner allows this camera for incidents, not at any time',
      'Open it for an incident near it.',
    );
  if (consent.hours !== null && !isWithinHours(consent.hours, nowMs))
    return no(
      'C8',
      'hours',
      'It is outside the hours that the owner has set',
      `It opens ${hoursInWords(consent.hours)}.`,
    );
  return null;
}

/** C9 C11 C13: the incident. */
function refusedByPurpose({ camera, consents, purpose, policy, nowMs }: Asking): Decision | null {
  if (purpose.kind !== 'incident') return null;
  const { incident } = purpose;
  if (!incident) return no('C11', 'no-incident', 'There is no such incident', 'Choose one that is open.');
  if (incident.closedAt !== null)
    return no('C11', 'incident-closed', `Incident ${incident.number} is closed`, 'Choose one that is open.');
  if (nowMs >= incident.openedAt + policy.incidentHours * hourMs)
    return no(
      'C13',
      'incident-old',
      `Incident ${incident.number} has been open for more than ${policy.incidentHours} hours`,
      'Close it; open a new one if it goes on.',
    );
  const radiusM = strictestRadiusM(policy.radiusM, ...consents.map((consent) => consent.radiusM));
  if (radiusM === null) return null;
  const { latitude, longitude } = camera;
  if (latitude === null || longitude === null)
    return no(
      'C9',
      'no-place',
      'It is not known where this camera is',
      'An administrator can enter its place.',
    );
  const awayM = distanceM({ latitude, longitude }, incident);
  if (awayM <= radiusM) return null;
  return no(
    'C9',
    'radius',
    `Incident ${incident.number} is ${Math.round(awayM)} m away; ${radiusM} m is allowed`,
    'Choose an incident near the camera.',
  );
}

/** C14 C15 C16 C17 C18: until when, and whose yes is missing. */
function permitted(asking: Asking, policy: SitePolicy): Decision {
  const { consents, purpose, asker, approvals, minutes, sinceMs, nowMs } = asking;
  const isExigent = purpose.kind === 'exigent';
  const mostMs = isExigent ? policy.exigentHours * hourMs : policy.grantMinutes * minuteMs;
  let endsAtMs = (sinceMs ?? nowMs) + Math.min(mostMs, (minutes ?? Infinity) * minuteMs);
  for (const { expiresAt } of consents) if (expiresAt !== null) endsAtMs = Math.min(endsAtMs, expiresAt);
  if (!isExigent)
    for (const { hours } of consents)
      if (hours !== null) endsAtMs = Math.min(endsAtMs, endOfHours(hours, nowMs, endsAtMs));
  const incident = purpose.kind === 'incident' ? purpose.incident : null;
  if (incident) endsAtMs = Math.min(endsAtMs, incident.openedAt + policy.incidentHours * hourMs);
  const opener = incident?.openedBy;
  const isOwnIncident = opener?.kind === 'person' && opener.id === asker.person;
  const needsSecond =
    isExigent || policy.approval === 'always' || (policy.approval === 'own-incident' && isOwnIncident);
  const hasSecond = approvals.person !== null && approvals.person !== asker.person;
  // C16: the yes of one owner is not that of another.
  const missing = isExigent
    ? []
    : consents
        .filter((consent) => consentStateOf(consent, nowMs) === 'on-request')
        .map(({ owner }) => owner)
        .filter((owner) => !approvals.owners.includes(owner));
  const waitsFor = needsSecond && !hasSecond ? 'second-person' : missing.length > 0 ? 'owner' : 'nobody';
  return { ok: true, endsAtMs, waitsFor, missing, isOwnIncident };
}
