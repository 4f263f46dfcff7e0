import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { apiBase, routes, type RestRoute } from '@clerestory/protocol';
import { assured } from '../../../tools/harness/assured.ts';
import { makeClockClip } from '../../../tools/rtsp-farm/clips.ts';
import { startFarm } from '../../../tools/rtsp-farm/farm.ts';
import { startApp } from './app.ts';
import { loadConfig } from './config.ts';
import { eventually, processes, Viewer } from './media/testing.ts';
import { addPerson, Browser, setUpAdministrator } from './testing/browser.ts';
import { temporaryFolder } from './testing/folder.ts';
import { openWindow } from './testing/server.ts';

const password = 'p@s:s/planted %word';
const username = 'gate-keeper-planted';
/** Every form in which it may slip out. */
const forms = [
  password,
  encodeURIComponent(password),
  encodeURI(password),
  JSON.stringify(password).slice(1, -1),
  Buffer.from(`${username}:${password}`).toString('base64'),
  Buffer.from(password).toString('base64').replace(/=+$/, ''),
  Buffer.from(password).toString('hex'),
];

/** The server and its media process, ffmpegs included. */
function family() {
  const all = processes();
  const found = all.filter(({ pid }) => pid === process.pid);
  for (let at = 0; at < found.length; at++)
    found.push(...all.filter(({ parent }) => parent === found[at]?.pid));
  return found;
}

test('A6: the login of a camera is in no answer, push, log line, process argument or environment', async () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'clerestory-camera-secrets-'));
  const clip = path.join(dir, 'street.mp4');
  await makeClockClip({ path: clip, camera: 1, seconds: 4, width: 320, height: 180, fps: 15, gopS: 0.4 });
  const farm = await startFarm({
    mounts: { street: clip },
    auth: { method: 'digest', user: username, password },
  });
  const folder = temporaryFolder();
  let logged = '';
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      logged += chunk.toString();
      done();
    },
  });
  const env = {
    ...{ CLERESTORY_PORT: '0', CLERESTORY_DATA: folder.dir, CLERESTORY_DEMO: '0' },
    ...{ CLERESTORY_CAMERA_NETWORKS: 'loopback', CLERESTORY_LOG_LEVEL: 'trace' },
  };
  const app = await startApp(loadConfig(env, folder.dir), pino({ level: 'trace' }, stream));
  const administrator = await setUpAdministrator(app);
  await addPerson(administrator, 'tess', ['operator', 'supervisor', 'investigator']);
  await addPerson(administrator, 'una', ['auditor']);
  const [team, auditor] = [new Browser(app.url), new Browser(app.url)];
  await team.signIn('tess');
  await auditor.signIn('una');

  let told = '';
  const call = async (who: Browser, method: string, address: string, body?: unknown) => {
    const answer = await who.call(method, address, body);
    told += JSON.stringify([answer.body, [...answer.headers]]);
    return answer;
  };
  const socket = await openWindow(app.url, { surface: 'console' }, { cookie: team.cookieHeader() });
  socket.onAny((...pushed: unknown[]) => (told += JSON.stringify(pushed)));
  const source = { kind: 'rtsp', main: farm.url('street'), username, password };
  // Before anything is registered there: from then on no test picture is taken of that device.
  await eventually('the media node', () => app.mediaReady(), 60_000);
  const tried = await call(administrator, 'POST', '/cameras/trial', { source });
  expect([tried.status, tried.body.codec]).toEqual([200, expect.stringMatching(/^avc1/)]);
  // One that plays, one that the camera refuses, one whose address has the login in it, one that is badly described.
  expect((await call(administrator, 'POST', '/cameras', { id: 'gate', name: 'Gate', source })).status).toBe(
    201,
  );
  const wrong = { ...source, username: `${username}-wrong` };
  await call(administrator, 'POST', '/cameras', {
    id: 'wrong',
    name: 'Wrong',
    keep: 'always',
    source: wrong,
  });
  const inside = new URL(farm.url('street'));
  inside.username = username;
  inside.password = encodeURIComponent(password);
  await call(administrator, 'POST', '/cameras', {
    id: 'inside',
    name: 'In',
    source: { kind: 'rtsp', main: inside.href },
  });
  await call(administrator, 'POST', '/cameras', {
    id: 'bad',
    name: '',
    source: { ...source, main: 'rtsp://' },
  });
  await call(administrator, 'PATCH', '/cameras/gate', { name: 'Gate 1' });
  expect((await call(administrator, 'POST', '/cameras/trial', { source })).status).toBe(403);
  await call(team, 'PUT', '/walls/control-room/screens/left/tiles/0', { camera: 'gate' });

  const viewer = await eventually(
    'a way in',
    () => Viewer.open(app.mediaPort, { headers: { cookie: team.cookieHeader() } }).catch(() => null),
    60_000,
  );
  viewer.subscribe('gate');
  await eventually('pictures', () => viewer.chunks().length > 2, 30_000);
  viewer.subscribe('wrong');
  await eventually('it is refused', () => viewer.states().includes('unauthorized'), 30_000);
  told += JSON.stringify(viewer.notices);
  for (const name of ['index.m3u8', 'main/index.m3u8', 'main/poster.jpg']) {
    const headers = { cookie: team.cookieHeader() };
    const answer = await fetch(`http://127.0.0.1:${app.mediaPort}/live/gate/${name}`, { headers });
    told += JSON.stringify([...answer.headers]) + Buffer.from(await answer.arrayBuffer()).toString('latin1');
  }
  await call(team, 'POST', '/cameras/gate/player-link');
  const running = family();
  expect(running.some(({ command }) => command.includes('ffmpeg'))).toBe(true);
  const shown = running.map(({ pid, command, environment }) =>
    pid === process.pid ? command : command + environment,
  );

  told += JSON.stringify(await socket.emitWithAck('wall:join', {}));
  const ids: Record<string, string> = { camera: 'gate', wall: 'control-room', screen: 'left', tile: '0' };
  const reads = (Object.values(routes) as RestRoute[]).filter(({ method }) => method === 'get');
  for (const { path: address } of reads)
    for (const who of [administrator, team, auditor])
      await call(
        who,
        'GET',
        address.replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? 'gate'),
      );
  for (const address of ['/metrics', '/readyz', `${apiBase}/openapi.json`])
    told += await (await fetch(app.url + address)).text();
  socket.close();
  viewer.close();
  await app.close();
  const stored = readdirSync(folder.dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(path.join(entry.parentPath, entry.name)).toString('latin1'))
    .join('');

  const places = { answers: told, log: logged, processes: shown.join('\n') };
  for (const [place, text] of Object.entries(places)) {
    expect(text.length).toBeGreaterThan(200);
    expect([place, forms.filter((form) => text.includes(form))]).toEqual([place, []]);
  }
  // The user's name is a part of the login as well.
  expect([logged.includes(username), places.processes.includes(username)]).toEqual([false, false]);
  // Control: the search finds what is there; the store has to keep the login, or no camera would play.
  expect(forms.filter((form) => stored.includes(form)).length).toBeGreaterThan(0);
  expect(told).toContain('Gate 1');
  assured({
    ...{ row: 'A6', trials: (reads.length * 3 + 16) * forms.length },
    claim:
      'the login of a camera, in seven spellings, is in no answer, push, log line, process argument or environment while it plays and fails',
    control: 'the same search finds it in the store, where it has to be',
  });
  await farm.close();
  folder.remove();
  rmSync(dir, { recursive: true, force: true });
}, 240_000);
