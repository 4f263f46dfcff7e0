import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ConsentLevel,
  ConsentStatus,
  PlaceKind,
  Purpose,
  type Consent,
  type Hours,
  type SitePolicy,
} from '@clerestory/protocol';
import { consentStateOf, decide, policyOf, type Asking } from './index.ts';
import { askingOf, consentOf, incidentOf, noonMs } from './testing/asking.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const ruleOf = (given: Partial<Asking>): string => {
  const decision = decide(askingOf(given));
  return decision.ok ? 'yes' : decision.refusal.rule;
};
const termsOf = (given: Partial<Asking>) => {
  const decision = decide(askingOf(given));
  if (!decision.ok) throw new Error(decision.refusal.why);
  return decision;
};
const policy = policyOf('clerestory');
const standing = { kind: 'standing', purpose: 'fire' } as const;
const exigent = { kind: 'exigent', purpose: 'danger' } as const;
const camera = askingOf().camera;

describe('states', () => {
  test('C1 C2 state of a consent at a time', () => {
    expect(consentStateOf(consentOf({ status: 'pending' }), noonMs)).toBe('pending');
    expect(consentStateOf(consentOf({ expiresAt: noonMs }), noonMs)).toBe('expired');
    expect(consentStateOf(consentOf({ expiresAt: noonMs + 1 }), noonMs)).toBe('incident');
    expect(consentStateOf(consentOf({ status: 'expired', expiresAt: noonMs + 1 }), noonMs)).toBe('expired');
    const paused = consentOf({ status: 'paused', pausedUntil: noonMs });
    expect(consentStateOf(paused, noonMs - 1)).toBe('paused');
    expect(consentStateOf(paused, noonMs)).toBe('incident');
    expect(consentStateOf(consentOf({ status: 'paused', pausedUntil: null }), noonMs)).toBe('paused');
  });
  test.each(['pending', 'paused', 'revoked', 'expired'] as const)('C3 %s opens nothing', (status) => {
    for (const purpose of [askingOf().purpose, standing])
      expect(ruleOf({ consents: [consentOf({ status, level: 'standing' })], purpose })).toBe('C3');
  });
  test('C3 nothing without a consent, without a stream, or when one of two owners has not allowed it', () => {
    expect(ruleOf({ consents: [] })).toBe('C3');
    expect(ruleOf({ consents: [consentOf({ level: 'registered' })] })).toBe('C3');
    expect(ruleOf({ camera: { ...camera, tier: 'registered' } })).toBe('C3');
    expect(ruleOf({ consents: [consentOf(), consentOf({ owner: 'ben', status: 'revoked' })] })).toBe('C3');
  });
  test('C4 a public camera needs no purpose', () =>
    expect(termsOf({ camera: { ...camera, visibility: 'public' }, consents: [] }).endsAtMs).toBeNull());
});

describe('the site', () => {
  test('C5 the kill switch closes everything, an exigent override included', () => {
    const off: SitePolicy = { ...policy, isPrivateOff: true, exigentHours: 24 };
    for (const purpose of [askingOf().purpose, standing, exigent])
      expect(ruleOf({ policy: off, purpose })).toBe('C5');
  });
  test('C6 no live video from places left out', () =>
    expect(ruleOf({ camera: { ...camera, placeKind: 'residential' } })).toBe('C6'));
  test('C7 rank gate', () => {
    expect(ruleOf({ asker: { person: 'adam', roles: ['administrator'] } })).toBe('C7');
    expect(ruleOf({ policy: { ...policy, askers: ['supervisor'] } })).toBe('C7');
  });
});

describe('the owner’s terms', () => {
  test('C9 the smallest radius holds', () => {
    const near = incidentOf({ latitude: 50.002 });
    expect(ruleOf({ purpose: { kind: 'incident', incident: near } })).toBe('yes');
    expect(
      ruleOf({ purpose: { kind: 'incident', incident: near }, policy: { ...policy, radiusM: 200 } }),
    ).toBe('C9');
    const two = [consentOf(), consentOf({ owner: 'ben', radiusM: 50 })];
    expect(ruleOf({ consents: two })).toBe('C9');
    expect(ruleOf({ camera: { ...camera, latitude: null } })).toBe('C9');
  });
  test('C10 the purpose is one that is allowed', () => {
    expect(ruleOf({ purpose: { kind: 'incident', incident: incidentOf({ type: 'crowd' }) } })).toBe('C10');
    expect(
      ruleOf({
        consents: [consentOf({ level: 'standing' })],
        purpose: { kind: 'standing', purpose: 'crowd' },
      }),
    ).toBe('C10');
  });
  test('C11 C13 the incident is open, and not for too long', () => {
    expect(ruleOf({ purpose: { kind: 'incident', incident: null } })).toBe('C11');
    expect(ruleOf({ purpose: { kind: 'incident', incident: incidentOf({ closedAt: noonMs }) } })).toBe('C11');
    const old = incidentOf({ openedAt: noonMs - policy.incidentHours * hourMs });
    expect(ruleOf({ purpose: { kind: 'incident', incident: old } })).toBe('C13');
  });
  test('C12 a standing purpose', () => {
    expect(ruleOf({ purpose: standing })).toBe('C12');
    expect(ruleOf({ purpose: standing, consents: [consentOf({ level: 'standing' })] })).toBe('yes');
    expect(
      ruleOf({
        purpose: standing,
        consents: [consentOf({ level: 'standing' })],
        policy: policyOf('nashville'),
      }),
    ).toBe('C12');
  });
  test('C8 hours', () => {
    const hours = { zone: 'UTC', windows: [{ days: [1], from: '11:00', until: '12:30' }] };
    expect(termsOf({ consents: [consentOf({ level: 'scheduled', hours })] }).endsAtMs).toBe(
      noonMs + 30 * minuteMs,
    );
    expect(ruleOf({ consents: [consentOf({ hours })], nowMs: noonMs + 31 * minuteMs })).toBe('C8');
  });
  test('C3 C8 a refusal says when it opens: the hours, or how long the pause still is', () => {
    const changeOf = (given: Partial<Consent>) => {
      const decision = decide(askingOf({ consents: [consentOf(given)] }));
      return decision.ok ? '' : decision.refusal.change;
    };
    const of = (...windows: Hours['windows']) => changeOf({ hours: { zone: 'Europe/Berlin', windows } });
    expect(of({ days: [5, 1, 2, 3, 4], from: '20:00', until: '06:00' })).toBe(
      'It opens Monday to Friday 20:00 to 06:00, by the clocks of Europe/Berlin.',
    );
    expect(
      of({ days: [2, 6, 7], from: '08:00', until: '09:30' }, { days: [3], from: '00:00', until: '00:00' }),
    ).toBe(
      'It opens Tuesday, Saturday, Sunday 08:00 to 09:30; Wednesday all day from 00:00, by the clocks of Europe/Berlin.',
    );
    expect(of({ days: [1, 2, 3, 4, 5, 6, 7], from: '20:00', until: '21:00' })).toMatch(
      /opens every day 20:00/,
    );
    const paused = (pausedUntil: number | null) => changeOf({ status: 'paused', pausedUntil });
    expect(paused(null)).toBe('It opens again when the owner resumes.');
    const rest = ', or sooner if the owner resumes.';
    expect(paused(noonMs + 1)).toBe(`The pause ends in 1 min${rest}`);
    expect(paused(noonMs + 2 * hourMs + 5 * minuteMs)).toBe(`The pause ends in 2 h 5 min${rest}`);
    expect(paused(noonMs + 51 * hourMs)).toBe(`The pause ends in 2 d 3 h${rest}`);
  });
  test('C14 the first of all ends', () => {
    expect(termsOf({}).endsAtMs).toBe(noonMs + policy.grantMinutes * minuteMs);
    expect(termsOf({ minutes: 5 }).endsAtMs).toBe(noonMs + 5 * minuteMs);
    const sinceMs = noonMs - 4 * minuteMs;
    expect(termsOf({ minutes: 5, sinceMs }).endsAtMs).toBe(noonMs + minuteMs);
    expect(termsOf({ sinceMs, policy: { ...policy, grantMinutes: 3 } }).endsAtMs).toBe(noonMs - minuteMs);
    expect(termsOf({ consents: [consentOf({ expiresAt: noonMs + minuteMs })] }).endsAtMs).toBe(
      noonMs + minuteMs,
    );
    const openedAt = noonMs - policy.incidentHours * hourMs + minuteMs;
    expect(termsOf({ purpose: { kind: 'incident', incident: incidentOf({ openedAt }) } }).endsAtMs).toBe(
      noonMs + minuteMs,
    );
  });
});

describe('whose yes is needed', () => {
  const own = {
    kind: 'incident',
    incident: incidentOf({ openedBy: { kind: 'person', id: 'olga', name: 'Olga' } }),
  } as const;
  test('C15 a second person for an incident of one’s own', () => {
    expect(termsOf({ purpose: own })).toMatchObject({ waitsFor: 'second-person', isOwnIncident: true });
    expect(termsOf({ purpose: own, approvals: { owners: [], person: 'olga' } }).waitsFor).toBe(
      'second-person',
    );
    expect(termsOf({ purpose: own, approvals: { owners: [], person: 'sam' } }).waitsFor).toBe('nobody');
    expect(termsOf({ purpose: own, policy: { ...policy, approval: 'never' } }).waitsFor).toBe('nobody');
    expect(termsOf({ policy: { ...policy, approval: 'always' } }).waitsFor).toBe('second-person');
    expect(termsOf({}).waitsFor).toBe('nobody');
  });
  test('C16 the owner, each time', () => {
    const consents = [consentOf({ level: 'on-request', radiusM: null })];
    expect(termsOf({ consents }).waitsFor).toBe('owner');
    expect(termsOf({ consents, approvals: { owners: ['ana'], person: null } }).waitsFor).toBe('nobody');
    expect(termsOf({ consents, purpose: own }).waitsFor).toBe('second-person');
    expect(termsOf({ consents, purpose: standing }).waitsFor).toBe('owner');
  });
  test('C16 of two owners each who asks to be asked, and none for the other', () => {
    const [ana, ben] = [consentOf({ level: 'on-request' }), consentOf({ owner: 'ben', level: 'on-request' })];
    const missing = (consents: Consent[], ...owners: string[]) =>
      termsOf({ consents, approvals: { owners, person: null } }).missing;
    expect(missing([ana, ben])).toEqual(['ana', 'ben']);
    expect(missing([ana, ben], 'ben')).toEqual(['ana']);
    expect(missing([ana, ben], 'ben', 'ana')).toEqual([]);
    expect(missing([ana, { ...ben, level: 'standing' }], 'ben')).toEqual(['ana']);
  });
  test('C17 exigent: two people, and never over a no', () => {
    const allowed = { ...policy, exigentHours: 24 };
    expect(ruleOf({ purpose: exigent })).toBe('C17');
    const given = { purpose: exigent, policy: allowed };
    expect(termsOf(given)).toMatchObject({ waitsFor: 'second-person', endsAtMs: noonMs + 24 * hourMs });
    expect(
      termsOf({
        ...given,
        consents: [consentOf({ status: 'paused' })],
        approvals: { owners: [], person: 'sam' },
      }).waitsFor,
    ).toBe('nobody');
    for (const status of ['revoked', 'expired', 'pending'] as const)
      expect(ruleOf({ ...given, consents: [consentOf({ status })] })).toBe('C3');
    expect(ruleOf({ ...given, consents: [consentOf({ level: 'registered' })] })).toBe('C3');
    expect(ruleOf({ ...given, camera: { ...camera, placeKind: 'residential' } })).toBe('C6');
  });
});

describe('for any question', () => {
  const consent: fc.Arbitrary<Consent> = fc
    .record({
      status: fc.constantFrom(...ConsentStatus.options),
      level: fc.constantFrom(...ConsentLevel.options),
      purposes: fc.subarray([...Purpose.options]),
      radiusM: fc.option(fc.integer({ min: 20, max: 2_000 }), { nil: null }),
      expiresAt: fc.option(fc.integer({ min: noonMs - hourMs, max: noonMs + hourMs }), { nil: null }),
      hours: fc.constantFrom<(Hours | null)[]>(null, {
        zone: 'UTC',
        windows: [{ days: [1], from: '10:00', until: '12:20' }],
      }),
    })
    .map((given) => consentOf(given));
  const sitePolicy: fc.Arbitrary<SitePolicy> = fc
    .record({
      isPrivateOff: fc.boolean(),
      noLiveFrom: fc.subarray([...PlaceKind.options]),
      radiusM: fc.option(fc.integer({ min: 20, max: 2_000 }), { nil: null }),
      allowsStanding: fc.boolean(),
      approval: fc.constantFrom('never' as const, 'own-incident' as const, 'always' as const),
      grantMinutes: fc.integer({ min: 5, max: 1_440 }),
      exigentHours: fc.integer({ min: 0, max: 24 }),
    })
    .map((given) => ({ ...policy, ...given }));
  const asking: fc.Arbitrary<Asking> = fc
    .record({
      consents: fc.array(consent, { maxLength: 3 }),
      purpose: fc.oneof(
        fc
          .constantFrom(...Purpose.options)
          .map((type) => ({ kind: 'incident' as const, incident: incidentOf({ type }) })),
        fc.constantFrom(...Purpose.options).map((purpose) => ({ kind: 'standing' as const, purpose })),
        fc.constant(exigent),
      ),
      approvals: fc.record({
        owners: fc.constantFrom([], ['ana']),
        person: fc.constantFrom(null, 'olga', 'sam'),
      }),
      policy: sitePolicy,
    })
    .map((given) => askingOf(given));

  test('C3 C5 C14 C18: one more consent or a stricter site never opens more, nor for longer', () => {
    fc.assert(
      fc.property(asking, consent, sitePolicy, (question, another, site) => {
        const [before, after] = [
          decide(question),
          decide({ ...question, consents: [...question.consents, another] }),
        ];
        // The first consent at all may open what was closed.
        if (question.consents.length > 0 && after.ok) {
          expect(before.ok).toBe(true);
          if (before.ok) expect(after.endsAtMs).toBeLessThanOrEqual(before.endsAtMs ?? Infinity);
        }
        const stricter = decide({
          ...question,
          policy: {
            ...question.policy,
            isPrivateOff: question.policy.isPrivateOff || site.isPrivateOff,
            noLiveFrom: [...question.policy.noLiveFrom, ...site.noLiveFrom],
            radiusM: Math.min(question.policy.radiusM ?? Infinity, site.radiusM ?? 20_000),
            grantMinutes: Math.min(question.policy.grantMinutes, site.grantMinutes),
            exigentHours: Math.min(question.policy.exigentHours, site.exigentHours),
          },
        });
        if (stricter.ok) expect(before.ok && (stricter.endsAtMs ?? 0) <= (before.endsAtMs ?? 0)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  test('a yes has an end in the future, and nothing revoked, pending, expired or registered is ever open', () => {
    fc.assert(
      fc.property(asking, (question) => {
        const decision = decide(question);
        if (!decision.ok) {
          expect(decision.refusal.why.length * decision.refusal.change.length).toBeGreaterThan(0);
          return;
        }
        expect(decision.endsAtMs).toBeGreaterThan(noonMs);
        const longestMs = Math.max(question.policy.grantMinutes * minuteMs, 24 * hourMs);
        expect(decision.endsAtMs).toBeLessThanOrEqual(noonMs + longestMs);
        const states = question.consents.map((one) => consentStateOf(one, noonMs));
        for (const closed of ['revoked', 'pending', 'expired', 'registered'] as const)
          expect(states).not.toContain(closed);
      }),
      { numRuns: 2_000 },
    );
  });
});
