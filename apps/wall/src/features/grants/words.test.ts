import type { Grant, Scene } from '@clerestory/protocol';
import { expect, test } from 'vitest';
import type { WallStore } from '../../state/store.ts';
import { countdown, targetAt, targetsOfScene, targetsOn, whoAnswers } from './words.ts';

const on = (camera: string, ...tour: string[]) => ({
  ...{ camera, why: 'manual' },
  ...(tour.length > 0 && { tour: { cameras: tour, dwellS: 10 } }),
});
const store = {
  cameras: {
    street: { visibility: 'public' },
    ...Object.fromEntries(['shop', 'bakery', 'yard', 'parked'].map((id) => [id, { visibility: 'private' }])),
  },
  grants: { one: { camera: 'bakery', viewer: { kind: 'screen', id: 'left' }, state: 'live' } },
  wall: {
    screens: [
      {
        id: 'left',
        layout: '4',
        tiles: { 0: on('shop'), 1: on('bakery'), 2: on('street'), 4: on('parked') },
      },
      { id: 'right', layout: '1', tiles: {} },
    ],
  },
} as unknown as WallStore;

test('asked for: what is private and shown and not live on that screen', () => {
  expect(targetsOn(store, ['left'])).toEqual([{ camera: 'shop', screen: 'left' }]);
  expect(targetsOn(store, ['right'])).toEqual([]);
});

test('of a scene: the tours’ cameras too, each once; nothing for a screen that was removed', () => {
  const screens = [
    { screen: 'left', layout: '4', tiles: { 0: on('bakery'), 3: on('shop', 'shop', 'street', 'yard') } },
    { screen: 'right', layout: '1', tiles: { 0: on('bakery'), 1: on('parked') } },
    { screen: 'gone', layout: '1', tiles: { 0: on('shop') } },
  ] as unknown as Scene['screens'];
  expect(targetsOfScene(store, { screens })).toEqual([
    { camera: 'shop', screen: 'left' },
    { camera: 'yard', screen: 'left' },
    { camera: 'bakery', screen: 'right' },
  ]);
});

test('one tile of a tour: every private camera that takes its turn, whichever is on show', () => {
  const tour = {
    ...on('street'),
    tour: { cameras: ['street', 'shop', 'yard'], dwellS: 10, startedAt: 0, pausedAt: 25_000 },
  };
  const wall = { screens: [{ id: 'left', layout: '1', tiles: { 0: tour } }] };
  expect(targetAt({ ...store, wall } as unknown as WallStore, { screen: 'left', tile: 0 })).toEqual([
    { camera: 'yard', screen: 'left' },
    { camera: 'shop', screen: 'left' },
  ]);
});

test('one tile: its camera even where it is live, since the purpose may be another now', () => {
  expect(targetAt(store, { screen: 'left', tile: 1 })).toEqual([{ camera: 'bakery', screen: 'left' }]);
  expect(targetAt(store, { screen: 'left', tile: 2 })).toEqual([]);
  expect(targetAt(store, { screen: 'left', tile: 3 })).toEqual([]);
});

test('a tile that waits says who can answer, and how long still', () => {
  const waits = (more: object) =>
    ({ askedBy: { name: 'Tess' }, state: 'waiting-approval', ...more }) as Grant;
  expect(whoAnswers(waits({ approvers: ['supervisor'] }))).toBe('A supervisor other than Tess');
  expect(whoAnswers(waits({ approvers: ['supervisor', 'operator'] }))).toBe(
    'A supervisor or an operator other than Tess',
  );
  expect(whoAnswers(waits({}))).toBe('A second person, not Tess,');
  expect(whoAnswers(waits({ state: 'waiting-owner', approvers: ['supervisor'] }))).toBe('The owner');
  expect([countdown(108_900, 0), countdown(9_000, 0), countdown(0, 1), countdown(null, 5)]).toEqual([
    ...['1:48', '0:09', '0:00', '0:00'],
  ]);
});
