import { afterEach, beforeEach, expect, test } from 'vitest';
import { TurnedClock } from '../testing/clock.ts';
import { temporaryFolder } from '../testing/folder.ts';
import { ClockSteps } from './clock-steps.ts';
import { openDatabase, type OpenDatabase } from './database.ts';
import { createLogger } from './logging.ts';

const hourMs = 3_600_000;
const weekMs = 7 * 24 * hourMs;
let folder: ReturnType<typeof temporaryFolder>;
let store: OpenDatabase;
let clock: TurnedClock;
let steps: ClockSteps;

async function begin(): Promise<void> {
  steps = new ClockSteps({ db: store.db, clock, machine: clock, log: createLogger('silent') });
  await steps.load();
}
beforeEach(async () => {
  folder = temporaryFolder();
  store = openDatabase(folder.dir);
  clock = new TurnedClock();
  await begin();
});
afterEach(async () => {
  await store.close();
  folder.remove();
});

test('time that goes by is no step; what is set, back and forth, adds up', () => {
  clock.pass(weekMs);
  expect(steps.movedMs()).toBe(0);
  clock.step(-hourMs);
  expect(steps.movedMs()).toBe(-hourMs);
  clock.pass(hourMs);
  clock.step(3 * hourMs);
  expect(steps.movedMs()).toBe(2 * hourMs);
  clock.step(-2 * hourMs);
  expect(steps.movedMs()).toBe(0);
});

test('a server that starts again knows what was set before and meanwhile, also after a kill', async () => {
  clock.step(-hourMs);
  await steps.look();
  clock.step(-hourMs);
  clock.restartServer(5 * hourMs);
  await begin();
  expect(steps.movedMs()).toBe(-2 * hourMs);
  clock.step(hourMs);
  expect(steps.movedMs()).toBe(-hourMs);
});

test('a machine that was off: a clock behind what it last showed was set back, at least by that much', async () => {
  clock.pass(10 * hourMs);
  clock.step(hourMs);
  await steps.look();
  clock.restart(-3 * hourMs);
  await begin();
  expect(steps.movedMs()).toBe(-2 * hourMs);
  // The time that it was off is no step.
  await steps.look();
  clock.restart(weekMs);
  await begin();
  expect(steps.movedMs()).toBe(-2 * hourMs);
});

test('the steady time goes on at its own pace', async () => {
  const startMs = clock.nowMs();
  clock.step(400 * 24 * hourMs);
  clock.pass(hourMs);
  clock.step(-900 * 24 * hourMs);
  clock.restartServer(hourMs);
  await begin();
  expect(steps.steadyMs()).toBe(startMs + 2 * hourMs);
});

test('F1 for deleting, a clock set forward is believed after a week, and one that is set right again never was', async () => {
  const startMs = clock.nowMs();
  const behind = () => clock.nowMs() - steps.settledMs();
  clock.step(6 * 365 * 24 * hourMs);
  expect(steps.settledMs()).toBe(startMs);
  await steps.look();
  clock.pass(weekMs - 1);
  await steps.look();
  expect(behind()).toBe(6 * 365 * 24 * hourMs);
  clock.restartServer();
  await begin();
  expect(behind()).toBe(6 * 365 * 24 * hourMs);
  clock.step(hourMs);
  await steps.look();
  clock.pass(weekMs - 1);
  await steps.look();
  expect(behind()).toBeGreaterThan(0);
  clock.pass(1);
  await steps.look();
  expect(behind()).toBe(0);
  // Back is followed at once: nothing is kept less long for it.
  clock.step(-hourMs);
  expect(behind()).toBe(0);
});
