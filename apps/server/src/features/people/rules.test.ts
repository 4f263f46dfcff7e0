import { describe, expect, test } from 'vitest';
import { Roles } from '@clerestory/protocol';
import { faultOfPassword, faultOfPin, normalised } from './rules.ts';

describe('passwords (NIST SP 800-63B-4)', () => {
  test.each([
    ['fourteen chars', 'short'],
    ['aaaaaaaaaaaaaaaaaaaa', 'pattern'],
    ['abcdefghijklmnopqrst', 'pattern'],
    ['passwordpassword', 'common'],
    ['Password123Password!', 'common'],
    ['qwertyuiopasdfghjkl', 'common'],
    ['olga.olga.olga.olga', 'own name'],
    ['x'.repeat(129), 'long'],
  ])('%s is refused: %s', (password) => {
    expect(faultOfPassword(password, ['olga@example.org'])).not.toBeNull();
  });

  test.each(['seven herons over the harbour', 'ünïcödé pässphräse ök', '9f!Kx-22-Lq0-zzA-7'])(
    '%s is taken, whatever its characters',
    (password) => expect(faultOfPassword(password, ['olga'])).toBeNull(),
  );

  test('one password typed in two ways is one password', () => {
    expect(normalised('cafe\u0301')).toBe(normalised('caf\u00e9'));
  });
});

test.each(['111111', '123456', '987654', '121212'])('the PIN %s is refused', (pin) =>
  expect(faultOfPin(pin)).not.toBeNull(),
);
test('another PIN is taken', () => expect(faultOfPin('402917')).toBeNull());

test.each([
  [['operator', 'supervisor'], true],
  [['supervisor', 'investigator'], true],
  [['administrator'], true],
  [['administrator', 'operator'], false],
  [['auditor', 'supervisor'], false],
  [['operator', 'operator'], false],
])('%j may be held together: %s', (roles, may) => expect(Roles.safeParse(roles).success).toBe(may));
