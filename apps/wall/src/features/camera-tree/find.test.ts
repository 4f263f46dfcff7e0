import { expect, test } from 'vitest';
import type { Camera, CameraHealth } from '@clerestory/protocol';
import {
  elsewhere,
  everything,
  findCameras,
  groupAt,
  keyOfLine,
  lineFrom,
  linesOf,
  type FindOptions,
} from './find.ts';

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
const byNumber = [...cameras].sort((a, b) => a.number - b.number);
const found = (options: Partial<FindOptions>) =>
  findCameras(byNumber, { 'camera-3': down }, { ...everything, ...options });
const find = (query: string, state: FindOptions['state'] = 'all', more: Partial<FindOptions> = {}) =>
  found({ query, state, ...more }).map((group) => [group.name, ...group.cameras.map(({ number }) => number)]);

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

test('groups by place, tag and camera group; what is in none comes last', () => {
  expect(find('', 'all', { by: 'site' })).toEqual([
    ['Bell Tower Street', 1],
    ['Café Rosé Street', 12],
    ['Mill Street', 112],
    ['Quay Street', 3],
  ]);
  expect(find('', 'all', { by: 'tag' })).toEqual([
    ['terrace', 12],
    ['Without a tag', 1, 3, 112],
  ]);
  const groupsOf = new Map([
    ['camera-3', ['Schools', 'Harbour watch']],
    ['camera-1', ['Schools']],
  ]);
  expect(find('', 'all', { by: 'group', groupsOf })).toEqual([
    ['Harbour watch', 3],
    ['Schools', 1, 3],
    ['In no group', 12, 112],
  ]);
});
test('only favourites, where asked for', () => {
  expect(find('', 'all', { only: new Set(['camera-3', 'gone']) })).toEqual([['Harbour', 3]]);
});
test('a closed group keeps its line and its count', () => {
  const lines = linesOf(found({}), new Set(['Old Town']));
  expect(
    lines.map((line) => (line.kind === 'group' ? `${line.name} ${line.count}` : line.camera.number)),
  ).toEqual(['Harbour 1', 3, 'Old Town 2', `${elsewhere} 1`, 112]);
});
test('the keys go over groups too, begin at a camera, and know the group they are in', () => {
  const lines = linesOf(found({}), new Set(['Old Town']));
  const [harbour, third, oldTown, other] = lines.map(keyOfLine);
  expect(lineFrom(lines, null, 1)).toBe(third);
  expect(lineFrom(lines, third ?? null, -1)).toBe(harbour);
  expect(lineFrom(lines, third ?? null, 1)).toBe(oldTown);
  expect(lineFrom(lines, oldTown ?? null, 1)).toBe(other);
  expect(lineFrom(lines, oldTown ?? null, 10)).toBe(lines.map(keyOfLine).at(-1));
  expect(lineFrom(lines, null, -1)).toBe(lines.map(keyOfLine).at(-1));
  expect(lineFrom([], null, 1)).toBeNull();
  expect(groupAt(lines, third ?? null)).toMatchObject({ name: 'Harbour', isClosed: false });
  expect(groupAt(lines, oldTown ?? null)).toMatchObject({ name: 'Old Town', isClosed: true });
  expect(groupAt(lines, 'gone')).toBeUndefined();
});
