import { describe, expect, test } from 'vitest';
import { newRecoveryCodes, plainRecoveryCode, stepOfCode } from './totp.ts';

/** RFC 6238 appendix B, SHA-1: the ASCII secret 12345678901234567890, the last six of eight digits. */
const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const vectors: [seconds: number, code: string][] = [
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
];

describe('RFC 6238', () => {
  test.each(vectors)('at %i s the code is %s', (seconds, code) => {
    expect(stepOfCode(secret, code, seconds * 1000, 0)).toBe(Math.floor(seconds / 30));
  });

  test('one step early and late is taken, two are not', () => {
    const atMs = 1_234_567_890_000;
    expect(stepOfCode(secret, '005924', atMs + 30_000, 0)).toBe(41_152_263);
    expect(stepOfCode(secret, '005924', atMs - 30_000, 0)).toBe(41_152_263);
    expect(stepOfCode(secret, '005924', atMs + 61_000, 0)).toBeNull();
    expect(stepOfCode(secret, '005924', atMs - 61_000, 0)).toBeNull();
  });

  test('a step that was used does not count again, nor one before it', () => {
    const step = 41_152_263;
    expect(stepOfCode(secret, '005924', 1_234_567_890_000, step - 1)).toBe(step);
    expect(stepOfCode(secret, '005924', 1_234_567_890_000, step)).toBeNull();
    expect(stepOfCode(secret, '005924', 1_234_567_890_000, step + 1)).toBeNull();
  });

  test.each(['', '00592', '0059240', '00592a', ' 05924'])('%j is no code', (code) =>
    expect(stepOfCode(secret, code, 1_234_567_890_000, 0)).toBeNull(),
  );
});

test('ten recovery codes, all different, typed in any way', () => {
  const codes = newRecoveryCodes();
  expect(new Set(codes).size).toBe(10);
  for (const code of codes) {
    expect(code).toMatch(/^([a-z2-7]{4}-){3}[a-z2-7]{4}$/);
    expect(plainRecoveryCode(` ${code.toUpperCase().replaceAll('-', ' ')}`)).toBe(plainRecoveryCode(code));
  }
});
