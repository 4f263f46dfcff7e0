import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { OrderStatus, WallState } from '@clerestory/protocol';
import { initialStore, type WallStore } from '../state/store.ts';
import { tellNews } from './tell-news.ts';

let wall: StoreApi<WallStore>;
let said: string[];
let stop: () => void;
const nowMs = 1_000_000;

const room = (control?: WallState['control']): WallState =>
  ({
    id: 'room',
    screens: [{ id: 'left', name: 'Left' }],
    ...(control && { control }),
  }) as unknown as WallState;
const order = (id: string, state: OrderStatus['state'], by: string): OrderStatus => ({
  ...{ wall: 'room', id, screen: 'left', kind: 'message', who: by, by, at: 0, state, note: 'Too slow' },
});
const held = (by: string, until = nowMs + 60_000): WallState['control'] => ({
  ...{ by: `person:${by}`, name: by, since: 0, until },
});

beforeEach(() => {
  vi.useFakeTimers();
  said = [];
  wall = createStore<WallStore>(() => ({ ...initialStore, wall: room() }));
  stop = tellNews({
    ...{ wall, nowMs: () => nowMs, isMine: (by: string) => by === 'person:olga' },
    say: ({ title }) => void said.push(title),
  });
});
afterEach(() => {
  stop();
  vi.useRealTimers();
});

test('what did not arrive is told to whoever ordered it, and to nobody else', () => {
  wall.setState({
    orders: [order('a', 'sent', 'person:olga'), { ...order('b', 'sent', 'person:samir'), screen: 'right' }],
  });
  wall.setState({
    orders: [order('a', 'lost', 'person:olga'), { ...order('b', 'lost', 'person:samir'), screen: 'right' }],
  });
  vi.runAllTimers();
  expect(said).toEqual(['Message did not arrive on Left']);
  wall.setState({ orders: [...wall.getState().orders] });
  vi.runAllTimers();
  expect(said).toHaveLength(1);
});

test('whoever had control is told that it was taken over or ran out, not that it was given back', () => {
  wall.setState({ wall: room(held('olga')) });
  wall.setState({ wall: room(held('samir')) });
  expect(said).toEqual(['samir has taken control over']);
  wall.setState({ wall: room(held('ana')) });
  wall.setState({ wall: room(held('olga')) });
  wall.setState({ wall: room() });
  expect(said).toHaveLength(1);
  wall.setState({ wall: room(held('olga', nowMs - 1)) });
  wall.setState({ wall: room() });
  expect(said.at(-1)).toBe('Your control ran out');
});
