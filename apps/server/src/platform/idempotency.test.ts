import { afterEach, beforeEach, expect, test } from 'vitest';

import { TurnedClock } from '../testing/clock.ts';
import { temporaryFolder } from '../testing/folder.ts';
import { ClockSteps } from './clock-steps.ts';
import { openDatabase, type OpenDatabase } from './database.ts';
import { OldKeys, once } from './idempotency.ts';
import { createLogger } from './logging.ts';

const hourMs = 3_600_000;
let folder: ReturnType<typeof temporaryFolder>;
let store: OpenDatabase;
let clock: TurnedClock;
let keys: OldKeys;
let steps: ClockSteps;
let done: string[];

beforeEach(async () => {
  folder = temporaryFolder();
  store = openDatabase(folder.dir);
  clock = new TurnedClock();
  const log = createLogger('silent');
  steps = new ClockSteps({ db: store.db, clock, machine: clock, log });
  await steps.load();
  keys = new OldKeys({ db: store.db, steps, log });
  done = [];
});
afterEach(async () => {
  await store.close();
  folder.remove();
});

/** @returns whether it was known already */
async function ask(key: string): Promise<boolean> {
  const request = { key, fingerprint: 'the same', nowMs: clock.nowMs() };
  const { repeated } = await once(store.db, request, async () => ({
    ok: true,
    value: done.push(key),
  }));
  return repeated;
}
const lookThrough = async () => {
  await steps.look();
  await keys.look();
};

test('a key is known for a day, and forgotten then', async () => {
  await ask('first');
  clock.pass(23 * hourMs);
  await lookThrough();
  expect(await ask('first')).toBe(true);
  clock.pass(2 * hourMs);
  await lookThrough();
  expect(await ask('first')).toBe(false);
});

test.each([-48, 25, 24 * 365])(
  'F1 the clock is set by %i h and right again: who asks once more with the key does nothing twice, whenever',
  async (hours) => {
    await ask('before');
    clock.step(hours * hourMs);
    await lookThrough();
    await ask('meanwhile');
    expect(await ask('before')).toBe(true);
    clock.pass(hourMs);
    clock.step(-hours * hourMs);
    await lookThrough();
    expect([await ask('before'), await ask('meanwhile')]).toEqual([true, true]);
    expect(done).toEqual(['before', 'meanwhile']);
  },
);
