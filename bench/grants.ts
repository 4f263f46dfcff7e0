import { ConsentTerms } from '@clerestory/protocol';
import { addPerson, Browser } from '../apps/server/src/testing/browser.ts';
import { startMailbox } from '../apps/server/src/testing/mailbox.ts';
import { signInByLetter } from '../apps/server/src/testing/owners.ts';
import { freePort } from '../tools/harness/free-port.ts';
import { startServerProcess } from '../tools/harness/server-process.ts';
import { startCameras } from './cameras.ts';
import { percentile } from './pixels.ts';
import type { Table } from './table.ts';
import { darkMs, lastByteMs, takenAway, type Taking } from './taken-away.ts';

const terms = ConsentTerms.parse({ level: 'standing', purposes: ['fire'] });
const purpose = { kind: 'standing', purpose: 'fire' };
let keys = 0;
const key = () => ({ 'idempotency-key': `bench-grants-${(keys += 1)}` });

async function good(answer: Promise<{ status: number; body: unknown }>) {
  const { status, body } = await answer;
  if (status >= 400) throw new Error(`${status} ${JSON.stringify(body)}`);
  return body as any; // eslint-disable-line @typescript-eslint/no-explicit-any -- an answer of any shape
}

/** A site whose cameras all belong to one owner, who is signed in and allows fire watch. */
async function startLentSite(cameraCount: number) {
  const [cameras, mailbox, mediaPort] = await Promise.all([
    startCameras(cameraCount),
    startMailbox(),
    freePort(),
  ]);
  const server = await startServerProcess({
    env: { ...mailbox.env, CLERESTORY_MEDIA_PORT: String(mediaPort) },
  });
  const administrator = await server.signedIn('administrator');
  const owner = await signInByLetter(server.url, mailbox, 'olga@example.org');
  const consent = (camera: string, change: object) =>
    good(owner.call('POST', `/owner/cameras/${camera}/consent`, change, key()));
  for (const id of cameras.names) {
    await server.api('POST', '/cameras', {
      ...{ id, name: id, keep: 'always', visibility: 'private', owner: owner.owner, placeKind: 'shop' },
      ...{ latitude: 50.1, longitude: 8.6 },
      source: { kind: 'rtsp', main: cameras.farm.url(id), transport: 'tcp' },
    });
    await consent(id, { type: 'give', terms });
  }
  const ask = (who: Browser, list: readonly string[]) =>
    good(who.call('POST', '/grants', { cameras: list.map((camera) => ({ camera })), purpose }));
  return {
    ...{ cameras, mediaPort, server, administrator, consent, ask },
    async close() {
      await server.stop();
      await mailbox.close();
      await cameras.close();
    },
  };
}

/** Asking for a private camera, one after the other: the grant and its entry in the record are durable with the answer. */
export async function benchGrants(times: number): Promise<Table> {
  const site = await startLentSite(1);
  try {
    const team = await site.server.signedIn('team');
    const camera = site.cameras.names[0] ?? '';
    const tookMs: Record<'given' | 'ended', number[]> = { given: [], ended: [] };
    for (let n = 0; n < times; n++) {
      const startMs = performance.now();
      const { items } = await site.ask(team, [camera]);
      const givenMs = performance.now();
      tookMs.given.push(givenMs - startMs);
      await good(team.call('DELETE', `/grants/${items[0].grants[0].id}`));
      tookMs.ended.push(performance.now() - givenMs);
    }
    const row = (name: string, values: readonly number[]) => [
      name,
      values.length,
      ...[percentile(values, 0.5), percentile(values, 0.99), Math.max(...values)].map((ms) =>
        Number(ms.toFixed(1)),
      ),
    ];
    return {
      ...{ name: 'grants', title: 'A grant, with its durable entry in the record', figures: tookMs },
      note: 'From the request over HTTP to its answer, one after the other; grant, entry, leaf of the public log and notice to the owner are one transaction.',
      columns: ['', 'times', 'p50 ms', 'p99 ms', 'most ms'],
      rows: [row('given', tookMs.given), row('ended', tookMs.ended)],
    };
  } finally {
    await site.close();
  }
}

/** The owner pauses: the last byte of 200 views, and sixteen tiles that go dark. */
export async function benchOwnerStops(rounds: number, screens: number): Promise<Table> {
  const site = await startLentSite(16);
  const { cameras, server, mediaPort, administrator, consent, ask } = site;
  try {
    await addPerson(administrator, 'ona', ['operator']);
    const browsers: Browser[] = [];
    while (browsers.length < 20) {
      const browser = new Browser(server.url);
      await browser.signIn('ona');
      browsers.push(browser);
    }
    const pausing = (who: Browser, list: readonly string[]): Taking => ({
      take: () => Promise.all(list.map((camera) => consent(camera, { type: 'pause', until: null }))),
      async give() {
        for (const camera of list) await consent(camera, { type: 'resume' });
        await ask(who, list);
      },
    });
    const [first] = browsers;
    if (!first) throw new Error('nobody watches');
    const five = cameras.names.slice(0, 5);
    await ask(first, five);
    const bytes = await lastByteMs(mediaPort, browsers, five, rounds, pausing(first, five));
    const team = await server.signedIn('team');
    await ask(team, cameras.names);
    const dark = await darkMs(server, cameras.names, screens, pausing(team, cameras.names));
    const what = { name: 'owner-stops', title: 'An owner pauses cameras' };
    return takenAway(
      { ...what, from: 'the owner’s first request (one for each camera, at once)' },
      bytes,
      dark,
    );
  } finally {
    await site.close();
  }
}
