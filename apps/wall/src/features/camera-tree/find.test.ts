import { expect, test } from 'vitest';
import type { Camera, CameraHealth } from '@clerestory/protocol';
import { elsewhere, findCameras } from './find.ts';

const camera = (number: number, name: string, neighbourhood: string, tags: string[] = []): Camera => ({
  id: `camera-${number}`,
  number,
  name,
  place: `${name} Street`,
  neighbourhood,
  latitude: null,
  longitude: null,
  keep: 'on-demand',
  tags,
  source: { kind: 'demo', hasSub: false, hasLogin: false },
  heading: null,
  viewAngle: null,
  placeKind: 'street',
  visibility: 'public',
  tier: 'integrated',
  owner: null,
  revision: 1,
  createdAt: 0,
  updatedAt: 0,
});
const cameras = [
  camera(12, 'Café Rosé', 'Old Town', ['terrace']),
  camera(3, 'Quay', 'Harbour'),
  camera(112, 'Mill', ''),
  camera(1, 'Bell Tower', 'Old Town'),
];
const down: CameraHealth = {
  camera: 'camera-3',
  state: 'offline',
  reason: '',
  since: 0,
  streams: [],
  viewers: 0,
};
const find = (query: string, filter: Parameters<typeof findCameras>[3] = 'all') =>
  findCameras(cameras, { 'camera-3': down }, query, filter).map((group) => [
    group.name,
    ...group.cameras.map(({ number }) => number),
  ]);

test('groups by neighbourhood, numbers in order, those without one last', () => {
  expect(find('')).toEqual([
    ['Harbour', 3],
    ['Old Town', 1, 12],
    [elsewhere, 112],
  ]);
});
test.each([
  ['cafe', [['Old Town', 12]]],
  ['OLD bell', [['Old Town', 1]]],
  ['terrace', [['Old Town', 12]]],
  ['12', [['Old Town', 12]]],
  ['11', [[elsewhere, 112]]],
  ['quay mill', []],
])('%s finds %j', (query, found) => expect(find(query)).toEqual(found));
test('a camera of which nothing was heard is idle', () => {
  expect(find('', 'offline')).toEqual([['Harbour', 3]]);
  expect(find('', 'idle')).toHaveLength(2);
});
