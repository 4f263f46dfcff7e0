import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { apiBase, routes, type RestRoute } from '@clerestory/protocol';
import { assured } from '../../../tools/harness/assured.ts';
import { startTeamApp, type TeamApp } from './testing/access.ts';
import type { Browser } from './testing/browser.ts';
import { openWindow, until } from './testing/server.ts';

/** Names that nobody outside may come across. */
const planted = {
  camera: 'Camera Planted-Kestrel',
  place: 'Planted-Place 7',
  person: 'planted-person',
  screen: 'Screen Planted-Heron',
  group: 'Planted-Group',
  address: '127.0.0.1:9/planted-path',
};
const plantedWord = /planted/i;

let server: TeamApp;
let administrator: Browser;

beforeAll(async () => {
  server = await startTeamApp();
  ({ administrator } = server);
  const source = { kind: 'rtsp', main: `rtsp://${planted.address}` };
  const camera = { id: 'planted-camera', name: planted.camera, place: planted.place, source };
  expect((await administrator.call('POST', '/cameras', camera)).status).toBe(201);
  await server.personAs('operator', planted.person);
  const { body } = await server.team.call('PATCH', '/walls/control-room/screens/left', {
    name: planted.screen,
  });
  expect(body.code).toBeUndefined();
  const group = { name: planted.group, cameras: ['planted-camera'] };
  expect((await administrator.call('POST', '/camera-groups', group)).status).toBe(201);
  await server.team.call('PUT', '/walls/control-room/screens/left/tiles/0', { camera: 'planted-camera' });
});
afterAll(() => server.stop());

/** Twenty pages that are not ours, six of them nearly. */
const foreign = () => {
  const { host } = new URL(server.app.url);
  const near = ['null', `https://${host}`, 'http://127.0.0.1:1', `http://${host}.evil.example`];
  const odd = [`http://evil.example#${host}`, 'file://'];
  const far = Array.from({ length: 14 }, (_, n) => `https://evil-${n}.example`);
  return [...near, ...odd, ...far];
};

describe('A4: pages of others', () => {
  const words = {
    status: 403,
    body: { code: 'forbidden', detail: expect.stringContaining('This page may not') },
  };
  const changing = (Object.entries(routes) as [string, RestRoute][]).filter(
    ([, { method }]) => method !== 'get',
  );
  /** Everything that a change could leave behind. */
  const state = async () => {
    const asked: [Browser, string][] = [
      [server.team, '/walls/control-room'],
      [administrator, '/cameras'],
      [administrator, '/people'],
      [administrator, '/rights'],
      [administrator, '/camera-groups'],
      [administrator, '/screen-devices'],
      [administrator, '/me/sessions'],
    ];
    const answers = await Promise.all(asked.map(([who, address]) => who.call('GET', address)));
    return answers.map(({ body }) =>
      JSON.stringify(body).replaceAll(/"(seenAt|lastSeenAt|checkedAt)":\d+/g, ''),
    );
  };

  test(
    '20 foreign origins on every route that changes something, with the cookies of those who may',
    { timeout: 120_000 },
    async () => {
      let tries = 0;
      const before = await state();
      for (const [name, { method, path }] of changing) {
        const address = path.replaceAll(/\{camera\}/g, 'planted-camera').replaceAll(/\{\w+\}/g, 'left');
        // Without an Origin, but with a word of the browser that it is of another site; and a form, which has neither.
        const claims: Record<string, string>[] = [
          ...foreign().map((origin) => ({ origin })),
          { origin: '', 'sec-fetch-site': 'cross-site' },
          { origin: '', 'sec-fetch-site': 'same-site' },
          { origin: '' },
        ];
        const who = /^\/(walls|session|me)\b/.test(path) ? server.team : administrator;
        const answers = await Promise.all(
          claims.map((claim) => who.call(method.toUpperCase(), address, {}, claim)),
        );
        for (const [at, answer] of answers.entries())
          expect(answer, `${name} ${JSON.stringify(claims[at])}`).toMatchObject(words);
        tries += claims.length;
      }
      expect(await state()).toEqual(before);
      // Control: asked for by our own page, none of them gets these words.
      const made = await administrator.call('POST', '/camera-groups', {
        name: 'From our own page',
        cameras: [],
      });
      expect(made.status).toBe(201);
      expect(await state()).not.toEqual(before);
      assured({
        ...{ row: 'A4', trials: tries, whole: true },
        claim:
          'a change that the page of another asks for, with the cookies of somebody who may, is refused and changes nothing',
        control: 'the same change is made when our own page asks for it',
      });
    },
  );

  const headersOf = (origin: string) => ({ cookie: server.team.cookieHeader(), origin });
  const push = (origin: string): Promise<number> => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.app.mediaPort}/push`, {
      headers: headersOf(origin),
    });
    return new Promise<number>((resolve, reject) => {
      socket.once('open', () => resolve(101));
      socket.once('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
      socket.once('error', reject);
    }).finally(() => {
      socket.on('error', () => undefined);
      socket.terminate();
    });
  };
  const live = async (origin: string): Promise<[number, string | null]> => {
    const address = `http://127.0.0.1:${server.app.mediaPort}/live/planted-camera/main/index.m3u8`;
    const { status, headers } = await fetch(address, { headers: headersOf(origin) });
    return [status, headers.get('access-control-allow-origin')];
  };

  test('20 foreign origins on every socket, and on LL-HLS', { timeout: 120_000 }, async () => {
    await until(() => server.app.mediaReady());
    for (const origin of foreign()) {
      for (const hello of [{ surface: 'console' }, { surface: 'screen', screen: 'left' }] as const)
        await expect(openWindow(server.app.url, hello, headersOf(origin)), origin).rejects.toThrow();
      expect([origin, await push(origin)]).toEqual([origin, 403]);
      expect([origin, ...(await live(origin))]).toEqual([origin, 403, null]);
    }
    // The media process's refusals are in the record of control as well.
    const auditor = await server.personAs('auditor');
    const counted = async () => {
      const { items = [] } = (await auditor.call('GET', '/record?kind=refused&limit=500')).body;
      return (items as { actor: string; detail: { asked: string; count: number } }[])
        .filter(({ actor, detail }) => actor === 'anonymous' && detail.asked === 'media:origin')
        .reduce((sum, { detail }) => sum + detail.count, 0);
    };
    await until(async () => (await counted()) > 0);
    // Control: our own page opens each of them.
    (await openWindow(server.app.url, { surface: 'console' }, headersOf(server.app.url))).close();
    expect(await push(server.app.url)).toBe(101);
    expect((await live(server.app.url))[1]).toBe(server.app.url);
    assured({
      ...{ row: 'A4', trials: foreign().length * 4, whole: true },
      claim:
        'a socket or a playlist that the page of another opens, with the cookies of somebody who may, is refused',
      control: 'our own page opens each of them with the same cookies',
    });
  });
});

describe('A5: nobody, on every door', () => {
  /** Every address that the running server answers, with ids of what is there. */
  const addresses = () => {
    const ids: Record<string, string> = {
      ...{ camera: 'planted-camera', wall: 'control-room', screen: 'left', tile: '0' },
    };
    const mounted = server.app.doors.flatMap(({ door }): [string, string][] => {
      const [method = '', path = ''] = door.split(' ');
      if (!path.startsWith('/') || path.startsWith('/^')) return [];
      return [[method, path.replaceAll(/:(\w+)/g, (_, name: string) => ids[name] ?? 'planted-camera')]];
    });
    return [...mounted, ['GET', '/socket.io/?EIO=4&transport=polling'], ['GET', '/no-such-page']] as const;
  };
  const media = ['/', '/healthz', '/push', '/player/x/planted-camera/index.m3u8'].concat(
    [
      'index.m3u8',
      'main/index.m3u8',
      'main/poster.jpg',
      'sub/poster.jpg',
      'main/init-1.mp4',
      'main/1.m4s',
    ].map((name) => `/live/planted-camera/${name}`),
  );
  interface Found {
    asked: string;
    media: boolean;
    private: boolean;
  }
  async function crawl(ask: (method: string, url: string) => Promise<Response>): Promise<Found[]> {
    const found: Found[] = [];
    const look = async (method: string, url: string) => {
      const answer = await ask(method, url);
      const [type, text] = [answer.headers.get('content-type') ?? '', await answer.text()];
      found.push({
        asked: `${method} ${new URL(url).pathname}`,
        media: /video|mpegurl|image\/jpeg|octet/.test(type),
        private: plantedWord.test(text),
      });
    };
    for (const [method, path] of addresses()) await look(method, server.app.url + path);
    for (const path of media) await look('GET', `http://127.0.0.1:${server.app.mediaPort}${path}`);
    return found;
  }

  test('no video and nothing private', { timeout: 120_000 }, async () => {
    const found = await crawl((method, url) =>
      fetch(url, {
        method,
        redirect: 'manual',
        ...(method !== 'GET' && { headers: { 'content-type': 'application/json' }, body: '{}' }),
      }),
    );
    expect(found.length).toBeGreaterThan(Object.keys(routes).length);
    expect(found.filter((one) => one.media || one.private)).toEqual([]);
    // Control: the same crawl by those who may comes across every planted name.
    const cookies = `${administrator.cookieHeader()}`;
    const seen: string[] = [];
    const reads = (Object.values(routes) as RestRoute[]).filter(({ method }) => method === 'get');
    for (const { path } of reads) {
      const address = path.replace('{camera}', 'planted-camera').replace('{wall}', 'control-room');
      const answer = await fetch(server.app.url + apiBase + address, { headers: { cookie: cookies } });
      seen.push(await answer.text());
    }
    for (const name of [planted.camera, planted.place, planted.person, planted.screen, planted.group])
      expect(seen.join()).toContain(name);
    expect(seen.join()).not.toContain(planted.address);
    assured({
      ...{ row: 'A5', trials: found.length, whole: true },
      claim:
        'who has not signed in gets no video and no name of a camera, a place, a person or a screen, whatever door is asked',
      control: 'the same names come to an administrator who asks the same doors',
    });
  });
});
