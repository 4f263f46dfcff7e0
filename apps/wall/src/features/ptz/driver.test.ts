import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ptzRenewMs } from '@clerestory/protocol';
import { PtzDriver } from './driver.ts';

let said: string[];
let driver: PtzDriver;
let taken: boolean;
beforeEach(() => {
  vi.useFakeTimers();
  said = [];
  taken = true;
  driver = new PtzDriver({
    move: ({ pan, tilt, zoom }) => {
      said.push([pan, tilt, zoom].join(' '));
      return Promise.resolve(taken);
    },
    stop: () => void said.push('stop'),
  });
});
afterEach(() => vi.useRealTimers());

test('a held key is said again until it is up', () => {
  driver.press('ArrowRight', 'right');
  driver.press('ArrowRight', 'right');
  vi.advanceTimersByTime(ptzRenewMs * 2);
  driver.release('ArrowRight');
  vi.advanceTimersByTime(ptzRenewMs * 3);
  expect(said).toEqual(['0.5 0 0', '0.5 0 0', '0.5 0 0', 'stop']);
});

test('two keys go together; opposite ones stand still; the last one up stops', () => {
  driver.press('a', 'right');
  driver.press('b', 'up');
  driver.press('c', 'left');
  driver.release('a');
  driver.release('b');
  driver.release('c');
  expect(said).toEqual(['0.5 0 0', '0.5 0.5 0', '0 0.5 0', '-0.5 0.5 0', '-0.5 0 0', 'stop']);
});

test('a lost focus stops once; what was refused is not said again', async () => {
  driver.press('a', 'closer');
  driver.releaseAll();
  driver.releaseAll();
  driver.release('a');
  taken = false;
  driver.press('a', 'wider');
  await vi.advanceTimersByTimeAsync(ptzRenewMs * 3);
  driver.release('a');
  expect(said).toEqual(['0 0 0.5', 'stop', '0 0 -0.5']);
});
