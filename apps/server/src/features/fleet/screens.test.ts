import { expect, test } from 'vitest';
import { groupScreens, screenSeen } from './screens.ts';

const minute = 60_000;
const gone = (wall: string, screen: string, from: number, why: 'lost' | 'closed' = 'lost') => ({
  ...{ wall, screen, why, from, until: null },
});

test('screens of one wall that go together are one outage; another wall, or a minute later, is another', () => {
  const found = groupScreens([
    gone('room', 'left', 0),
    gone('room', 'right', 10_000),
    gone('annex', 'left-2', 20_000),
    gone('room', 'centre', 2 * minute, 'closed'),
  ]);
  expect(found.map(({ screens, why }) => [screens, why])).toEqual([
    [['centre'], 'closed'],
    [['left-2'], 'lost'],
    [['left', 'right'], 'lost'],
  ]);
  // The same for as long as it lasts.
  expect(groupScreens([gone('annex', 'left-2', 20_000)])[0]?.id).toBe(found[1]?.id);
});

test('a screen with dark tiles is degraded; tiles whose camera somebody may not see are no word on it', () => {
  const tile = (n: number, camera: string, state: 'live' | 'offline') => ({
    ...{ tile: n, camera, state, reason: '', stream: null, latencyMs: null, fps: null },
  });
  const tiles = [tile(0, 'gate', 'live'), tile(1, 'bridge', 'offline'), tile(2, 'hidden', 'offline')];
  const report = { screen: 'left', sequence: 1, visible: true, width: 1, height: 1, tiles };
  const status = { wall: 'room', screen: 'left', connected: 1, lastSeenAt: 5, report };
  const at = (sees: (camera: string) => boolean) =>
    screenSeen({ name: 'Left', status, sees }, [], { from: 0, until: minute }).row;
  expect(at((camera) => camera !== 'hidden')).toMatchObject({ state: 'degraded', tiles: 2, darkTiles: 1 });
  expect(at((camera) => camera === 'gate')).toMatchObject({ state: 'shown', tiles: 1, darkTiles: 0 });
});
