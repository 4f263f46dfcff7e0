import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ConsentTerms, ptzIdleMs, type PtzHolder, type PtzTaken } from '@clerestory/protocol';
import { startOnvifCamera, type OnvifCamera } from '../../../../../tools/onvif-camera/camera.ts';
import { openDatabase } from '../../platform/database.ts';
import { startGuardedApp, type GuardedApp } from '../../testing/access.ts';
import type { Browser } from '../../testing/browser.ts';
import { freshKey, openTerms, ownerOf, place } from '../../testing/private-camera.ts';
import { openWindow, until, type TestSocket } from '../../testing/server.ts';

let site: GuardedApp;
let device: OnvifCamera;
let camera: string;
let people: Record<'ann' | 'bob' | 'sue', Browser>;
const windows: TestSocket[] = [];

async function register(at: GuardedApp, { host } = device): Promise<string> {
  const probe = await at.administrator.call('POST', '/onvif/probe', { address: host });
  const made = await at.administrator.call('POST', '/onvif/cameras', {
    probe: probe.body.probe,
    name: 'Dome',
  });
  if (made.status !== 201) throw new Error(JSON.stringify([probe.body, made.body]));
  return made.body.id as string;
}
async function windowOf(browser: Browser): Promise<TestSocket> {
  const socket = await openWindow(browser.url, { surface: 'console' }, { cookie: browser.cookieHeader() });
  windows.push(socket);
  await socket.emitWithAck('wall:join', {});
  return socket;
}
const right = { pan: 0.5, tilt: 0, zoom: 0 };
const move = (socket: TestSocket, speed = right) => socket.emitWithAck('ptz:move', { camera, ...speed });
/** What the camera was told since, in short. */
const told = () => device.ptz.map(({ name, pan }) => (name === 'ContinuousMove' ? `move ${pan}` : name));
const stopped = () => until(() => device.ptz.at(-1)?.name === 'Stop');
const moving = () => until(() => device.ptz.at(-1)?.name === 'ContinuousMove');
/** Keeps a key down until the returned function is called, as a page does. */
function hold(socket: TestSocket): () => void {
  const timer = setInterval(() => socket.emit('ptz:move', { camera, ...right }, () => undefined), 150);
  return () => clearInterval(timer);
}

beforeAll(async () => {
  device = await startOnvifCamera();
  site = await startGuardedApp();
  people = {
    ann: await site.personAs('operator', 'ann'),
    bob: await site.personAs('operator', 'bob'),
    sue: await site.personAs('supervisor', 'sue'),
  };
});
afterAll(async () => {
  await site.stop();
  await device.close();
});
beforeEach(async () => {
  camera = await register(site);
  device.ptz.length = 0;
});
afterEach(async () => {
  for (const socket of windows.splice(0)) socket.close();
  await site.administrator.call('DELETE', `/cameras/${camera}`);
  device.faults.hang.clear();
  device.faults.refuse = {};
});

describe('a move', () => {
  test('goes on while its key is held, and stops when it is up', async () => {
    const ann = await windowOf(people.ann);
    const up = hold(ann);
    await until(() => device.ptz.length >= 3);
    up();
    expect(await ann.emitWithAck('ptz:stop', { camera })).toMatchObject({
      ok: true,
      value: { holder: { name: 'ann' } },
    });
    await stopped();
    expect(told().slice(0, 3)).toEqual(['move 0.5', 'move 0.5', 'move 0.5']);
    expect(device.ptz[0]?.timeout).toBe('PT2S');
  });

  test('a tap shorter than its way to the camera ends in STOP, never in a move', async () => {
    const ann = await windowOf(people.ann);
    await Promise.all([move(ann), ann.emitWithAck('ptz:stop', { camera }).catch(() => undefined)]);
    // A question that goes to the camera and back: whatever was on its way is there by now.
    await ann.emitWithAck('ptz:presets', { camera });
    const last = device.ptz.at(-1)?.name;
    expect([undefined, 'Stop']).toContain(last);
  });

  test('is not repeated: it stops by itself', async () => {
    const ann = await windowOf(people.ann);
    await move(ann);
    await moving();
    await stopped();
    expect(told().filter((one) => one !== 'Stop')).toEqual(['move 0.5']);
  });

  test('its window goes: it stops at once and the camera is free', async () => {
    const [ann, bob] = [await windowOf(people.ann), await windowOf(people.bob)];
    hold(ann);
    await moving();
    ann.disconnect();
    await stopped();
    expect(await move(bob)).toMatchObject({ ok: true, value: { holder: { name: 'bob' } } });
  });

  test.each(['locked', 'signed out'])('its session is %s: it stops at once', async (how) => {
    const browser = await site.personAs('operator');
    const socket = await windowOf(browser);
    const up = hold(socket);
    await moving();
    await browser.call(how === 'locked' ? 'POST' : 'DELETE', how === 'locked' ? '/session/lock' : '/session');
    await stopped();
    up();
    expect(device.ptz.at(-1)?.name).toBe('Stop');
  });

  test('the right ends: it stops, and is refused from then on', async () => {
    const ann = await windowOf(people.ann);
    const up = hold(ann);
    await moving();
    const deny = await site.administrator.call('POST', '/rights', {
      ...{ effect: 'deny', party: { kind: 'role', id: 'operator' }, rights: ['ptz'], group: null },
    });
    expect(deny.status).toBe(201);
    await stopped();
    up();
    expect(await move(ann)).toMatchObject({ ok: false, problem: { code: 'forbidden' } });
    await site.administrator.call('DELETE', `/rights/${deny.body.id}`);
  });

  test('the camera answers a move never: STOP does not wait for it', async () => {
    const ann = await windowOf(people.ann);
    device.faults.hang.add('ContinuousMove');
    await move(ann);
    await until(() => device.operations.at(-1) === 'ContinuousMove');
    await ann.emitWithAck('ptz:stop', { camera });
    await stopped();
  });

  test('the camera refuses STOP: it is sent again, and the fault is told', async () => {
    const ann = await windowOf(people.ann);
    await move(ann);
    await moving();
    device.faults.refuse['Stop'] = { subcode: 'ter:Busy', reason: 'Busy' };
    await ann.emitWithAck('ptz:stop', { camera });
    const asked = () => device.operations.filter((name) => name === 'Stop').length;
    const before = asked();
    await until(() => asked() >= before + 2);
    device.faults.refuse = {};
    await stopped();
  });
});

describe('one holder', () => {
  test('is named to everybody; another operator waits, a supervisor takes over', async () => {
    const [ann, bob, sue] = [
      await windowOf(people.ann),
      await windowOf(people.bob),
      await windowOf(people.sue),
    ];
    const heard: (string | null)[] = [];
    bob.on('ptz:holder', ({ holder }: PtzHolder) => heard.push(holder?.name ?? null));
    const lost: [string, PtzTaken][] = [];
    for (const [name, window] of Object.entries({ ann, bob, sue }))
      window.on('ptz:taken', (taken: PtzTaken) => lost.push([name, taken]));
    const up = hold(ann);
    await moving();
    await until(() => heard.at(-1) === 'ann');
    const free = `It is free when it has not been moved for ${ptzIdleMs / 1_000} s.`;
    expect(await move(bob)).toMatchObject({
      ok: false,
      problem: {
        code: 'conflict',
        detail: `ann moves this camera. ${free} A supervisor, or whoever has it open for an incident, may take it over by moving it.`,
      },
    });
    expect(await move(sue, { pan: -1, tilt: 0, zoom: 0 })).toMatchObject({ ok: true });
    await until(() => heard.at(-1) === 'sue');
    // What takes it over moves it as well.
    await until(() => told().includes('move -1'));
    // Whoever lost it hears so without another try, and nobody else does.
    expect(lost).toEqual([['ann', { camera, name: 'sue', rank: 'supervisor', isOwn: false }]]);
    up();
    // The operator's key is still down; it moves nothing any more.
    expect(await move(ann)).toMatchObject({
      ok: false,
      problem: { detail: `sue moves this camera. ${free} Nobody takes it over from a supervisor.` },
    });
    const other = await windowOf(people.sue);
    expect(await move(other)).toMatchObject({ ok: true });
    await until(() => lost.length === 2);
    expect(lost[1]).toEqual(['sue', { camera, name: 'sue', rank: 'supervisor', isOwn: true }]);
    // A key that is still down in the first window does not take it back; once that is up, another one does.
    expect(await move(sue)).toMatchObject({ ok: false, problem: { code: 'conflict' } });
    await sue.emitWithAck('ptz:stop', { camera });
    expect(await move(sue)).toMatchObject({ ok: true });
    const late = await windowOf(people.ann);
    const joined = await late.emitWithAck('wall:join', {});
    expect(joined.ok && joined.value.ptz).toMatchObject([
      { camera, holder: { name: 'sue', rank: 'supervisor' } },
    ]);
    expect(await sue.emitWithAck('ptz:release', { camera })).toMatchObject({
      ok: true,
      value: { holder: null },
    });
    await until(() => heard.at(-1) === null);
    await stopped();
  });

  test('of a private camera: who has it open for an incident comes before a standing purpose, and after a supervisor', async () => {
    // What was lent under its address cannot be registered as public afterwards.
    const [usual, lent] = [camera, await startOnvifCamera()];
    for (const profile of lent.model.profiles) profile.uri += '?lent';
    camera = await register(site, lent);
    const lend = { visibility: 'private', owner: await ownerOf(site), placeKind: 'shop', ...place };
    expect((await site.administrator.call('PATCH', `/cameras/${camera}`, lend)).status).toBe(200);
    const terms = { type: 'give', terms: ConsentTerms.parse(openTerms) } as const;
    await site.app.owners.ownerChanges(lend.owner, camera, terms, freshKey());
    const at = { type: 'robbery', place: 'Quay', ...place };
    const incident = (await people.sue.call('POST', '/incidents', at)).body.id as string;
    const open = async (who: Browser, purpose: object) => {
      const { body } = await who.call('POST', '/grants', { cameras: [{ camera }], purpose });
      expect(body.items[0].grants).toMatchObject([{ state: 'live' }]);
    };
    const fire = { kind: 'standing', purpose: 'fire' };
    await open(people.ann, fire);
    await open(people.bob, { kind: 'incident', incident });
    await open(people.sue, fire);
    const [ann, bob, sue] = [
      await windowOf(people.ann),
      await windowOf(people.bob),
      await windowOf(people.sue),
    ];
    const holds = (name: string, rank: string) => ({ ok: true, value: { holder: { name, rank } } });
    expect(await move(ann)).toMatchObject(holds('ann', 'operator'));
    expect(await move(bob)).toMatchObject(holds('bob', 'incident'));
    expect(await move(ann)).toMatchObject({
      ok: false,
      problem: { detail: expect.stringContaining('It is moved for an incident: a supervisor alone may') },
    });
    expect(await move(sue)).toMatchObject(holds('sue', 'supervisor'));
    expect(await move(bob)).toMatchObject({ ok: false, problem: { code: 'conflict' } });
    camera = usual;
    await lent.close();
  });

  test('for as long as it is moved, everybody hears anew when it will be free', async () => {
    const [ann, bob] = [await windowOf(people.ann), await windowOf(people.bob)];
    const heard: number[] = [];
    bob.on('ptz:holder', ({ holder }: PtzHolder) => holder && heard.push(holder.until));
    const up = hold(ann);
    await until(() => heard.length >= 3);
    up();
    expect(heard).toEqual([...new Set(heard)].sort((a, b) => a - b));
    await ann.emitWithAck('ptz:release', { camera });
  });

  test('presets and home, by name; what it cannot is refused', async () => {
    const ann = await windowOf(people.ann);
    expect(await ann.emitWithAck('ptz:presets', { camera })).toMatchObject({
      ok: true,
      value: {
        presets: [
          { token: '1', name: 'Gate' },
          { token: '2', name: 'Car park & ramp' },
        ],
      },
    });
    expect(await ann.emitWithAck('ptz:preset', { camera, preset: '2' })).toMatchObject({ ok: true });
    // A STOP of the move before may come late.
    const went = () => device.ptz.findLast(({ name }) => name !== 'Stop');
    expect(went()).toMatchObject({ name: 'GotoPreset', preset: '2' });
    expect(await ann.emitWithAck('ptz:home', { camera })).toMatchObject({ ok: true });
    expect(went()?.name).toBe('GotoHomePosition');
    expect(await ann.emitWithAck('ptz:preset', { camera, preset: '99' })).toMatchObject({
      ok: false,
      problem: { code: 'bad-gateway' },
    });
  });

  test('taking and losing are in the record', async () => {
    const ann = await windowOf(people.ann);
    await move(ann);
    await ann.emitWithAck('ptz:release', { camera });
    const auditor = await site.personAs('auditor');
    const page = await until(async () => {
      const { body } = await auditor.call('GET', `/record?subject=camera:${camera}`);
      return body.items.length >= 2 && body;
    });
    expect(
      page.items.slice(0, 2).map((one: { kind: string; detail: object }) => [one.kind, one.detail]),
    ).toEqual([
      ['ptz-lost', { because: 'released' }],
      ['ptz-taken', {}],
    ]);
  });

  test('who only sees, an auditor, a screen: none moves it; the stop of a stranger tells nothing', async () => {
    const auditor = await windowOf(await site.personAs('auditor'));
    expect(await move(auditor)).toMatchObject({ ok: false, problem: { code: 'forbidden' } });
    const ann = await windowOf(people.ann);
    const there = await ann.emitWithAck('ptz:stop', { camera });
    const nowhere = await ann.emitWithAck('ptz:stop', { camera: 'nowhere' });
    expect(there).toEqual(nowhere);
    expect(await ann.emitWithAck('ptz:move', { camera: 'nowhere', ...right })).toMatchObject({
      ok: false,
      problem: { code: 'not-found' },
    });
    expect(device.ptz).toEqual([]);
  });
});

test('a server that starts again stops what was moving when it was killed', async () => {
  // What a killed server leaves behind is its mark in the store.
  const first = await startGuardedApp();
  camera = await register(first);
  const { dir } = first;
  const copy = mkdtempSync(`${dir}-copy-`);
  await first.app.close();
  cpSync(dir, copy, { recursive: true });
  const { db, close } = openDatabase(copy);
  await db.insertInto('ptz_moving').values({ camera }).execute();
  await close();
  device.ptz.length = 0;
  const again = await startGuardedApp({}, copy);
  await stopped();
  await again.app.close();
  const after = openDatabase(copy);
  expect(await after.db.selectFrom('ptz_moving').selectAll().execute()).toEqual([]);
  await after.close();
  for (const one of [dir, copy]) rmSync(one, { recursive: true, force: true });
});
