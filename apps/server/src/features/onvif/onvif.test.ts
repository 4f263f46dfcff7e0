import { afterAll, afterEach, describe, expect, test } from 'vitest';
import {
  startOnvifCamera,
  type OnvifCamera,
  type OnvifCameraOptions,
} from '../../../../../tools/onvif-camera/camera.ts';
import { OnvifCameraInput, ProbeRequest, type Answer } from '@clerestory/protocol';
import { parseCameraNetworks } from '../../platform/addresses/networks.ts';
import { newId, systemClock } from '../../platform/clock.ts';
import { openDatabase } from '../../platform/database.ts';
import { createLogger } from '../../platform/logging.ts';
import { temporaryFolder } from '../../testing/folder.ts';
import { CameraService } from '../cameras/index.ts';
import { cameraStore } from '../cameras/store.ts';
import { discover } from './discovery.ts';
import { OnvifService } from './service.ts';
import { deviceStore } from './store.ts';

const login = { username: 'wächter & co', password: 'p<&"ss' };
const folder = temporaryFolder();
const { db, close } = openDatabase(folder.dir);
const networks = parseCameraNetworks('loopback');
const cameras = new CameraService(db, systemClock, [], { networks, pushPorts: { from: 20_000, to: 20_099 } });
const onvif = new OnvifService({ db, clock: systemClock, log: createLogger('silent'), cameras, networks });
const open: OnvifCamera[] = [];
afterAll(async () => {
  onvif.stop();
  await close();
  folder.remove();
});
afterEach(async () => {
  for (const camera of open.splice(0)) await camera.close();
});

async function camera(options: OnvifCameraOptions = {}): Promise<OnvifCamera> {
  const made = await startOnvifCamera(options);
  open.push(made);
  return made;
}
/* eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look at answers of any shape */
const told = <T>(answer: Answer<T>): { status: number; body: any } =>
  answer.ok ? { status: 200, body: answer.value } : { status: answer.problem.status, body: answer.problem };
const probe = async (address: string, given: object = {}) =>
  told(await onvif.probe(ProbeRequest.parse({ address, ...given })));
const register = async (input: object) =>
  told(await onvif.register(OnvifCameraInput.parse(input), newId(), 'test'));

/** What the store keeps of a camera, secrets included. */
async function stored(id: string) {
  const found = (await cameraStore.all(db)).find((one) => one.id === id);
  return { source: found?.source, device: (await deviceStore.all(db)).find(([one]) => one === id)?.[1] };
}

describe('a camera is probed and registered', () => {
  test.each([
    ['WS-Security', { login }],
    ['WS-Security, a clock three days ahead', { login, model: { clockSkewMs: 3 * 86_400_000 } }],
    ['HTTP digest', { login, httpDigest: true }],
    ['no login', {}],
  ] as [string, OnvifCameraOptions][])('%s', async (_name, options) => {
    const device = await camera(options);
    const { status, body } = await probe(device.host, options.login ?? {});
    expect(body).toMatchObject({
      device: { manufacturer: 'Lumen & Sons', model: 'Dome <7>', serial: 'LS-0007' },
      ...{ main: 'main', sub: 'sub', hasSnapshot: true, events: true },
      ptz: { move: true, zoom: true, presets: true, home: true },
    });
    expect(status).toBe(200);
    expect(JSON.stringify(body)).not.toMatch(/rtsp:|8554|p<&/);
    const skewed = options.model?.clockSkewMs !== undefined;
    expect(body.notes.join()).toMatch(skewed ? /clock is 259\d{3} s ahead: switch NTP on/ : /^$/);

    const created = await register({ probe: body.probe, name: 'Harbour' });
    expect(created).toMatchObject({ status: 200, body: { source: { kind: 'rtsp', hasSub: true } } });
    expect(await stored(created.body.id)).toMatchObject({
      source: { main: 'rtsp://127.0.0.1:8554/main', sub: 'rtsp://127.0.0.1:8554/sub', ...options.login },
      device: { url: `http://${device.host}`, ptzProfile: 'main', events: true },
    });
    await cameras.remove(created.body.id);
    expect((await stored(created.body.id)).device).toBeUndefined();
  });

  test('the profiles may be chosen, and main alone taken', async () => {
    const { body } = await probe((await camera()).host);
    const created = await register({ probe: body.probe, name: 'Quay', main: 'sub', sub: null });
    expect(created.body.source).toMatchObject({ hasSub: false });
    const { source } = await stored(created.body.id);
    expect(source).toMatchObject({ main: 'rtsp://127.0.0.1:8554/sub' });
    const unknown = await register({ probe: body.probe, name: 'Quay', main: 'nothing' });
    expect(unknown).toMatchObject({ status: 422, body: { errors: [{ pointer: '/main' }] } });
    const gone = await register({ probe: 'no-such-probe', name: 'Quay' });
    expect(gone).toMatchObject({ status: 410, body: { detail: expect.stringContaining('Probe it again') } });
  });
});

describe('what goes wrong is told in the words of the device', () => {
  test.each([
    [
      { username: login.username, password: 'wrong' },
      /The camera says: “Sender not authorized”.*Check user name/,
    ],
    [{}, /Give the user name and password of an ONVIF user/],
  ])('a refused login: %j', async (given, words) => {
    const { status, body } = await probe((await camera({ login })).host, given);
    expect({ status, detail: body.detail }).toEqual({ status: 502, detail: expect.stringMatching(words) });
    expect(body.errors).toEqual([{ pointer: '/password', message: body.detail }]);
  });

  test('a login refused by HTTP digest is asked for twice, not for ever', async () => {
    const device = await camera({ login, httpDigest: true });
    const { body } = await probe(device.host, { ...login, password: 'wrong' });
    expect(body.detail).toMatch(/refuses the login/);
    expect(device.operations.filter((name) => name === 'GetServices').length).toBeLessThanOrEqual(2);
  });

  test('a fault of its own', async () => {
    const device = await camera();
    device.faults.refuse['GetProfiles'] = {
      subcode: 'ter:Busy',
      reason: 'Rebooting at http://10.9.8.7/x, wait 30 s',
    };
    const { body } = await probe(device.host);
    expect(body.detail).toContain('“Rebooting at <address> wait 30 s”');
  });

  test.each([
    ['garbage', '<html><body>Router</body></html>'],
    ['cut XML', '<?xml version="1.0"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Bo'],
    ['a text that patterns choke on', `<a xmlns${'s'.repeat(200_000)}`],
    ['an answer without an end', 'x'.repeat(600_000)],
    ['a billion laughs', `<!DOCTYPE l [<!ENTITY a "${'lol'.repeat(99)}">]><l>&a;&a;&a;</l>`],
    ['nothing', ''],
  ])('%s', async (_name, bytes) => {
    const device = await camera();
    device.faults.garble['GetDeviceInformation'] = bytes;
    const { status, body } = await probe(device.host);
    expect(status).toBe(502);
    expect(body.detail).toMatch(/does not speak ONVIF|Check that this is the address|too large/);
  });

  test('it wants to send us on', async () => {
    const device = await camera();
    device.faults.redirect['GetProfiles'] = 'http://169.254.169.254/latest';
    expect((await probe(device.host)).body.detail).toMatch(
      /send us on to another address, which is not followed/,
    );
  });

  test('it answers one question never: the others are not waited for', async () => {
    const device = await camera();
    device.faults.hang.add('GetProfiles');
    expect((await probe(device.host)).body.detail).toMatch(/no answer in time/);
  }, 15_000);

  test('nobody is there, or nobody may be', async () => {
    const nobody = await probe('127.0.0.1:9');
    expect(nobody.body.detail).toMatch(/Nothing listens there: check the port/);
    for (const address of [
      '10.0.0.5',
      'http://169.254.169.254/',
      '[::ffff:10.1.1.1]:80',
      'file:///etc/passwd',
    ]) {
      const refused = await probe(address);
      expect(refused).toMatchObject({ status: 422, body: { errors: [{ pointer: '/address' }] } });
    }
  });
});

describe('a device that names other hosts', () => {
  test('neither its services nor its streams are looked for there', async () => {
    const device = await camera({
      model: {
        advertisedHost: '203.0.113.7:80',
        profiles: [
          { token: 'a', name: 'A', encoding: 'H264', width: 1280, height: 720, fps: 25, bitrateKbps: 2048, uri: 'rtsp://root:s3cret@198.51.100.9:554/live?x=1&y=2' }, // prettier-ignore
          { token: 'b', name: 'B', encoding: 'H264', width: 640, height: 360, fps: 25, bitrateKbps: 512, uri: 'file:///etc/passwd' }, // prettier-ignore
        ],
      },
    });
    const { body } = await probe(device.host);
    expect(body.notes.join(' ')).toMatch(/names another host/);
    expect(body).toMatchObject({ main: 'a', sub: null });
    expect(body.profiles[1].reason).toMatch(/no RTSP address/);
    const created = await register({ probe: body.probe, name: 'Elsewhere' });
    expect((await stored(created.body.id)).source).toMatchObject({
      ...{ main: 'rtsp://127.0.0.1:554/live?x=1&y=2', username: 'root', password: 's3cret' },
    });
  });
});

describe('search', () => {
  const loopback = () => [{ name: 'lo', address: '127.0.0.1' }];
  const allowed = () => null;

  test('devices answer on the interface that was asked', async () => {
    const device = await camera();
    const port = await device.announce();
    const found = await discover({
      names: ['lo', 'eth7'],
      waitMs: 500,
      refusal: allowed,
      port,
      interfaces: loopback,
    });
    expect(found.devices).toEqual([
      expect.objectContaining({
        address: device.url,
        name: 'Lumen & Sons Dome <7>',
        location: 'Harbour',
        notes: [],
      }),
    ]);
    expect(found.interfaces).toEqual([
      { name: 'lo', address: '127.0.0.1', searched: true, reason: '' },
      { name: 'eth7', address: '', searched: false, reason: expect.stringContaining('no such interface') },
    ]);
  });

  test('one that names another address is used where it answered', async () => {
    const device = await camera({ model: { advertisedHost: '203.0.113.7:8080' } });
    const port = await device.announce();
    const { devices } = await discover({
      names: null,
      waitMs: 500,
      refusal: allowed,
      port,
      interfaces: loopback,
    });
    expect(devices[0]).toMatchObject({ address: 'http://127.0.0.1:8080/onvif/device_service' });
    expect(devices[0]?.notes.join()).toMatch(/names another host/);
  });

  test('an interface that leads to where no camera may be is not searched', async () => {
    const refusal = (address: string) => (address === '127.0.0.1' ? 'it is this machine' : null);
    const { interfaces } = await discover({ names: null, waitMs: 500, refusal, interfaces: loopback });
    expect(interfaces).toEqual([
      { name: 'lo', address: '127.0.0.1', searched: false, reason: 'it is this machine' },
    ]);
  });
});
