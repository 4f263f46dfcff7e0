import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ConsentTerms, type ConsentTermsInput } from '@clerestory/protocol';
import { assured } from '../../../../../tools/harness/assured.ts';
import { canaryClaim, nothing as nothingOfIt, placeCanary } from '../../../../../tools/harness/canary.ts';
import { bytesByEveryDoor, untilOpen } from '../../../../../tools/harness/every-door.ts';
import { freePort } from '../../../../../tools/harness/free-port.ts';
import { startServerProcess } from '../../../../../tools/harness/server-process.ts';
import { makeClockClip } from '../../../../../tools/rtsp-farm/clips.ts';
import { startFarm, type Farm } from '../../../../../tools/rtsp-farm/farm.ts';
import { eventually } from '../../media/testing.ts';
import { addPerson, Browser } from '../../testing/browser.ts';
import { startMailbox, type Mailbox } from '../../testing/mailbox.ts';
import { signInByLetter } from '../../testing/owners.ts';
import { freshKey, openTerms, place } from '../../testing/private-camera.ts';

const hourMs = 3_600_000;
/** How long the owner of the camera `brief` lends it, ms of real time. */
const briefMs = 20_000;
const dir = mkdtempSync(path.join(tmpdir(), 'clerestory-turned-clock-'));
const clockFile = path.join(dir, 'clock');
let farm: Farm;
let mailbox: Mailbox;
const closing: (() => Promise<void>)[] = [];

let offMs = 0;
/** Sets the wall clock of the server and of its media process. */
function setClock(toMs: number): void {
  offMs = toMs;
  writeFileSync(`${clockFile}.new`, String(toMs));
  renameSync(`${clockFile}.new`, clockFile);
}
const serverNowMs = () => Date.now() + offMs;

beforeAll(async () => {
  const clip = path.join(dir, 'street.mp4');
  await makeClockClip({ path: clip, camera: 1, seconds: 4, width: 320, height: 180, fps: 15, gopS: 0.4 });
  farm = await startFarm({ mounts: { street: clip } });
  mailbox = await startMailbox();
  setClock(0);
});
afterAll(async () => {
  for (const close of closing) await close();
  await farm.close();
  await mailbox.close();
  rmSync(dir, { recursive: true, force: true });
});

test(
  'F1: a server whose wall clock is set back and forward, also across restarts, opens nothing for longer and nothing again',
  { timeout: 240_000 },
  async () => {
    const mediaPort = await freePort();
    const preload = pathToFileURL(
      path.resolve(import.meta.dirname, '../../../../../tools/harness/turned-clock.mjs'),
    );
    const env = {
      ...mailbox.env,
      CLERESTORY_MEDIA_PORT: String(mediaPort),
      NODE_OPTIONS: `--import=${preload.href}`,
      TURNED_CLOCK_FILE: clockFile,
    };
    let server = await startServerProcess({ env });
    const { dataDir } = server;
    const restart = async (end: 'kill' | 'stop', clockMs: number) => {
      await server[end]();
      setClock(clockMs);
      server = await startServerProcess({ env, dataDir, port: server.port });
      const { url } = server;
      const answers = () => fetch(`${url}/healthz`).then(({ ok }) => ok);
      await eventually('the new server', () => answers().catch(() => false), 30_000);
    };
    try {
      const administrator = await server.signedIn('administrator');
      let owner = await signInByLetter(server.url, mailbox, 'olga@example.org');
      const owns = async (camera: string, change: object) => {
        const headers = { 'idempotency-key': freshKey() };
        const done = await owner.call('POST', `/owner/cameras/${camera}/consent`, change, headers);
        expect([done.status, done.body]).toMatchObject([200, { camera }]);
      };
      const give = (camera: string, terms: Partial<ConsentTermsInput> = {}) =>
        owns(camera, { type: 'give', terms: ConsentTerms.parse({ ...openTerms, ...terms }) });
      const canary = await placeCanary(administrator, owner);
      closing.push(canary.close);
      const source = { kind: 'rtsp', main: farm.url('street'), transport: 'tcp' };
      for (const id of ['brief', 'stays']) {
        const made = await administrator.call('POST', '/cameras', {
          ...{ id, name: id, keep: 'always', source, ...place },
          ...{ visibility: 'private', owner: owner.owner, placeKind: 'shop' },
        });
        expect([made.status, made.body]).toMatchObject([201, { id }]);
      }
      await give('stays');
      await addPerson(administrator, 'ona', ['operator']);
      const ona = new Browser(server.url);
      /** Connections that were kept open to a server that has ended are no answer. */
      const enter = async () => {
        const isIn = () => ona.signIn('ona').then(({ status }) => status === 200);
        await eventually('the sign-in', () => isIn().catch(() => false), 30_000);
        return ona.cookieHeader();
      };
      let cookie = await enter();
      const ask = async (camera: string): Promise<string> => {
        const purpose = { kind: 'standing', purpose: 'fire' };
        const asked = await ona.call('POST', '/grants', { cameras: [{ camera }], purpose });
        const [item] = asked.body.items;
        return item.refusal?.code ?? item.grants[0].state;
      };
      /** By every door of a media process that may be starting still. */
      const nothing = async (camera: string) => {
        let bytes = -1;
        await eventually(
          'an answer',
          async () => {
            bytes = await bytesByEveryDoor(mediaPort, cookie, camera).catch(() => -1);
            return bytes >= 0;
          },
          60_000,
        );
        expect([camera, bytes]).toEqual([camera, 0]);
      };

      expect(await ask('stays')).toBe('live');
      await give('brief', { expiresAt: serverNowMs() + briefMs });
      const givenMs = performance.now();
      expect(await ask('brief')).toBe('live');
      await untilOpen(mediaPort, cookie, 'stays');
      // Set back while both are watched, killed, and set back once more before it starts again, which signs everybody out.
      setClock(-3 * hourMs);
      await untilOpen(mediaPort, cookie, 'brief');
      await restart('kill', -5 * hourMs);
      cookie = await enter();
      expect(await ask('brief')).toBe('live');
      await eventually('its end', async () => (await ask('brief')) === 'expired', 60_000);
      const lastedMs = performance.now() - givenMs;
      expect(lastedMs).toBeGreaterThan(briefMs - 1_000);
      expect(lastedMs).toBeLessThan(briefMs + 10_000);
      await nothing('brief');
      expect(await ask('stays')).toBe('live');
      await untilOpen(mediaPort, cookie, 'stays');
      await restart('stop', 0);
      cookie = await enter();
      expect(await ask('brief')).toBe('expired');
      await nothing('brief');
      expect(await ask('stays')).toBe('live');
      await untilOpen(mediaPort, cookie, 'stays');

      // Set forward: the grant ends, and set right again it does not come back. A pause is as long as it was to be.
      setClock(2 * hourMs);
      await eventually(
        'its end',
        // A request that is under way then is cut off.
        async () => (await bytesByEveryDoor(mediaPort, cookie, 'stays').catch(() => -1)) === 0,
        30_000,
      );
      setClock(0);
      cookie = await enter();
      await nothing('stays');
      expect(await ask('stays')).toBe('live');
      await untilOpen(mediaPort, cookie, 'stays');
      owner = await signInByLetter(server.url, mailbox, 'olga@example.org');
      await owns('stays', { type: 'pause', until: serverNowMs() + hourMs / 4 });
      await restart('kill', hourMs / 3);
      cookie = await enter();
      expect(await ask('stays')).toBe('paused');
      await nothing('stays');
      setClock(2 * hourMs);
      cookie = await enter();
      expect(await ask('stays')).toBe('paused');
      await nothing('stays');
      owner = await signInByLetter(server.url, mailbox, 'olga@example.org');
      await owns('stays', { type: 'resume' });
      expect(await ask('stays')).toBe('live');
      await untilOpen(mediaPort, cookie, 'stays');
      expect(await canary.tried(mediaPort, ona)).toEqual(nothingOfIt);
      assured({ ...canaryClaim, trials: 1 });
      assured({
        ...{ row: 'F1', trials: 5 },
        claim:
          'a server process whose wall clock is set back or forward, also across kills: not a byte by any door of what has ended, expired or is paused',
        control: 'another grant goes on, and what its owner opens again is seen, by the same doors',
      });
    } finally {
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    }
  },
);
