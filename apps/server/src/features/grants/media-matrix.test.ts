import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConsentTerms, type ConsentTermsInput, type Grant } from '@clerestory/protocol';
import { assured } from '../../../../../tools/harness/assured.ts';
import { makeClockClip } from '../../../../../tools/rtsp-farm/clips.ts';
import { startFarm, type Farm } from '../../../../../tools/rtsp-farm/farm.ts';
import { eventually, Viewer } from '../../media/testing.ts';
import { startGuardedApp, type GuardedApp } from '../../testing/access.ts';
import { Browser } from '../../testing/browser.ts';
import { addPrivateCamera, freshKey, ownerOf, place } from '../../testing/private-camera.ts';

/*
 * A1 for private cameras: consent state × grant state × who asks × every way to a byte of video. The oracle is the column
 * `open`, written apart from the rules: whether the one who asked, and the screen it was asked for, see the camera.
 * Nobody else ever does.
 */
interface Case {
  /** What the owner said; null: nobody was asked. */
  terms: ConsentTermsInput | null;
  /** For what the operator asks; null: does not. */
  purpose: 'fire' | 'incident' | null;
  /** What is so before anybody asks. */
  before?: (camera: string) => Promise<unknown>;
  /** What happens to the grant or the consent afterwards. */
  then?: (camera: string, grants: Grant[]) => Promise<unknown>;
  open: boolean;
}

let owner: string;
let watching: Viewer;
const purposes = ['fire', 'robbery'] as const;
const standing: ConsentTermsInput = { level: 'standing', purposes: [...purposes] };
const near = { purposes: [...purposes], radiusM: 500 };
/** All of the week but one minute, or that minute alone, far from now. */
const hours = (isNow: boolean): ConsentTermsInput['hours'] => {
  const at = new Date(Date.now() + 12 * 3_600_000);
  const clock = (date: Date) => date.toISOString().slice(11, 16);
  const [from, until] = [clock(at), clock(new Date(at.getTime() + 60_000))];
  const days = [1, 2, 3, 4, 5, 6, 7];
  return {
    zone: 'Etc/UTC',
    windows: [isNow ? { days, from: until, until: from } : { days, from, until }],
  };
};
const change = (type: 'pause' | 'revoke' | 'resume') => async (camera: string) => {
  const answer = await site.app.owners.ownerChanges(owner, camera, changeOf(type), freshKey());
  if (!answer.ok) throw new Error(answer.problem.detail);
};
const changeOf = (type: 'pause' | 'revoke' | 'resume') =>
  type === 'pause' ? ({ type, until: null } as const) : ({ type } as const);
const narrow = (terms: ConsentTermsInput) => async (camera: string) => {
  const given = { type: 'give', terms: ConsentTerms.parse(terms) } as const;
  const answer = await site.app.owners.ownerChanges(owner, camera, given, freshKey());
  if (!answer.ok) throw new Error(answer.problem.detail);
};
/** The agency asks somebody else who owns the camera too. */
const proposeToAnother = async (camera: string) => {
  const terms = { level: 'on-request', purposes: [...purposes] };
  const proposal = { owner: await ownerOf(site, 'another'), terms };
  const made = await site.administrator.call('POST', `/cameras/${camera}/consents`, proposal);
  if (made.status !== 201) throw new Error(JSON.stringify(made.body));
};
const anotherConfirms = async (camera: string) => {
  await proposeToAnother(camera);
  const another = await ownerOf(site, 'another');
  await site.app.owners.ownerChanges(another, camera, { type: 'confirm' }, freshKey());
};
const anotherAnswers = async (_camera: string, grants: Grant[]) => {
  const another = await ownerOf(site, 'another');
  for (const { id } of grants) await site.app.owners.answer(another, id, true);
};
const ownerAnswers = (approve: boolean) => async (_camera: string, grants: Grant[]) => {
  for (const { id } of grants) await site.app.owners.answer(owner, id, approve);
};

const cases: Record<string, Case> = {
  'nobody was asked': { terms: null, purpose: 'fire', open: false },
  'registered only': { terms: { level: 'registered', purposes: [] }, purpose: 'fire', open: false },
  'standing, no grant': { terms: standing, purpose: null, open: false },
  'standing, granted': { terms: standing, purpose: 'fire', open: true },
  'standing for something else': {
    terms: { level: 'standing', purposes: ['hazard'] },
    purpose: 'fire',
    open: false,
  },
  'incidents near it, granted': { terms: { level: 'incident', ...near }, purpose: 'incident', open: true },
  'incidents near it, a standing purpose': {
    terms: { level: 'incident', ...near },
    purpose: 'fire',
    open: false,
  },
  'incidents nearer than this one': {
    terms: { level: 'incident', purposes: [...purposes], radiusM: 20 },
    purpose: 'incident',
    open: false,
  },
  'scheduled, within its hours': {
    terms: { level: 'scheduled', ...near, hours: hours(true) },
    purpose: 'incident',
    open: true,
  },
  'scheduled, outside them': {
    terms: { level: 'scheduled', ...near, hours: hours(false) },
    purpose: 'incident',
    open: false,
  },
  'on request, waiting for the owner': {
    terms: { level: 'on-request', purposes: [...purposes] },
    purpose: 'fire',
    open: false,
  },
  'on request, the owner said yes': {
    terms: { level: 'on-request', purposes: [...purposes] },
    purpose: 'fire',
    then: ownerAnswers(true),
    open: true,
  },
  'on request, the owner said no': {
    terms: { level: 'on-request', purposes: [...purposes] },
    purpose: 'fire',
    then: ownerAnswers(false),
    open: false,
  },
  'granted, then paused': { terms: standing, purpose: 'fire', then: change('pause'), open: false },
  'granted, paused and resumed': {
    terms: standing,
    purpose: 'fire',
    async then(camera) {
      await change('pause')(camera);
      await change('resume')(camera);
    },
    open: false,
  },
  'granted, then revoked': { terms: standing, purpose: 'fire', then: change('revoke'), open: false },
  'granted, then expired': {
    terms: standing,
    purpose: 'fire',
    async then(camera) {
      const terms = ConsentTerms.parse({ ...standing, expiresAt: Date.now() + 1_000 });
      const answer = await site.app.owners.ownerChanges(owner, camera, { type: 'give', terms }, freshKey());
      if (!answer.ok) throw new Error(answer.problem.detail);
      await eventually('expired', async () => (await consentStateOf(camera)) === 'expired', 10_000);
    },
    open: false,
  },
  'granted, ended by the owner': {
    terms: standing,
    purpose: 'fire',
    async then(_camera, grants) {
      for (const { id } of grants) await site.app.owners.endAccess(owner, id);
    },
    open: false,
  },
  'granted, ended by who asked': {
    terms: standing,
    purpose: 'fire',
    async then(_camera, grants) {
      for (const { id } of grants) await asker.call('DELETE', `/grants/${id}`);
    },
    open: false,
  },
  'granted, then the terms became narrower': {
    terms: standing,
    purpose: 'fire',
    then: narrow({ level: 'standing', purposes: ['hazard'] }),
    open: false,
  },
  'granted, then lent only when the owner says yes': {
    terms: standing,
    purpose: 'fire',
    then: narrow({ level: 'on-request', purposes: [...purposes] }),
    open: false,
  },
  'granted, then lent at other hours': {
    terms: standing,
    purpose: 'fire',
    then: narrow({ ...standing, hours: hours(false) }),
    open: false,
  },
  'granted, then another owner is asked, who has not answered': {
    terms: standing,
    purpose: 'fire',
    then: proposeToAnother,
    open: false,
  },
  'two owners on request, one of them said yes': {
    terms: { level: 'on-request', purposes: [...purposes] },
    before: anotherConfirms,
    purpose: 'fire',
    then: anotherAnswers,
    open: false,
  },
  'two owners on request, both said yes': {
    terms: { level: 'on-request', purposes: [...purposes] },
    before: anotherConfirms,
    purpose: 'fire',
    async then(camera, grants) {
      await anotherAnswers(camera, grants);
      await ownerAnswers(true)(camera, grants);
    },
    open: true,
  },
};
const names = Object.keys(cases);
const idOf = (name: string) => `lent-${names.indexOf(name)}`;
const consentStateOf = async (camera: string) =>
  (await asker.call('GET', `/cameras/${camera}`)).body.consent?.state;

/** Who asks for bytes; the first two are those whom a grant is for. */
const relations = [
  'who asked',
  'the screen it was asked for',
  'another session of who asked',
  'another operator',
  'a supervisor',
  'another screen that shows it',
  'an administrator',
  'an auditor',
  'nobody',
] as const;
type Relation = (typeof relations)[number];
const isGranted = (relation: Relation) => relations.indexOf(relation) < 3;

const dir = mkdtempSync(path.join(tmpdir(), 'clerestory-private-matrix-'));
let farm: Farm;
let site: GuardedApp;
let asker: Browser & { person: string };
const who = new Map<Relation, Browser>();

beforeAll(async () => {
  const clip = path.join(dir, 'street.mp4');
  await makeClockClip({ path: clip, camera: 1, seconds: 4, width: 160, height: 90, fps: 10, gopS: 0.4 });
  farm = await startFarm({ mounts: { street: clip } });
  site = await startGuardedApp({ CLERESTORY_WARM_S: '60' });
  await eventually('the media node', () => site.app.mediaReady(), 60_000);
  const source = { kind: 'rtsp', main: farm.url('street'), transport: 'tcp' };
  owner = await ownerOf(site);
  for (const [name, { terms }] of Object.entries(cases))
    await addPrivateCamera(site, idOf(name), source, terms, owner);
  asker = await site.personAs('operator', 'asker');
  const supervisor = await site.personAs('supervisor');
  const incident = await supervisor.call('POST', '/incidents', {
    ...{ type: 'robbery', place: 'Quay' },
    // About a hundred metres north of the cameras.
    ...{ latitude: place.latitude + 0.0009, longitude: place.longitude },
  });
  expect(incident.status).toBe(201);
  for (const screen of ['left', 'centre']) {
    await supervisor.call('PUT', `/walls/control-room/screens/${screen}/layout`, { layout: '25' });
    for (const [tile, name] of names.entries())
      await supervisor.call('PUT', `/walls/control-room/screens/${screen}/tiles/${tile}`, {
        camera: idOf(name),
      });
  }
  const again = new Browser(site.app.url);
  await again.signIn('asker');
  who.set('who asked', asker);
  who.set('another session of who asked', again);
  who.set('the screen it was asked for', await site.pair('left'));
  who.set('another operator', await site.personAs('operator'));
  who.set('a supervisor', supervisor);
  who.set('another screen that shows it', await site.pair('centre'));
  who.set('an administrator', site.administrator);
  who.set('an auditor', await site.personAs('auditor'));
  who.set('nobody', new Browser(site.app.url));
  for (const [name, { purpose, before, then }] of Object.entries(cases)) {
    if (purpose === null) continue;
    await before?.(idOf(name));
    const asked = await asker.call('POST', '/grants', {
      cameras: [{ camera: idOf(name), screen: 'left' }],
      purpose:
        purpose === 'fire'
          ? { kind: 'standing', purpose }
          : { kind: 'incident', incident: incident.body.id as string },
    });
    expect(asked.status).toBe(201);
    await then?.(idOf(name), asked.body.items[0].grants);
  }
  // What is open runs, as it does for whoever watches already.
  watching = await Viewer.open(site.app.mediaPort, { headers: { cookie: asker.cookieHeader() } });
  const channels = names.filter((name) => cases[name]?.open).map((name) => watching.subscribe(idOf(name)));
  await eventually(
    'all that is open moves',
    () => channels.every((channel) => watching.chunks(channel).length > 1),
    60_000,
  );
}, 180_000);
afterAll(async () => {
  watching?.close();
  await site?.stop();
  await farm.close();
  rmSync(dir, { recursive: true, force: true });
});

const base = () => `http://127.0.0.1:${site.app.mediaPort}`;
const doors = {
  async push(browser: Browser, camera: string) {
    const viewer = await Viewer.open(site.app.mediaPort, {
      headers: { cookie: browser.cookieHeader() },
    }).catch(() => null);
    if (!viewer) return 0;
    viewer.subscribe(camera);
    await eventually('an answer', () => viewer.chunks().length > 0 || viewer.reasons().some(Boolean), 30_000);
    const bytes = viewer.frames.reduce((sum, { payload }) => sum + payload.byteLength, 0);
    viewer.close();
    return bytes;
  },
  'list of streams': (browser: Browser, camera: string) => get(browser, `/live/${camera}/index.m3u8`),
  playlist: (browser: Browser, camera: string) => get(browser, `/live/${camera}/main/index.m3u8`),
  still: (browser: Browser, camera: string) => get(browser, `/live/${camera}/main/poster.jpg`),
};
async function get(browser: Browser, address: string): Promise<number> {
  const answer = await fetch(base() + address, {
    headers: { cookie: browser.cookieHeader() },
    signal: AbortSignal.timeout(20_000),
  });
  const body = await answer.arrayBuffer();
  // Also "there is no still yet" is an answer of a camera that is open.
  return [401, 403, 404].includes(answer.status) ? 0 : body.byteLength;
}

let cells = 0;
describe.each(names)('A1 a private camera: %s', (name) => {
  test.each(relations)('%s', async (relation) => {
    const browser = who.get(relation);
    if (!browser) throw new Error('nobody asks');
    const expected = (cases[name]?.open ?? false) && isGranted(relation);
    for (const [door, ask] of Object.entries(doors)) {
      const bytes = await ask(browser, idOf(name));
      expect([door, bytes > 0]).toEqual([door, expected]);
      cells += 1;
    }
  });
});

test('every cell was looked at, and some were open', () => {
  expect(cells).toBe(names.length * relations.length * Object.keys(doors).length);
  const open = Object.values(cases).filter((one) => one.open);
  expect(open.length).toBeGreaterThan(3);
  assured({
    ...{ row: 'A1', trials: cells },
    claim:
      'private cameras: consent state × grant state × who asks × every way to video, against an oracle written apart: not a byte where it says no',
    control: `those whom a grant is for see the camera in ${open.length} of ${names.length} conditions, by every door`,
  });
});
