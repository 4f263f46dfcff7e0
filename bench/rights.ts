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

/** Sign-ins by password one after the other: the hash is meant to take its time, the rest is not. */
export async function benchSignIn(times: number): Promise<Table> {
  const server = await startServerProcess();
  try {
    await addPerson(await server.signedIn('administrator'), 'olga', ['operator']);
    const tookMs: Record<'right' | 'unknown', number[]> = { right: [], unknown: [] };
    for (let n = 0; n < times; n++) {
      const startMs = performance.now();
      const answer = await new Browser(server.url).signIn('olga');
      if (answer.status !== 200) throw new Error(`sign-in failed: ${answer.status}`);
      tookMs.right.push(performance.now() - startMs);
    }
    // Five wrong ones are all that one place gets.
    for (let n = 0; n < 4; n++) {
      const startMs = performance.now();
      await new Browser(server.url).signIn(`nobody-${n}`, 'not the password of anybody');
      tookMs.unknown.push(performance.now() - startMs);
    }
    return {
      ...{ name: 'sign-in', title: 'Signing in by password', figures: tookMs },
      note: 'From the request to the answer, one after the other; argon2id takes nearly all of it. An unknown name is to take as long as a known one.',
      columns: ['', 'sign-ins', 'p50 ms', 'p99 ms'],
      rows: [
        ['right', times, ...p(tookMs.right)],
        ['unknown name', 4, ...p(tookMs.unknown)],
      ],
    };
  } finally {
    await server.stop();
  }
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
