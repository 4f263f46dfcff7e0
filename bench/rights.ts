import { addPerson, Browser } from '../apps/server/src/testing/browser.ts';
import { freePort } from '../tools/harness/free-port.ts';
import { startServerProcess } from '../tools/harness/server-process.ts';
import { startCameras } from './cameras.ts';
import { untilOnline } from './design-wall.ts';
import { percentile } from './pixels.ts';
import type { Table } from './table.ts';
import { darkMs, lastByteMs, takenAway, type Taking } from './taken-away.ts';

const round = (value: number) => Math.round(value);
const p = (values: readonly number[]) => [percentile(values, 0.5), percentile(values, 0.99)].map(round);

/** Of wrong tries one place gets this many; after so many a fresh server is asked. */
const wrongEach = 4;
const pin = '271828';

/** From the request to the answer, ms. */
async function timed(status: number, ask: () => Promise<{ status: number; body: unknown }>): Promise<number> {
  const startMs = performance.now();
  const answer = await ask();
  if (answer.status !== status) throw new Error(`answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return performance.now() - startMs;
}

/** Sign-ins by password and by the PIN of a workstation, one after the other: the hash is meant to take its time, the rest is not. */
export async function benchSignIn(times: number): Promise<Table> {
  const tookMs = {
    right: [] as number[],
    switch: [] as number[],
    wrong: [] as number[],
    unknown: [] as number[],
  };
  const server = await startServerProcess();
  try {
    const administrator = await server.signedIn('administrator');
    const people: string[] = [];
    const desk = new Browser(server.url);
    for (const login of ['olga', 'piet']) {
      people.push(await addPerson(administrator, login, ['operator']));
      await timed(200, () => desk.signIn(login));
      await timed(204, () => desk.call('PUT', '/me/pin', { pin }));
    }
    for (let n = 0; n < times; n++) {
      const elsewhere = new Browser(server.url);
      tookMs.right.push(await timed(200, () => elsewhere.signIn('olga')));
      const person = people[n % 2];
      tookMs.switch.push(await timed(200, () => desk.call('POST', '/session/switch', { person, pin })));
    }
  } finally {
    await server.stop();
  }
  const password = 'not the password of anybody';
  while (tookMs.wrong.length < times) {
    const fresh = await startServerProcess();
    try {
      const administrator = await fresh.signedIn('administrator');
      await addPerson(administrator, 'olga', ['operator']);
      // In turn, so that whatever else the machine does falls on both.
      for (let n = 0; n < wrongEach / 2; n++) {
        const browser = new Browser(fresh.url);
        tookMs.wrong.push(await timed(401, () => browser.signIn('olga', password)));
        tookMs.unknown.push(await timed(401, () => browser.signIn(`nobody-${n}`, password)));
      }
    } finally {
      await fresh.stop();
    }
  }
  return {
    ...{ name: 'sign-in', title: 'Signing in by password and by PIN', figures: tookMs },
    note: 'From the request to the answer, one after the other; argon2id takes nearly all of it. An unknown name is to take as long as a wrong password. The quick switch is that of two people at one workstation.',
    columns: ['', 'times', 'p50 ms', 'p99 ms'],
    rows: [
      ['right password', times, ...p(tookMs.right)],
      ['quick switch by PIN', times, ...p(tookMs.switch)],
      ['wrong password', tookMs.wrong.length, ...p(tookMs.wrong)],
      ['unknown name', tookMs.unknown.length, ...p(tookMs.unknown)],
    ],
  };
}

const deny = (person: string) => ({
  effect: 'deny',
  party: { kind: 'person', id: person },
  rights: ['live'],
  group: null,
});

/** `cameraCount` cameras that run, and an administrator who takes rights away. */
async function startSite(cameraCount: number) {
  const cameras = await startCameras(cameraCount);
  const mediaPort = await freePort();
  const server = await startServerProcess({ env: { CLERESTORY_MEDIA_PORT: String(mediaPort) } });
  for (const name of cameras.names)
    await server.api('POST', '/cameras', {
      ...{ id: name, name, keep: 'always' },
      source: { kind: 'rtsp', main: cameras.farm.url(name), transport: 'tcp' },
    });
  await untilOnline(server, cameras.names.length);
  return { cameras, mediaPort, server, administrator: await server.signedIn('administrator') };
}

/** `rounds` of 200 views for the last byte, and as many tiles for the dark. */
export async function benchRevocation(rounds: number, screens: number): Promise<Table> {
  const { cameras, mediaPort, server, administrator } = await startSite(16);
  try {
    const person = await addPerson(administrator, 'olga', ['operator']);
    const browsers: Browser[] = [];
    while (browsers.length < 20) {
      const browser = new Browser(server.url);
      await browser.signIn('olga');
      browsers.push(browser);
    }
    const { me } = await server.api<{ me: { id: string } }>('GET', '/session');
    const denying = (who: string): Taking => {
      let rule = '';
      return {
        take: async () => (rule = (await administrator.call('POST', '/rights', deny(who))).body.id),
        give: () => administrator.call('DELETE', `/rights/${rule}`),
      };
    };
    const bytes = await lastByteMs(mediaPort, browsers, cameras.names.slice(0, 5), rounds, denying(person));
    const dark = await darkMs(server, cameras.names, screens, denying(me.id));
    const what = { name: 'revocation', title: 'A right is taken away' };
    return takenAway({ ...what, from: 'the request of the administrator' }, bytes, dark);
  } finally {
    await server.stop();
    await cameras.close();
  }
}
