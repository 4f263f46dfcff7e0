import { expect, test } from 'vitest';
import type { OrderStatus, Screenshot } from '@clerestory/protocol';
import type { GuardedApp } from '../../../testing/access.ts';
import { addPrivateCamera, freshKey, openTerms, ownerOf, place } from '../../../testing/private-camera.ts';
import { openWindow, until } from '../../../testing/server.ts';
import { assured } from '../../../../../../tools/harness/assured.ts';

const wall = 'control-room';
const jpeg = Buffer.from('a picture').toString('base64');
const source = (id: string) => ({ kind: 'rtsp', main: `rtsp://127.0.0.1:9/main?camera=${id}` });

/** On an app that the caller has started. */
export function whatScreensShow(app: () => GuardedApp): void {
  test('A1 no picture of a screen shows a private camera, to nobody, whatever page draws it', async () => {
    const site = app();
    const owner = await ownerOf(site);
    const operator = await site.personAs('operator');
    const street = { id: 'drawn-street', name: 'Street', source: source('drawn-street'), ...place };
    expect((await site.administrator.call('POST', '/cameras', street)).status).toBe(201);
    await addPrivateCamera(site, 'drawn-yard', source('yard'), openTerms, owner);
    const paired = await site.pair('right');
    const open = async (hello: object, cookie: string) => {
      const socket = await openWindow(site.app.url, hello as never, { cookie });
      expect(await socket.emitWithAck('wall:join', { wall })).toMatchObject({ ok: true });
      return socket;
    };
    const screen = await open({ surface: 'screen', screen: 'right' }, paired.cookieHeader());
    const console = await open({ surface: 'console' }, operator.cookieHeader());
    const states: OrderStatus[] = [];
    console.on('screen:order-status', (status) => states.push(status));
    let cameras: string[] = [];
    screen.on('screen:order', ({ id }) => {
      const screenshot = { jpeg, width: 800, height: 450, cameras };
      void screen.emitWithAck('screen:done', { id, screen: 'right', done: true, note: '', screenshot });
    });
    const draw = async (...what: string[]) => {
      cameras = what;
      const order = { wall, screens: ['right'], order: { kind: 'screenshot' as const } };
      const answer = await console.emitWithAck('screen:order', order);
      const id = answer.ok ? answer.value.orders[0]?.id : '';
      return until(async () => states.find((one) => one.id === id && one.state !== 'sent'));
    };
    const shown = async (): Promise<Screenshot | null> => {
      const answer = await console.emitWithAck('screen:screenshot', { wall, screen: 'right' });
      if (!answer.ok) throw new Error(answer.problem.detail);
      return answer.value;
    };

    // Whoever asks holds a grant of their own, and gets it in no picture of a screen either.
    await operator.call('POST', '/grants', {
      ...{ cameras: [{ camera: 'drawn-yard', screen: 'right' }] },
      purpose: { kind: 'standing', purpose: 'fire' },
    });
    for (const what of [['drawn-yard'], ['drawn-street', 'drawn-yard'], ['drawn-street', 'nowhere']]) {
      expect(await draw(...what)).toMatchObject({
        ...{ state: 'failed', note: expect.stringMatching(/private camera, so it was thrown away/) },
      });
      expect(await shown()).toBeNull();
    }
    // The control: what is public is shown, and the record says to whom.
    expect(await draw('drawn-street')).toMatchObject({ state: 'done' });
    expect(await shown()).toMatchObject({ jpeg, width: 800 });
    const auditor = await site.personAs('auditor');
    const entries = (await auditor.call('GET', '/record?limit=10&kind=screen-ordered')).body.items;
    expect(entries[0]).toMatchObject({
      ...{ actor: `person:${operator.person}`, subject: 'screen:right' },
      detail: { order: 'screenshot-shown', cameras: ['drawn-street'] },
    });
    // It is lent from now on: nothing of what it was is kept.
    const lent = { visibility: 'private', owner };
    expect((await site.administrator.call('PATCH', '/cameras/drawn-street', lent)).status).toBe(200);
    expect(await shown()).toBeNull();
    await site.app.owners.ownerChanges(owner, 'drawn-yard', { type: 'revoke' }, freshKey());
    screen.disconnect();
    console.disconnect();
    assured({
      ...{ row: 'A1', trials: 4 },
      claim: 'no picture of a screen shows a private camera, whoever asks and whatever page draws it',
      control: 'one of a public camera is shown, until that camera is lent',
    });
  });
}
