import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { policyOf } from '@clerestory/consent';
import {
  ConsentTerms,
  type Camera,
  type ConsentTermsInput,
  type GrantPurpose,
  type Purpose,
} from '@clerestory/protocol';
import { assured } from '../../../tools/harness/assured.ts';
import { ConsentService } from './features/consent/index.ts';
import { GrantService } from './features/grants/index.ts';
import { IncidentService } from './features/incidents/index.ts';
import type { PersonActor } from './platform/actor.ts';
import { ClockSteps } from './platform/clock-steps.ts';
import { openDatabase, type OpenDatabase } from './platform/database.ts';
import { createLogger } from './platform/logging.ts';
import { TurnedClock } from './testing/clock.ts';
import { freshKey, openTerms } from './testing/private-camera.ts';
import { temporaryFolder } from './testing/folder.ts';

/*
 * F1 for grants and what they rest on: a wall clock that is set back or forward, also while the server is off, lets nothing
 * live longer and revives nothing.
 */
const [minuteMs, hourMs] = [60_000, 3_600_000];
const log = createLogger('silent');
const purpose: Purpose = 'fire';
const camera = {
  ...{ id: 'gate', name: 'Gate', visibility: 'private', tier: 'integrated', owner: 'olga' },
  ...{ placeKind: 'shop', latitude: 50, longitude: 8, neighbourhood: '' },
} as Camera;
const ona = {
  ...{ kind: 'person', id: 'ona', name: 'Ona', roles: ['operator'] },
} as unknown as PersonActor;

let folder: ReturnType<typeof temporaryFolder>;
let store: OpenDatabase;
let clock: TurnedClock;
let steps: ClockSteps;
let consents: ConsentService;
let incidents: IncidentService;
let grants: GrantService;

async function open(): Promise<void> {
  store = openDatabase(folder.dir);
  const { db } = store;
  const record = { append: async () => undefined };
  steps = new ClockSteps({ db, clock, machine: clock, log });
  const cameras = { get: (id: string) => (id === camera.id ? camera : undefined), alikeOwners: () => 1 };
  consents = new ConsentService({
    ...{ db, clock, steps, log, record, cameras },
    owners: { get: () => ({}) },
  });
  incidents = new IncidentService({ db, clock, steps, record });
  grants = new GrantService({
    ...{ db, clock, machine: clock, log, record, cameras, consents, incidents },
    policy: { get: () => policyOf('clerestory') },
    rights: { may: () => ({ ok: true }) },
    people: { get: () => ({ roles: ['operator'], groups: [], disabled: false, name: 'Ona' }) },
    screenName: () => undefined,
  });
  consents.onChange((id) => void grants.recheck(id));
  await steps.load();
  await consents.load();
  await incidents.load();
  await grants.load();
}
async function close(): Promise<void> {
  await consents.stop();
  await grants.stop();
  await steps.stop();
  await store.close();
}
/** As a kill would: nothing is told that it ends. */
async function restart(): Promise<void> {
  await store.close();
  clock.restartServer();
  await open();
}

beforeEach(async () => {
  folder = temporaryFolder();
  clock = new TurnedClock();
  await open();
  store.raw
    .prepare(
      `insert into cameras (id, number, name, place, neighbourhood, keep, tags, source, masks, revision, created_at, updated_at)
       values ('gate', 1, 'Gate', '', '', 'always', '[]', '{}', '[]', 1, 0, 0)`,
    )
    .run();
});
afterEach(async () => {
  await close();
  folder.remove();
});

const change = async (what: Parameters<ConsentService['ownerChanges']>[2]) => {
  const done = await consents.ownerChanges('olga', 'gate', what, freshKey());
  if (!done.ok) throw new Error(done.problem.detail);
};
const give = (terms: Partial<ConsentTermsInput> = {}) =>
  change({ type: 'give', terms: ConsentTerms.parse({ ...openTerms, ...terms }) });
const standing: GrantPurpose = { kind: 'standing', purpose };
const ask = async (minutes?: number, why: GrantPurpose = standing): Promise<string> => {
  const asked = { cameras: [{ camera: 'gate', screen: null }], purpose: why };
  const answer = await grants.ask({ ...asked, ...(minutes !== undefined && { minutes }) }, ona, freshKey());
  if (!answer.ok) throw new Error(answer.problem.detail);
  const [item] = answer.value.items;
  return item?.refusal?.code ?? item?.grants[0]?.state ?? 'nothing';
};
const sweep = () => {
  consents.sweep();
  grants.sweep();
};
const isOpen = () => grants.permit(ona, 'gate').ok;

/** How far the clock is set, s; and after how many minutes of a grant of 30. */
const turns = [1, 1_800, 86_400, 365 * 86_400].flatMap((s) =>
  [0, 15, 29].flatMap((after): [number, number, boolean][] => [
    [-s * 1_000, after, false],
    [-s * 1_000, after, true],
  ]),
);

describe('F1: a wall clock that is set back', () => {
  test.each(turns)(
    'by %i ms after %i minutes, restarted: %s; no grant and no consent lives longer',
    async (stepMs, after, isRestarted) => {
      const endsAt = clock.nowMs() + 45 * minuteMs;
      await give({ expiresAt: endsAt });
      expect(await ask(30)).toBe('live');
      clock.pass(after * minuteMs);
      clock.step(stepMs);
      if (isRestarted) await restart();
      sweep();
      clock.pass((30 - after) * minuteMs - 1);
      sweep();
      expect(isOpen()).toBe(true);
      clock.pass(1);
      expect(isOpen()).toBe(false);
      sweep();
      expect(grants.list()).toEqual([]);
      // The consent itself: fifteen minutes more, whatever the clock says.
      clock.pass(15 * minuteMs - 1_000);
      expect(await ask()).toBe('live');
      clock.pass(1_000);
      sweep();
      expect(isOpen()).toBe(false);
      expect(await ask()).toBe('expired');
      assured({
        ...{ row: 'F1', trials: 2 },
        claim:
          'a clock set back, while a grant lives or while the server is off, lets no grant and no consent live longer',
        control: 'counted by the wall clock alone, both live on',
      });
    },
  );

  test('control: by the wall clock alone, both would live on', async () => {
    const endsAt = clock.nowMs() + 45 * minuteMs;
    await give({ expiresAt: endsAt });
    clock.step(-hourMs);
    clock.pass(45 * minuteMs);
    expect(clock.nowMs()).toBeLessThan(endsAt);
    sweep();
    expect(await ask()).toBe('expired');
  });

  test('the end that a tile counts down to follows, and the owner’s change carries no time back in', async () => {
    await give({ expiresAt: clock.nowMs() + 45 * minuteMs });
    expect(await ask(30)).toBe('live');
    clock.step(-hourMs);
    sweep();
    const left = (grants.list()[0]?.endsAt ?? 0) - clock.nowMs();
    expect(Math.round(left / minuteMs)).toBe(30);
    await change({ type: 'pause', until: null });
    await change({ type: 'resume' });
    expect((consents.of('gate')[0]?.expiresAt ?? 0) - clock.nowMs()).toBe(45 * minuteMs);
  });

  test.each([false, true])('an incident grows no younger, restarted: %s', async (isRestarted) => {
    await give();
    const about = { type: purpose, place: 'Mill Lane 3', latitude: 50, longitude: 8 };
    const opened = await incidents.begin(about, { kind: 'feed', id: 'cad', name: 'Dispatch' }, freshKey());
    const why = { kind: 'incident' as const, incident: opened.ok ? opened.value.id : '' };
    clock.pass((policyOf('clerestory').incidentHours - 1) * hourMs);
    clock.step(-24 * hourMs);
    if (isRestarted) await restart();
    expect(await ask(60, why)).toBe('live');
    clock.pass(hourMs - 1);
    expect(isOpen()).toBe(true);
    clock.pass(1);
    sweep();
    expect(isOpen()).toBe(false);
    expect(await ask(60, why)).toBe('incident-old');
  });

  test('a question that waits for its owner waits no longer', async () => {
    await give({ level: 'on-request' });
    expect(await ask()).toBe('waiting-owner');
    clock.step(-24 * hourMs);
    clock.pass(15 * minuteMs);
    sweep();
    expect(grants.list()).toEqual([]);
  });

  test('while the machine was off: grants end, and a consent that had ended stays so', async () => {
    await give({ expiresAt: clock.nowMs() + 45 * minuteMs });
    expect(await ask(30)).toBe('live');
    clock.pass(44 * minuteMs);
    await steps.look();
    await store.close();
    clock.restart(-24 * hourMs);
    await open();
    expect(isOpen()).toBe(false);
    clock.pass(minuteMs);
    sweep();
    expect(await ask()).toBe('expired');
  });
});

describe('F1: a wall clock that is set forward', () => {
  const forward = [minuteMs, hourMs, 24 * hourMs, 365 * 24 * hourMs];

  test.each(forward)(
    'by %i ms ends no pause sooner, also over a restart; set right again, it is as before',
    async (stepMs) => {
      await give();
      await change({ type: 'pause', until: clock.nowMs() + 10 * minuteMs });
      clock.step(stepMs);
      sweep();
      expect(await ask()).toBe('paused');
      await restart();
      sweep();
      clock.pass(10 * minuteMs - 1_000);
      expect(await ask()).toBe('paused');
      clock.step(-stepMs);
      expect(await ask()).toBe('paused');
      clock.pass(1_000);
      sweep();
      expect(await ask()).toBe('live');
      assured({
        ...{ row: 'F1', trials: 3 },
        claim: 'a clock set forward ends no owner’s pause sooner',
        control: 'counted by the wall clock alone, the camera can be asked for again',
      });
    },
  );

  test.each(forward.slice(1))(
    'by %i ms ends grants and consents, and setting it back revives none',
    async (stepMs) => {
      await give({ expiresAt: clock.nowMs() + 45 * minuteMs });
      expect(await ask(30)).toBe('live');
      clock.step(stepMs);
      expect(isOpen()).toBe(false);
      sweep();
      clock.step(-stepMs);
      sweep();
      expect(isOpen()).toBe(false);
      expect(await ask()).toBe('expired');
      await restart();
      sweep();
      expect(isOpen()).toBe(false);
      expect(await ask()).toBe('expired');
      assured({
        ...{ row: 'F1', trials: 4 },
        claim: 'what a clock set forward has ended, grant or consent, is not revived by setting it back',
        control: 'while it is forward, a grant that was given for the time that was left then lives',
      });
    },
  );

  test('hours: a grant ends where either clock says so', async () => {
    await give({
      hours: { zone: 'Etc/UTC', windows: [{ days: [1, 2, 3, 4, 5, 6, 7], from: '07:00', until: '08:20' }] },
    });
    expect(await ask()).toBe('live');
    clock.step(20 * minuteMs);
    expect(isOpen()).toBe(false);
    sweep();
    expect(await ask()).toBe('hours');
    clock.step(-20 * minuteMs);
    expect(isOpen()).toBe(false);
    expect(await ask()).toBe('live');
    clock.step(-30 * minuteMs);
    clock.pass(20 * minuteMs);
    expect(isOpen()).toBe(false);
  });
});
