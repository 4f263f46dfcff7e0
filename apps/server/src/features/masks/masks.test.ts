import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Mask, Masks } from '@clerestory/protocol';
import { startGuardedApp, type GuardedApp } from '../../testing/access.ts';
import type { Browser } from '../../testing/browser.ts';
import { changeOf, mayMask } from './rules.ts';

const window: Mask = [
  [0.1, 0.1],
  [0.3, 0.1],
  [0.3, 0.4],
  [0.1, 0.4],
];
const roof: Mask = [
  [0.6, 0.6],
  [0.75, 0.1],
  [0.9, 0.6],
];
const moved: Mask = window.map(([x, y]) => [x + 0.05, y]);

describe('who may change masks', () => {
  test.each([
    ['a supervisor adds', ['supervisor'], [window], [window, roof], true],
    ['a supervisor adds the first', ['supervisor'], [], [window], true],
    ['a supervisor puts them in another order', ['supervisor'], [window, roof], [roof, window], true],
    ['a supervisor removes', ['supervisor'], [window, roof], [roof], false],
    ['a supervisor moves', ['supervisor'], [window], [moved], false],
    ['a supervisor swaps one for another', ['supervisor'], [window], [roof], false],
    ['an administrator removes', ['administrator'], [window, roof], [], true],
    ['both in one', ['supervisor', 'administrator'], [window], [], true],
  ] as const)('%s', (_name, roles, before, after, allowed) => {
    expect(mayMask(roles, before as never, after as never).ok).toBe(allowed);
  });

  test('the record gets what was added and removed, and where', () => {
    expect(changeOf([window, roof], [roof])).toEqual({
      ...{ areas: 1, areasAdded: 0, areasRemoved: 1 },
      places: ['60 60,75 10,90 60'],
    });
  });
});

describe('over REST', () => {
  let site: GuardedApp;
  let supervisor: Browser;
  let auditor: Browser;
  beforeAll(async () => {
    site = await startGuardedApp();
    supervisor = await site.personAs('supervisor', 'sue');
    auditor = await site.personAs('auditor', 'otto');
    const source = { kind: 'rtsp', main: 'rtsp://127.0.0.1:9/x' };
    await site.administrator.call('POST', '/cameras', { id: 'gate', name: 'Gate', source });
  });
  afterAll(() => site.stop());

  const put = (who: Browser, masks: unknown, headers = {}) =>
    who.call('PUT', '/cameras/gate/masks', { masks }, headers);
  const recorded = async (): Promise<{ actor: string; subject: string; detail: object }[]> =>
    (await auditor.call('GET', '/record?kind=camera-masks-changed')).body.items;

  test('a supervisor adds; uncovering is for administrators; each change is in the record, by name', async () => {
    const first = await put(supervisor, [window], { 'if-match': '"1"' });
    expect(first.status).toBe(200);
    expect(first.body).toMatchObject({ id: 'gate', revision: 2, masks: [window] });
    const refused = await put(supervisor, []);
    expect([refused.status, refused.body.detail]).toEqual([
      403,
      expect.stringMatching(/ask an administrator/),
    ]);
    expect((await put(site.administrator, [roof])).body.masks).toEqual([roof]);
    const entries = await recorded();
    expect(entries.map(({ actor }) => actor.split(':')[0])).toEqual(['person', 'person']);
    expect(entries).toMatchObject([
      { subject: 'camera:gate', detail: { areas: 1, areasAdded: 1, areasRemoved: 1 } },
      { subject: 'camera:gate', detail: { areas: 1, areasAdded: 1, areasRemoved: 0 } },
    ]);
    expect((await put(site.administrator, [])).body.masks).toBeUndefined();
  });

  test('what stood between is a conflict; a repeat with its key changes nothing; bad areas are named', async () => {
    const { body } = await site.administrator.call('GET', '/cameras/gate');
    expect((await put(supervisor, [window], { 'if-match': '"1"' })).status).toBe(409);
    const key = { 'idempotency-key': 'mask-once' };
    const before = (await recorded()).length;
    await put(supervisor, [window], key);
    const again = await put(supervisor, [window], key);
    expect(again.body.revision).toBe(body.revision + 1);
    expect(await recorded()).toHaveLength(before + 1);
    const bad = await put(supervisor, [
      [
        [0, 0],
        [2, 0],
        [0, 1],
      ],
    ]);
    expect(bad.status).toBe(400);
    expect(bad.body.errors[0]).toEqual({
      pointer: '/masks/0/1/0',
      message: expect.stringMatching(/within the picture/),
    });
    const many: Masks = Array.from({ length: 17 }, () => window);
    expect((await put(supervisor, many)).body.errors[0].message).toMatch(/at most 16/);
  });

  test('a change of anything else keeps them; a new camera may come with some, which is recorded', async () => {
    await put(site.administrator, [roof]);
    const renamed = await site.administrator.call('PATCH', '/cameras/gate', { name: 'The gate' });
    expect(renamed.body.masks).toEqual([roof]);
    const source = { kind: 'rtsp', main: 'rtsp://127.0.0.1:9/y' };
    const made = await site.administrator.call('POST', '/cameras', {
      id: 'yard',
      name: 'Yard',
      source,
      masks: [window],
    });
    expect(made.body.masks).toEqual([window]);
    expect((await recorded())[0]).toMatchObject({ subject: 'camera:yard', detail: { areas: 1 } });
  });
});
