import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Commit, Incident, WallEvent, WallState } from '@clerestory/protocol';
import { startGuardedApp, type GuardedApp } from '../testing/access.ts';
import type { Browser } from '../testing/browser.ts';
import { until } from '../testing/server.ts';

let site: GuardedApp;
let supervisor: Browser;
const place = { place: 'Quay', latitude: 0, longitude: 0 };

beforeAll(async () => {
  site = await startGuardedApp();
  supervisor = await site.personAs('supervisor');
  for (const [n, id] of ['gate', 'bridge'].entries())
    await site.administrator.call('POST', '/cameras', {
      ...{ id, number: n + 1, name: id, source: { kind: 'rtsp', main: 'rtsp://127.0.0.1:9/none' } },
    });
});
afterAll(() => site.stop());

const wall = async (): Promise<WallState> => (await supervisor.call('GET', '/walls/control-room')).body;
const held = async () => (await wall()).toursHeld;
const give = async (command: object) => {
  const answer = await supervisor.call('POST', '/walls/control-room/commands', command);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
};
const open = async (): Promise<Incident> =>
  (await supervisor.call('POST', '/incidents', { type: 'fire', ...place })).body;
const close = ({ id }: Incident) => supervisor.call('POST', `/incidents/${id}/close`);
const isHeld = (number: number | null) =>
  until(async () => ((await held())?.alert ?? null) === number || undefined);
/** What became of the tours of the wall, oldest first. */
async function turns(): Promise<unknown[]> {
  const { items } = (await supervisor.call('GET', '/walls/control-room/commits?limit=50')).body;
  return items
    .flatMap(({ events }: Commit) => events)
    .flatMap((event: WallEvent) =>
      event.type === 'tours:held' ? [event.why] : event.type === 'tours:released' ? ['on'] : [],
    );
}

test('an incident holds the tours that run, from its beginning until the last one since then is closed', async () => {
  const early = await open();
  await give({ type: 'tile:tour', screen: 'left', tile: 0, cameras: ['gate', 'bridge'], dwellS: 5 });
  expect(await held()).toBeUndefined();

  const first = await open();
  await isHeld(first.number);
  expect((await held())?.why).toBe(`incident ${first.number}, Fire or explosion`);
  const second = await open();
  await close(first);
  const third = await open();
  await close(third);
  await close(second);
  await isHeld(null);
  expect(await turns()).toEqual([`incident ${first.number}, Fire or explosion`, 'on']);
  await close(early);
});

test('what a person lets go on goes on until the next incident; what a person holds no incident lets go', async () => {
  const first = await open();
  await isHeld(first.number);
  await give({ type: 'tours:hold', why: null });
  const second = await open();
  await isHeld(second.number);
  await give({ type: 'tours:hold', why: 'Panic button' });
  await close(second);
  await close(first);
  const third = await open();
  await close(third);
  await give({ type: 'tours:hold', why: 'Still' });
  expect((await turns()).slice(2)).toEqual([
    ...[`incident ${first.number}, Fire or explosion`, 'on', `incident ${second.number}, Fire or explosion`],
    ...['Panic button', 'Still'],
  ]);
});
