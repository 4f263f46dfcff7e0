import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Right, Role, type AccessRule, type AccessRuleInput } from '@clerestory/protocol';
import { decide, defaultRules, rightsSomewhere, type Policy, type Subject } from './rules.ts';

const rule = (given: AccessRuleInput, n = 0): AccessRule => ({
  ...given,
  id: `r${n}`,
  createdAt: 0,
  createdBy: 'server',
});
const groups: Record<string, string[]> = { gate: ['harbour'], mall: ['shops', 'harbour'], lot: [] };
const policy = (...rules: AccessRuleInput[]): Policy => ({
  rules: rules.map(rule),
  groupsOf: (camera) => new Set(groups[camera] ?? []),
});
const person = (role: Role, more: Partial<Extract<Subject, { kind: 'person' }>> = {}): Subject => ({
  kind: 'person',
  id: 'olga',
  roles: [role],
  groups: [],
  locked: false,
  ...more,
});
const screen = (...showing: string[]): Subject => ({
  kind: 'screen',
  id: 'left',
  wall: 'room',
  showing: new Set(showing),
});
const allow = (
  party: AccessRuleInput['party'],
  rights: Right[],
  group: string | null = null,
): AccessRuleInput => ({
  effect: 'allow',
  party,
  rights,
  group,
});
const deny = (
  party: AccessRuleInput['party'],
  rights: Right[],
  group: string | null = null,
): AccessRuleInput => ({
  ...allow(party, rights, group),
  effect: 'deny',
});
const operators = { kind: 'role', id: 'operator' } as const;
const hidden = { ok: false, because: 'hidden' };
const denied = { ok: false, because: 'denied' };
const yes = { ok: true };

describe('rights on cameras', () => {
  it('R1 nothing without a rule; nothing for who has not signed in', () => {
    expect(decide(person('operator'), 'see', 'gate', policy())).toEqual(hidden);
    expect(decide({ kind: 'anonymous' }, 'see', 'gate', policy(...defaultRules))).toEqual(hidden);
    expect(decide(person('operator'), 'live', 'gate', policy(allow(operators, ['see'])))).toEqual(denied);
  });
  it('R2 deny beats allow, in any order, narrow or wide', () => {
    const olga = { kind: 'person', id: 'olga' } as const;
    for (const rules of [
      [allow(operators, ['see', 'live']), deny(olga, ['live'], 'harbour')],
      [deny(operators, ['live']), allow(operators, ['see']), allow(olga, ['live'], 'harbour')],
    ]) {
      expect(decide(person('operator'), 'live', 'gate', policy(...rules))).toEqual(denied);
      expect(decide(person('operator'), 'see', 'gate', policy(...rules))).toEqual(yes);
    }
  });
  it('R3 without see there is no camera, whatever else is allowed', () => {
    const blind = policy(allow(operators, ['live', 'ptz']));
    expect(decide(person('operator'), 'live', 'gate', blind)).toEqual(hidden);
    const denies = policy(...defaultRules, deny(operators, ['see'], 'shops'));
    expect(decide(person('operator'), 'live', 'mall', denies)).toEqual(hidden);
    expect(decide(person('operator'), 'live', 'gate', denies)).toEqual(yes);
  });
  it.each(['administrator', 'auditor'] as const)(
    'R4 R5 %s only sees, even by a rule of their own',
    (role) => {
      const rules = policy(
        allow({ kind: 'role', id: role }, [...Right.options]),
        allow({ kind: 'person', id: 'olga' }, [...Right.options]),
      );
      for (const right of Right.options)
        expect(decide(person(role), right, 'gate', rules), right).toEqual(right === 'see' ? yes : denied);
    },
  );
  it('R6 a locked session sees and watches, and does not act', () => {
    const all = policy(allow(operators, [...Right.options]));
    const verdicts = Right.options.filter(
      (right) => decide(person('operator', { locked: true }), right, 'gate', all).ok,
    );
    expect(verdicts).toEqual(['see', 'live']);
    expect(decide(person('operator', { locked: true }), 'ptz', 'gate', all)).toEqual({
      ok: false,
      because: 'locked',
    });
    expect(Right.options.every((right) => decide(person('operator'), right, 'gate', all).ok)).toBe(true);
  });
  it('R7 R8 a screen sees and shows what is on its tiles, and nothing more', () => {
    const all = policy(allow({ kind: 'wall', id: '*' }, [...Right.options]));
    expect(Right.options.filter((right) => decide(screen('gate'), right, 'gate', all).ok)).toEqual([
      'see',
      'live',
    ]);
    expect(decide(screen('gate'), 'live', 'mall', all)).toEqual(hidden);
  });
  it('R9 a rule for a group speaks of its cameras alone', () => {
    const shops = policy(allow(operators, ['see'], 'shops'));
    expect(['gate', 'mall', 'lot'].filter((one) => decide(person('operator'), 'see', one, shops).ok)).toEqual(
      ['mall'],
    );
  });
  it('R10 a rule speaks to whom it names', () => {
    const to = (party: AccessRuleInput['party'], subject: Subject) =>
      decide(subject, 'see', 'gate', policy(allow(party, ['see']))).ok;
    expect(to({ kind: 'people', id: 'night' }, person('operator', { groups: ['night'] }))).toBe(true);
    expect(to({ kind: 'people', id: 'night' }, person('operator', { groups: ['day'] }))).toBe(false);
    expect(to({ kind: 'person', id: 'omar' }, person('operator'))).toBe(false);
    expect(to({ kind: 'role', id: 'supervisor' }, person('operator'))).toBe(false);
    expect(to({ kind: 'screen', id: 'left' }, screen('gate'))).toBe(true);
    expect(to({ kind: 'screen', id: 'right' }, screen('gate'))).toBe(false);
    expect(to({ kind: 'wall', id: 'room' }, screen('gate'))).toBe(true);
    expect(to({ kind: 'wall', id: 'annex' }, screen('gate'))).toBe(false);
    expect(to({ kind: 'wall', id: '*' }, person('operator'))).toBe(false);
    expect(to({ kind: 'person', id: 'left' }, screen('gate'))).toBe(false);
  });
  it('the defaults do what SPEC.md says of them', () => {
    const somewhere = (role: Role) => rightsSomewhere(person(role), policy(...defaultRules));
    expect(Object.fromEntries(Role.options.map((role) => [role, somewhere(role).join(' ')]))).toEqual({
      operator: 'see live ptz arrange',
      supervisor: 'see live replay ptz arrange export',
      investigator: 'see live replay ptz arrange export',
      auditor: 'see',
      administrator: 'see',
    });
  });
});

describe('any rules', () => {
  const anyRule = fc.record({
    effect: fc.constantFrom('allow' as const, 'deny' as const),
    party: fc.oneof(
      fc.record({ kind: fc.constant('role' as const), id: fc.constantFrom(...Role.options) }),
      fc.record({ kind: fc.constant('person' as const), id: fc.constantFrom('olga', 'omar') }),
      fc.record({ kind: fc.constant('people' as const), id: fc.constantFrom('night', 'day') }),
      fc.record({ kind: fc.constant('wall' as const), id: fc.constantFrom('room', '*') }),
    ),
    rights: fc.uniqueArray(fc.constantFrom(...Right.options), { minLength: 1 }),
    group: fc.constantFrom(null, 'harbour', 'shops'),
  });
  const anySubject = fc.oneof(
    fc.record({
      kind: fc.constant('person' as const),
      id: fc.constantFrom('olga', 'omar'),
      roles: fc.uniqueArray(fc.constantFrom(...Role.options), { maxLength: 2 }),
      groups: fc.subarray(['night', 'day']),
      locked: fc.boolean(),
    }),
    fc.subarray(['gate', 'mall', 'lot']).map((showing) => screen(...showing)),
  );
  const anyCamera = fc.constantFrom('gate', 'mall', 'lot');
  it('R2 one more deny never allows, one more allow never denies; R3 every right comes with see', () => {
    fc.assert(
      fc.property(
        fc.array(anyRule, { maxLength: 8 }),
        anyRule,
        anySubject,
        fc.constantFrom(...Right.options),
        anyCamera,
        (rules, more, subject, right, camera) => {
          const before = decide(subject, right, camera, policy(...rules)).ok;
          const after = decide(subject, right, camera, policy(...rules, more)).ok;
          if (more.effect === 'deny' && after) expect(before).toBe(true);
          if (more.effect === 'allow' && before) expect(after).toBe(true);
          if (before) expect(decide(subject, 'see', camera, policy(...rules)).ok).toBe(true);
        },
      ),
      { seed: 20_260_310, numRuns: 5_000 },
    );
  });
});
