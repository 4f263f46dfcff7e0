import { expect, test } from 'vitest';
import { placeOf } from './rate-limit.ts';
import { blockMs, maxTries, Tries } from './tries.ts';
import { assured } from '../../../../tools/harness/assured.ts';

/** Fifty at once, each looked at a moment after it was let through. @returns how many were looked at */
async function attack(begin: () => { ok: boolean; wrong?: () => void }): Promise<number> {
  let looked = 0;
  await Promise.all(
    Array.from({ length: 50 }, async () => {
      const attempt = begin();
      if (!attempt.ok) return;
      await Promise.resolve();
      looked += 1;
      attempt.wrong?.();
    }),
  );
  return looked;
}

test('A9: of 50 tries at once, five are looked at', async () => {
  const tries = new Tries(() => 0);
  expect(await attack(() => tries.begin('account', 'address:1'))).toBe(maxTries);
  assured({
    ...{ row: 'A9', trials: 50 },
    claim: 'of guesses at the same time, five are looked at',
    control: 'counting only after looking lets all fifty through',
  });
});

test('control: counting only after looking lets all fifty through', async () => {
  const tries = new Tries(() => 0);
  const looked = await attack(() => {
    if (tries.isBlocked('account')) return { ok: false };
    return {
      ok: true,
      wrong: () => {
        const late = tries.begin('account');
        if (late.ok) late.wrong();
      },
    };
  });
  expect(looked).toBe(50);
});

test('five wrong, then ten minutes by the monotonic clock', () => {
  let nowMs = 0;
  const tries = new Tries(() => nowMs);
  const fail = () => {
    const attempt = tries.begin('account', 'address:1');
    if (attempt.ok) attempt.wrong();
    return attempt;
  };
  for (let index = 0; index < maxTries; index++) expect(fail().ok).toBe(true);
  nowMs += blockMs - 1;
  const refused = fail();
  expect(refused).toMatchObject({ ok: false, problem: { code: 'too-many', status: 429 } });
  nowMs += 1;
  expect(fail().ok).toBe(true);
});

test('a right try clears its account, and not the address that it came from', () => {
  const tries = new Tries(() => 0);
  for (let index = 0; index < 4; index++) {
    const wrong = tries.begin('victim', 'address:1');
    if (wrong.ok) wrong.wrong();
    const own = tries.begin('own', 'address:1');
    if (own.ok) own.right();
  }
  const fifth = tries.begin('other', 'address:1');
  expect(fifth.ok).toBe(true);
  if (fifth.ok) fifth.wrong();
  expect(tries.begin('own', 'address:1').ok).toBe(false);
  expect(tries.begin('victim', 'address:2').ok).toBe(true);
});

test('an IPv6 home is one place', () => {
  expect(placeOf('2001:db8:1:2:3::4')).toBe(placeOf('2001:db8:1:2:ffff::1'));
  expect(placeOf('2001:db8:1:3::4')).not.toBe(placeOf('2001:db8:1:2::4'));
  expect(placeOf('::ffff:192.0.2.1')).toBe(placeOf('192.0.2.1'));
});
