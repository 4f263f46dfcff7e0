import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  orderTtlMs,
  type OrderForScreen,
  type OrderStatus,
  type ServerEventName,
} from '@clerestory/protocol';
import type { Database } from '../../platform/database.ts';
import type { WindowSocket } from '../../platform/sockets.ts';
import { TurnedClock } from '../../testing/clock.ts';
import { ScreenOrders } from './orders.ts';

let told: { event: ServerEventName; payload: unknown }[];
let orders: ScreenOrders;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  told = [];
  orders = new ScreenOrders({
    // An order to say who it is goes to no record, so no store is asked.
    db: {} as Database,
    record: { append: () => Promise.reject(new Error('not asked')) },
    clock: new TurnedClock(),
    audience: { tell: (_room, event, payload) => void told.push({ event, payload }) },
    walls: { get: () => ({ screens: [{ id: 'left', name: 'Left' }] }) },
    screens: { status: () => ({ connected: 1 }) },
    whoIs: () => ({ who: 'Olga', actor: 'person:olga' }),
    mayWatch: () => true,
    isPublic: () => true,
  });
});
afterEach(() => {
  orders.stop();
  vi.useRealTimers();
});

const desk = { data: { wall: 'room', hello: { surface: 'console' } } } as unknown as WindowSocket;
const screen = {
  data: { wall: 'room', hello: { surface: 'screen', screen: 'left' } },
} as unknown as WindowSocket;
const identify = () => orders.order({ wall: 'room', screens: ['left'], order: { kind: 'identify' } }, desk);
const outcomes = () =>
  told
    .filter(({ event }) => event === 'screen:order-status')
    .map(({ payload }) => (payload as OrderStatus).state);
const given = () => told.find(({ event }) => event === 'screen:order')?.payload as OrderForScreen;

test('a screen that is there and says nothing: lost when the time is over, and not before', async () => {
  await identify();
  expect(given()).toMatchObject({ screen: 'left', ttlMs: orderTtlMs });
  vi.advanceTimersByTime(orderTtlMs - 1);
  expect(outcomes()).toEqual(['sent']);
  vi.advanceTimersByTime(1);
  expect(outcomes()).toEqual(['sent', 'lost']);
  // Whoever was away hears it with the wall.
  expect(orders.last('room')).toMatchObject([
    { state: 'lost', by: 'person:olga', note: 'The screen did not answer within 10 s' },
  ]);
  expect(orders.last('elsewhere')).toEqual([]);
});

test('the word of the screen in time ends the waiting; later it is refused', async () => {
  await identify();
  const done = { id: given().id, screen: 'left', done: true, note: '' };
  expect(orders.done(done, screen).ok).toBe(true);
  vi.advanceTimersByTime(orderTtlMs * 2);
  expect(outcomes()).toEqual(['sent', 'done']);
  expect(orders.done(done, screen)).toMatchObject({ ok: false, problem: { code: 'gone' } });
});

test('what is kept has an end, and goes with its screen', async () => {
  for (let n = 0; n < 120; n++) {
    await identify();
    vi.advanceTimersByTime(orderTtlMs);
  }
  expect(orders.last('room')).toHaveLength(100);
  orders.forget('left');
  expect(orders.last('room')).toEqual([]);
});
