import type { Consent, ConsentChange, ConsentProposal } from '@clerestory/protocol';
import { consentStateOf } from './state.ts';

/** Why a change of a consent is refused, in words for the owner. */
export interface ChangeRefusal {
  ok: false;
  rule: string;
  why: string;
}
type Changed = { ok: true; consent: Consent } | ChangeRefusal;

const no = (rule: string, why: string): ChangeRefusal => ({ ok: false, rule, why });

interface Moment {
  version: number;
  nowMs: number;
  by: string;
}

/** C20: what an owner does with the own consent; `before` null: nobody was asked yet. */
export function applyChange(
  before: Consent | null,
  change: ConsentChange,
  camera: string,
  owner: string,
  { version, nowMs, by }: Moment,
): Changed {
  const moment = { version, at: nowMs, by };
  if (change.type === 'give') {
    const { terms } = change;
    if (terms.expiresAt !== null && terms.expiresAt <= nowMs)
      return no('C21', 'The end lies in the past. Choose a later one.');
    const basis = before?.basis ?? 'voluntary';
    // C20: other terms are no word on a pause.
    const stays = before !== null && consentStateOf(before, nowMs) === 'paused';
    const pause = stays
      ? ({ status: 'paused', pausedUntil: before.pausedUntil } as const)
      : ({ status: 'given', pausedUntil: null } as const);
    return { ok: true, consent: { camera, owner, ...terms, basis, ...pause, ...moment } };
  }
  if (!before) return no('C22', 'There is no consent for this camera yet.');
  const state = consentStateOf(before, nowMs);
  switch (change.type) {
    case 'confirm':
      if (state !== 'pending') return no('C23', 'There is nothing to confirm.');
      if (before.expiresAt !== null && before.expiresAt <= nowMs)
        return no('C21', 'What was proposed has ended meanwhile. Choose a later end.');
      return { ok: true, consent: { ...before, ...moment, status: 'given' } };
    case 'pause':
      if (state === 'revoked' || state === 'expired' || state === 'pending')
        return no('C24', 'This consent does not hold, so there is nothing to pause.');
      if (change.until !== null && change.until <= nowMs)
        return no('C21', 'The end of the pause lies in the past. Choose a later one.');
      return { ok: true, consent: { ...before, ...moment, status: 'paused', pausedUntil: change.until } };
    case 'resume':
      if (before.status !== 'paused') return no('C25', 'This camera is not paused.');
      return { ok: true, consent: { ...before, ...moment, status: 'given', pausedUntil: null } };
    case 'revoke':
      if (state === 'revoked') return no('C26', 'This consent is revoked already.');
      return { ok: true, consent: { ...before, ...moment, status: 'revoked', pausedUntil: null } };
  }
}

/** C27: the agency proposes; nothing is allowed by it. What an owner has said before stays until the owner answers. */
export function propose(
  before: Consent | null,
  { owner, basis, terms }: ConsentProposal,
  camera: string,
  { version, nowMs, by }: Moment,
): Changed {
  if (before && before.status !== 'pending')
    return no('C27', 'This owner has decided already. Only the owner changes what is allowed.');
  const moment = { version, at: nowMs, by };
  return {
    ok: true,
    consent: { camera, owner, status: 'pending', ...terms, basis, pausedUntil: null, ...moment },
  };
}

/** C2: marks what has expired, so that a clock that is set back revives nothing; null: it has not, or is marked. */
export function expireConsent(consent: Consent, version: number, nowMs: number): Consent | null {
  if (consent.status === 'expired' || consentStateOf(consent, nowMs) !== 'expired') return null;
  return { ...consent, status: 'expired', version, at: nowMs, by: 'server' };
}
