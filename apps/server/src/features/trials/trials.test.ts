import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CameraInput, RecordQuery, TrialRequest, type TrialOrder } from '@clerestory/protocol';
import type { PersonActor } from '../../platform/actor.ts';
import { parseCameraNetworks } from '../../platform/addresses/networks.ts';
import { systemClock } from '../../platform/clock.ts';
import { openDatabase, type OpenDatabase } from '../../platform/database.ts';
import { temporaryFolder } from '../../testing/folder.ts';
import { CameraService } from '../cameras/index.ts';
import { RecordService } from '../record/index.ts';
import { trialRoutes } from './index.ts';

/** What names resolve to; nobody else is asked. */
const names: Record<string, string[]> = {
  'cam.example': ['10.1.0.5'],
  'cam2.example': ['10.1.0.9'],
  'left.example': ['10.1.0.8'],
  'gate.example': ['10.1.0.1'],
  'six.example': ['2001:db8::7', '10.1.0.6'],
};
const resolve = (name: string) =>
  names[name] ? Promise.resolve(names[name]) : Promise.reject(new Error('ENOTFOUND'));

let folder: ReturnType<typeof temporaryFolder>;
let store: OpenDatabase;
let record: RecordService;
let registry: CameraService;
let orders: TrialOrder[];
let routes: ReturnType<typeof trialRoutes>;
beforeAll(async () => {
  folder = temporaryFolder();
  store = openDatabase(folder.dir);
  record = new RecordService(store.db, systemClock);
  const networks = parseCameraNetworks('private,public,239.0.0.0/8');
  const pushPorts = { from: 20_000, to: 20_099 };
  const cameras = new CameraService(store.db, systemClock, ['harbour'], { networks, pushPorts });
  const key = 'sixteen-letters!';
  const add = async (id: string, source: unknown, more: object = {}) => {
    const made = await cameras.create(CameraInput.parse({ id, name: id, source, ...more }), key + id);
    expect(made).toMatchObject({ ok: true });
  };
  await add('gate', { kind: 'rtsp', main: 'rtsp://10.1.0.1/live', sub: 'rtsp://10.1.0.2/low' });
  await add('shop', { kind: 'rtsp', main: 'rtsp://10.1.0.3:8554/a' }, { visibility: 'private' });
  await add('named', { kind: 'snapshot', main: 'http://cam.example/now.jpg' });
  await add('six', { kind: 'mjpeg', main: 'http://[2001:db8::7]/video' });
  await add('quay', { kind: 'demo', scene: 'harbour' });
  await add('sender', { kind: 'push', protocol: 'udp', port: 20_001, from: '10.1.0.4' });
  await add('group', { kind: 'mpegts', main: 'udp://239.1.1.1:5000' });
  await add('lost', { kind: 'rtsp', main: 'rtsp://nowhere.example/x' });
  // Two that were lent and are gone: by number, and by name.
  for (const [id, main] of [
    ['left', 'rtsp://10.1.0.8/live'],
    ['left-too', 'rtsp://cam2.example/live'],
  ]) {
    await add(id ?? '', { kind: 'rtsp', main }, { visibility: 'private', owner: 'olga' });
    expect(await cameras.remove(id ?? '')).toMatchObject({ ok: true });
  }
  registry = cameras;
  orders = [];
  routes = trialRoutes({
    ...{ db: store.db, record, networks, cameras, resolve },
    probed: () => ({ ok: true, value: { kind: 'rtsp', main: 'rtsp://10.1.0.1/probed', transport: 'auto' } }),
    run(order) {
      orders.push(order);
      return Promise.resolve({ ok: true, picture: { jpeg: '', codec: 'avc1', width: 1, height: 1 } });
    },
  });
});
afterAll(async () => {
  await store.close();
  folder.remove();
});

const actor: PersonActor = {
  ...{ kind: 'person', id: 'ada', name: 'Ada', roles: ['administrator'], groups: [] },
  ...{ session: 's', locked: false },
};
async function attempt(body: object, seen: (camera: string) => boolean = () => true) {
  orders.length = 0;
  const answer = await routes.tryCamera?.({ body: TrialRequest.parse(body) } as never, {
    ...{ actor, sees: seen, by: 'person:ada', key: 'k', base: null, web: undefined as never },
  });
  const { items } = await record.read(RecordQuery.parse({ kind: 'camera-tried', limit: '1' }), 'person:otto');
  return { answer, entry: items[0] };
}

test.each([
  ['its own address', 'rtsp://10.1.0.8/live'],
  ['another path and port of it', 'rtsp://10.1.0.8:8554/other'],
  ['a name of it', 'rtsp://left.example/x'],
  ['the name by which it was lent', 'rtsp://cam2.example:8080/y'],
])('nor of one that was lent and is gone, by %s, until its owner gives it free', async (_how, main) => {
  const source = { kind: 'rtsp', main };
  const { answer, entry } = await attempt({ source });
  expect(answer).toMatchObject({ ok: false, problem: { status: 403 } });
  expect(JSON.stringify(answer)).toMatch(/was lent from this device/);
  expect(orders).toEqual([]);
  expect(entry?.detail).toMatchObject({ answer: 'refused' });
});

test('what its owner has given free is tried like any other', async () => {
  for (const id of ['left', 'left-too'])
    expect(await registry.release('olga', id)).toMatchObject({ ok: true });
  for (const main of ['rtsp://10.1.0.8/live', 'rtsp://cam2.example/live'])
    expect((await attempt({ source: { kind: 'rtsp', main } })).answer).toMatchObject({ ok: true });
});

describe('from a device of a registered camera nobody gets a test picture', () => {
  const login = { username: 'root', password: 'hunter2' };
  test.each([
    ['its own address', 'gate', { kind: 'rtsp', main: 'rtsp://10.1.0.1/live', ...login }],
    ['with a query', 'gate', { kind: 'rtsp', main: 'rtsp://10.1.0.1/live?x=1' }],
    ['by another path and port', 'gate', { kind: 'hls', main: 'http://10.1.0.1:8080/other/index.m3u8' }],
    ['by its second stream', 'gate', { kind: 'rtsp', main: 'rtsp://10.1.0.2/high' }],
    [
      'as the second stream',
      'gate',
      { kind: 'rtsp', main: 'rtsp://10.9.9.9/x', sub: 'rtsp://10.1.0.1/live' },
    ],
    ['by a name', 'gate', { kind: 'rtsp', main: 'rtsp://gate.example/live' }],
    ['in another spelling', 'gate', { kind: 'rtsp', main: 'rtsp://0x0a.1.1/live' }],
    ['as an IPv4 address in IPv6', 'gate', { kind: 'rtsp', main: 'rtsp://[::ffff:10.1.0.1]/live' }],
    ['a private camera', 'shop', { kind: 'rtsp', main: 'rtsp://10.1.0.3/b' }],
    ['a camera with a name, by its number', 'named', { kind: 'rtsp', main: 'rtsp://10.1.0.5/a' }],
    ['one of several addresses', 'six', { kind: 'rtsp', main: 'rtsp://six.example/a' }],
    ['a scene', 'quay', { kind: 'demo', scene: 'harbour' }],
    [
      'a port to which one sends',
      'sender',
      { kind: 'push', protocol: 'udp', port: 20_001, from: '10.9.9.9' },
    ],
    ['a camera that sends to us', 'sender', { kind: 'rtsp', main: 'rtsp://10.1.0.4/live' }],
    ['a multicast group', 'group', { kind: 'mpegts', main: 'udp://239.1.1.1:5000' }],
  ])('%s', async (_how, camera, source) => {
    const { answer, entry } = await attempt({ source });
    expect(answer).toMatchObject({ ok: false, problem: { status: 403 } });
    expect(JSON.stringify(answer)).toContain(`\\"${camera}\\"`);
    expect(orders).toEqual([]);
    expect(entry).toMatchObject({
      actor: 'person:ada',
      subject: `camera:${camera}`,
      detail: { source: source.kind, stream: 'main', answer: 'refused' },
    });
    expect(JSON.stringify(entry)).not.toMatch(/hunter2|root|live/);
  });

  test('nor of a profile that was probed', async () => {
    const { answer } = await attempt({ probe: 'x'.repeat(21), profile: 'p' });
    expect(answer).toMatchObject({ ok: false, problem: { status: 403 } });
    expect(orders).toEqual([]);
  });

  test('whoever may not see that camera does not learn which it is', async () => {
    const source = { kind: 'rtsp', main: 'rtsp://10.1.0.1/live' };
    const { answer } = await attempt({ source }, () => false);
    expect(answer).toMatchObject({ ok: false, problem: { detail: expect.stringMatching(/^A registered/) } });
    expect(JSON.stringify(answer)).not.toContain('gate');
  });
});

test('a camera elsewhere is tried once it stands in the record, and the node keeps away from the registered ones', async () => {
  const source = { kind: 'rtsp', main: 'rtsp://10.9.9.9:8554/live', username: 'root', password: 'hunter2' };
  const { answer, entry } = await attempt({ source });
  expect(answer).toMatchObject({ ok: true });
  expect(orders[0]?.shunned.sort()).toEqual(
    ['10.1.0.1', '10.1.0.2', '10.1.0.3', '10.1.0.4', '10.1.0.5', '2001:db8::7', '239.1.1.1'].sort(),
  );
  expect(entry).toMatchObject({
    ...{ actor: 'person:ada', subject: 'server' },
    detail: { source: 'rtsp', stream: 'main', at: ['10.9.9.9:8554'], answer: 'asked' },
  });
  expect(JSON.stringify(entry)).not.toMatch(/hunter2|root|live/);
});
