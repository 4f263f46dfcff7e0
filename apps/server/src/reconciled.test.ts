import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CameraAccess, GrantAnswers, GrantPurpose, HashedEntry, RecordKind } from '@clerestory/protocol';
import type { Report } from '@clerestory/public-log';
import { parseVerifierKey } from '@clerestory/tlog';
import { assured } from '../../../tools/harness/assured.ts';
import { allMove, openManyViews, type ManyView } from '../../../tools/harness/many-views.ts';
import { defects } from '../../../tools/harness/reckoning-defects.ts';
import { differences, type Reckoning, type Sending, type Told } from '../../../tools/harness/reckoning.ts';
import { makeClockClip } from '../../../tools/rtsp-farm/clips.ts';
import { startFarm, type Farm } from '../../../tools/rtsp-farm/farm.ts';
import { checkReport } from '../../verify/src/report.ts';
import { openSource } from '../../verify/src/source.ts';
import { eventually } from './media/testing.ts';
import { sha256 } from './platform/hashing.ts';
import type { Browser } from './testing/browser.ts';
import { startOwnerApp, type OwnerApp } from './testing/owners.ts';
import { addPrivateCamera, freshKey, openTerms, place } from './testing/private-camera.ts';

type Someone = Browser & { person: string };
type Owner = Browser & { owner: string };

const dir = mkdtempSync(path.join(tmpdir(), 'clerestory-reconciled-'));
/** Of five owners alike the district is told; of one alone it is not. The last owner has two cameras. */
const cameras = ['quay-1', 'quay-2', 'quay-3', 'quay-4', 'quay-5', 'mill-1'];
const people = 6;
/** Bytes that each view has to have had, so that what is compared is no handful. */
const enoughBytes = 20_000;
const fire: GrantPurpose = { kind: 'standing', purpose: 'fire' };
let farm: Farm;
let site: OwnerApp;
let isClosed = false;
let owners: Owner[];
let operators: Someone[];
let supervisor: Someone;
let auditor: Someone;
/** Where one of the owners is told as well. */
let hook: { server: Server; url: string; ids: string[] };

async function startHook(): Promise<typeof hook> {
  const ids: string[] = [];
  const server = createServer((request, response) => {
    ids.push(String(request.headers['idempotency-key']));
    request.resume().once('end', () => response.writeHead(201).end());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, ids, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/notices` };
}

const ownerOf = (camera: string): Owner => {
  const owner = owners[Math.min(cameras.indexOf(camera), owners.length - 1)];
  if (!owner) throw new Error('no owner');
  return owner;
};
const aboutOf = (camera: string) =>
  camera.startsWith('quay')
    ? { placeKind: 'shop', neighbourhood: 'harbour' }
    : { placeKind: 'business', neighbourhood: 'old town' };

beforeAll(async () => {
  const clip = path.join(dir, 'street.mp4');
  await makeClockClip({ path: clip, camera: 1, seconds: 4, width: 320, height: 180, fps: 10, gopS: 0.4 });
  [farm, hook] = await Promise.all([startFarm({ mounts: { street: clip } }), startHook()]);
  site = await startOwnerApp(
    { CLERESTORY_WARM_S: '60', CLERESTORY_NOTICE_NETWORKS: 'public,loopback' },
    undefined,
    { checkpointEveryMs: 250 },
  );
  await eventually('the media node', () => site.app.mediaReady(), 60_000);
  owners = [];
  for (let n = 1; n < cameras.length; n++) owners.push(await site.ownerAs(`olga-${n}@example.org`));
  const told = await ownerOf('mill-1').call('PUT', '/owner/notices/webhook', { url: hook.url });
  expect([told.status, told.body]).toMatchObject([200, {}]);
  const source = { kind: 'rtsp', main: farm.url('street'), transport: 'tcp' };
  for (const id of cameras) {
    await addPrivateCamera(site, id, source, openTerms, ownerOf(id).owner);
    // The kind of place is its owner's to say once they have agreed.
    const { placeKind, neighbourhood } = aboutOf(id);
    expect((await ownerOf(id).call('PATCH', `/owner/cameras/${id}`, { placeKind })).status).toBe(204);
    const changed = await site.administrator.call('PATCH', `/cameras/${id}`, { neighbourhood });
    expect([changed.status, changed.body]).toMatchObject([200, aboutOf(id)]);
  }
  const policy = (await site.administrator.call('GET', '/site-policy')).body;
  const overrides = { ...policy, preset: 'custom', exigentHours: 24 };
  expect((await site.administrator.call('PUT', '/site-policy', overrides)).status).toBe(200);
  operators = [];
  for (let n = 0; n < people; n++) operators.push(await site.personAs('operator'));
  supervisor = await site.personAs('supervisor');
  auditor = await site.personAs('auditor');
}, 240_000);
afterAll(async () => {
  if (!isClosed) await site.app.close();
  await site.mailbox.close();
  rmSync(site.dir, { recursive: true, force: true });
  await farm.close();
  hook.server.close();
  rmSync(dir, { recursive: true, force: true });
});

const told: Told[] = [];
const received = new Map<string, number>();
let refused = 0;

/** Asks for every camera as this person, with a second person's yes where one is needed, and notes what was answered. */
async function ask(who: Someone, purpose: GrantPurpose, type: string): Promise<void> {
  const asked = await who.call('POST', '/grants', {
    cameras: cameras.map((camera) => ({ camera })),
    purpose,
  });
  let grants = (asked.body as GrantAnswers).items.flatMap(({ grants: [grant] }) => grant ?? []);
  if (grants.some(({ state }) => state === 'waiting-approval')) {
    const request = grants[0]?.request ?? '';
    const yes = await supervisor.call('POST', `/grant-requests/${request}/answer`, { approve: true });
    grants = yes.body.items;
  }
  expect(grants.map(({ state }) => state)).toEqual(cameras.map(() => 'live'));
  for (const { id, request, camera, isOwnIncident } of grants)
    told.push({
      ...{ grant: id, request, person: who.person, camera, owner: ownerOf(camera).owner, purpose: type },
      ...{ placeKind: aboutOf(camera).placeKind, district: camera.startsWith('quay') ? 'harbour' : '' },
      ...{ isOwnIncident, isOverride: purpose.kind === 'exigent' },
    });
}

/** Two windows each, and some by the other doors too, until each view has had enough. */
async function watch(watchers: readonly Someone[]): Promise<{ views: ManyView[]; count(): void }> {
  const byPerson = await Promise.all(
    watchers.map(async (who, n) => {
      const others = n < 2 ? { playlist: 1, part: 1, still: 1 } : { playlist: 0, part: 0, still: 0 };
      return { who, views: await openManyViews(site.app.mediaPort, [who, who], cameras, others) };
    }),
  );
  const views = byPerson.flatMap((one) => one.views);
  await eventually(
    'every view moves, and has had enough',
    () => allMove(views, 0) && views.every(({ door, bytes }) => door !== 'push' || bytes > enoughBytes),
    60_000,
  );
  return {
    views,
    count() {
      for (const { who, views: mine } of byPerson)
        for (const { camera, bytes } of mine) {
          const name = `${who.person} ${camera}`;
          received.set(name, (received.get(name) ?? 0) + bytes);
        }
    },
  };
}

/** The owners end it while it is pushed; whoever asks piece by piece has stopped, so that no answer is cut in two. */
async function takeAway(views: readonly ManyView[], change: object): Promise<void> {
  const pushed = views.filter(({ door }) => door === 'push');
  // A socket that was cut off would have thrown away what the gate had let through.
  expect(pushed.filter(({ refusals }) => refusals > 0)).toEqual([]);
  await Promise.all(views.map((view) => view.rest()));
  for (const camera of cameras) {
    const address = `/owner/cameras/${camera}/consent`;
    const answer = await ownerOf(camera).call('POST', address, change, { 'idempotency-key': freshKey() });
    expect([answer.status, answer.body]).toMatchObject([200, { camera }]);
  }
  await eventually('each is told no', () => pushed.every(({ refusals }) => refusals > 0), 30_000);
}

const incidentOf = async (who: Someone): Promise<GrantPurpose> => {
  const opened = await who.call('POST', '/incidents', { type: 'robbery', place: 'Quay', ...place });
  return { kind: 'incident', incident: opened.body.id as string };
};

const recordOf = async (kind: RecordKind): Promise<HashedEntry[]> => {
  const found: HashedEntry[] = [];
  for (let cursor = ''; ;) {
    const { items, next } = (await auditor.call('GET', `/record?limit=500&kind=${kind}${cursor}`)).body;
    found.push(...(items as HashedEntry[]));
    if (next === null) return found;
    cursor = `&cursor=${next}`;
  }
};
const readBy = async (camera: string): Promise<CameraAccess[]> => {
  const found: CameraAccess[] = [];
  for (let cursor = ''; ;) {
    const address = `/owner/cameras/${camera}/accesses?limit=100${cursor}`;
    const { items, next } = (await ownerOf(camera).call('GET', address)).body;
    found.push(...(items as CameraAccess[]));
    if (next === null) return found.filter(({ state }) => state === 'ended');
    cursor = `&cursor=${encodeURIComponent(String(next))}`;
  }
};
const passed = async (): Promise<number> => {
  const figures = await (await fetch(`${site.app.url}/metrics`)).text();
  return [...figures.matchAll(/^clerestory_media_sent_bytes_total\{\S+ (\d+)$/gm)].reduce(
    (sum, [, count]) => sum + Number(count),
    0,
  );
};
/** The store is its server's alone while that runs. */
const outbox = (): Reckoning['outbox'] => {
  const store = new SqliteDatabase(path.join(site.dir, 'clerestory.db'), { readonly: true });
  const rows = store.prepare('select channel, state, notice, owner from notice_deliveries').all() as {
    [name in 'channel' | 'state' | 'notice' | 'owner']: string;
  }[];
  store.close();
  return rows.map(({ channel, state, notice, owner }) => ({
    ...{ channel, state },
    id: Buffer.from(sha256(Buffer.from(`${owner} ${notice}`)))
      .toString('hex')
      .slice(0, 40),
  }));
};
const desk = (): Sending[] => [
  ...site.mailbox.letters.map(({ messageId }) => ({
    channel: 'mail',
    id: messageId.replace(/^<|@.*$/g, ''),
  })),
  ...hook.ids.map((id) => ({ channel: 'webhook', id })),
];
const kinds = [
  ...(['grant-given', 'grant-ended', 'grant-refused'] as const),
  ...(['view-started', 'view-ended', 'notice-sent'] as const),
];

test(
  'H2 clients, the gate, the record, owners, their notices and the public report tell of the same accesses',
  { timeout: 240_000 },
  async () => {
    const crowd: GrantPurpose = { kind: 'standing', purpose: 'crowd' };
    const body = { cameras: [{ camera: 'quay-1' }], purpose: crowd };
    for (const who of operators) {
      const no = (await who.call('POST', '/grants', body)).body as GrantAnswers;
      expect(no.items[0]).toMatchObject({ grants: [], refusal: { code: expect.any(String) } });
      refused += 1;
    }
    for (const last of [false, true]) {
      const incident = await incidentOf(supervisor);
      for (const [n, who] of operators.entries())
        if (last && n === 0) await ask(who, await incidentOf(who), 'robbery');
        else if (last && n === 1) {
          const reason = 'somebody is about to be hurt';
          await ask(who, { kind: 'exigent', purpose: 'danger', reason }, 'danger');
        } else await (n % 2 === 0 ? ask(who, incident, 'robbery') : ask(who, fire, 'fire'));
      const { views, count } = await watch(operators);
      await takeAway(views, last ? { type: 'revoke' } : { type: 'pause', until: null });
      count();
      for (const view of views) view.close();
      if (last) break;
      for (const camera of cameras) {
        const key = { 'idempotency-key': freshKey() };
        await ownerOf(camera).call('POST', `/owner/cameras/${camera}/consent`, { type: 'resume' }, key);
      }
    }

    const roads = new Map(owners.map(({ owner }) => [owner, ['mail']]));
    roads.set(ownerOf('mill-1').owner, ['mail', 'webhook']);
    const owed = told.reduce((sum, { owner }) => sum + (roads.get(owner)?.length ?? 0), 0);
    const all = [...received.values()].reduce((sum, bytes) => sum + bytes, 0);
    // Given up without a word: what never comes is a difference below, and told there.
    await eventually(
      'the ends, the notices and the figures of the gate, which tells them each few seconds',
      async () => {
        const counts = await Promise.all(kinds.map(async (kind) => (await recordOf(kind)).length));
        const [given, grantEnds, , started, viewEnds, sent = 0] = counts;
        return given === grantEnds && started === viewEnds && sent >= owed && (await passed()) >= all;
      },
      30_000,
    ).catch(() => undefined);
    const { head } = (await auditor.call('GET', '/record?limit=1')).body;
    const report = await eventually('a checkpoint of all that', async () => {
      const answer = await fetch(`${site.app.url}/log/report.json`);
      const found = (await answer.json()) as Report;
      return answer.status === 200 && found.size >= head.sequence && found;
    });
    const counted = {
      ...{ told, refused, received, passed: await passed(), report },
      entries: (await Promise.all(kinds.map(recordOf)))
        .flat()
        .filter(({ sequence }) => sequence <= report.size),
      accesses: (await Promise.all(cameras.map(readBy))).flat(),
      roads,
    };
    // The report is of a signed checkpoint, and outsiders compute the same from the public leaves.
    const key = parseVerifierKey(sha256, (await (await fetch(`${site.app.url}/log/key`)).text()).trim());
    if (!key) throw new Error('no key');
    const source = openSource(`${site.app.url}/log`);
    const found = await checkReport(JSON.stringify(report), source, { log: [key], witnesses: [] });
    expect(found.faults).toEqual([]);

    await site.app.close();
    isClosed = true;
    const reckoning: Reckoning = { ...counted, outbox: outbox(), desk: desk() };
    expect(differences(reckoning)).toEqual([]);
    expect(told).toHaveLength(2 * people * cameras.length);
    for (const [what, changed] of defects(reckoning))
      expect(differences(changed).length, `not seen: ${what}`).toBeGreaterThan(0);
    assured({
      ...{ row: 'H2', trials: told.length },
      claim:
        'bytes as clients received and as the gate passed them, grants, the record, what owners read, their notices as they arrived, and the public report at a checkpoint: no difference',
      control:
        'an entry dropped, a view counted twice, a notice left out or sent twice, a byte or a cell of the report more: each is seen',
    });
  },
);
