import { expect, test } from 'vitest';
import type { OrderStatus, WallState } from '@clerestory/protocol';
import { ordersAfter, withOrder } from './orders.ts';

const order = (id: string, state: OrderStatus['state'], wall = 'room'): OrderStatus => ({
  ...{ wall, id, screen: 'left', kind: 'reload', who: 'Olga', at: Number(id), state, note: '' },
});
const wall = { id: 'room' } as WallState;
const states = (orders: readonly OrderStatus[]) => orders.map(({ id, state }) => `${id} ${state}`);

test('an order stands once, with its last word', () => {
  expect(states(withOrder([order('1', 'sent'), order('2', 'sent')], order('1', 'done')))).toEqual([
    '2 sent',
    '1 done',
  ]);
});

test('after a reconnect nothing is on its way that the server has given up or never knew', () => {
  const before = [order('1', 'done'), order('2', 'sent'), order('3', 'sent'), order('4', 'sent', 'other')];
  const told = [order('2', 'lost'), order('5', 'sent')];
  expect(states(ordersAfter(before, { wall, orders: told }))).toEqual([
    '1 done',
    '2 lost',
    '3 lost',
    '4 sent',
    '5 sent',
  ]);
  // A server of before says nothing of orders.
  expect(ordersAfter(before, { wall })).toBe(before);
});
