import { describe, expect, test } from 'vitest';
import type { ConsentChange, ConsentTerms } from '@clerestory/protocol';
import { applyChange, consentStateOf, expireConsent, propose } from './index.ts';
import { consentOf, noonMs } from './testing/asking.ts';

const moment = { version: 2, nowMs: noonMs, by: 'owner:ana' };
const terms: ConsentTerms = {
  level: 'standing',
  purposes: ['fire'],
  hours: null,
  radiusM: null,
  expiresAt: null,
  retentionDays: 0,
};
const change = (before: Parameters<typeof applyChange>[0], given: ConsentChange) =>
  applyChange(before, given, 'cafe', 'ana', moment);
const ruleOf = (...given: Parameters<typeof change>) => {
  const changed = change(...given);
  return changed.ok ? consentStateOf(changed.consent, noonMs) : changed.rule;
};

describe('what an owner does', () => {
  test('C20 gives, confirms', () => {
    expect(ruleOf(null, { type: 'give', terms })).toBe('standing');
    expect(ruleOf(consentOf({ status: 'revoked' }), { type: 'give', terms })).toBe('standing');
    expect(ruleOf(consentOf({ status: 'pending' }), { type: 'confirm' })).toBe('incident');
  });
  test('C20 other terms while it is paused are no word on the pause', () => {
    const given = (pausedUntil: number | null) =>
      change(consentOf({ status: 'paused', pausedUntil }), { type: 'give', terms });
    for (const pausedUntil of [null, noonMs + 1])
      expect(given(pausedUntil)).toMatchObject({
        consent: { status: 'paused', pausedUntil, level: 'standing' },
      });
    expect(given(noonMs)).toMatchObject({ consent: { status: 'given', pausedUntil: null } });
  });
  test('C21 no end in the past', () => {
    expect(ruleOf(null, { type: 'give', terms: { ...terms, expiresAt: noonMs } })).toBe('C21');
    expect(ruleOf(consentOf({ status: 'pending', expiresAt: noonMs - 1 }), { type: 'confirm' })).toBe('C21');
    expect(ruleOf(consentOf(), { type: 'pause', until: noonMs })).toBe('C21');
  });
  test('C22 C23 C24 C25 C26', () => {
    for (const type of ['confirm', 'resume', 'revoke'] as const) expect(ruleOf(null, { type })).toBe('C22');
    expect(ruleOf(consentOf(), { type: 'confirm' })).toBe('C23');
    expect(ruleOf(consentOf({ status: 'revoked' }), { type: 'pause', until: null })).toBe('C24');
    expect(ruleOf(consentOf(), { type: 'pause', until: null })).toBe('paused');
    expect(ruleOf(consentOf(), { type: 'resume' })).toBe('C25');
    expect(ruleOf(consentOf({ status: 'paused' }), { type: 'resume' })).toBe('incident');
    expect(ruleOf(consentOf(), { type: 'revoke' })).toBe('revoked');
    expect(ruleOf(consentOf({ status: 'revoked' }), { type: 'revoke' })).toBe('C26');
  });
});

test('C27 a proposal allows nothing, and does not reach over a decision', () => {
  const proposal = { owner: 'ana', basis: 'permit' as const, terms };
  const proposed = propose(null, proposal, 'cafe', moment);
  expect(proposed.ok && consentStateOf(proposed.consent, noonMs)).toBe('pending');
  for (const status of ['given', 'paused', 'revoked', 'expired'] as const)
    expect(propose(consentOf({ status }), proposal, 'cafe', moment)).toMatchObject({
      ok: false,
      rule: 'C27',
    });
});

test('C2 what has expired is marked once, and stays so when the clock is set back', () => {
  const consent = consentOf({ expiresAt: noonMs });
  expect(expireConsent(consent, 2, noonMs - 1)).toBeNull();
  const expired = expireConsent(consent, 2, noonMs);
  expect(expired && consentStateOf(expired, noonMs - 3_600_000)).toBe('expired');
  expect(expired && expireConsent(expired, 3, noonMs)).toBeNull();
});
