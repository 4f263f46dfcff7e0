import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CameraSource, Playable } from '@clerestory/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../../../tools/harness/free-port.ts';
import { makeClockClip } from '../../../../tools/rtsp-farm/clips.ts';
import { startFarm } from '../../../../tools/rtsp-farm/farm.ts';
import { ffmpegSender, filesOf, gstreamerSender, httpCamera } from './testing-senders.ts';
import { camera, clockIn, eventually, ingests, keepingLog, startNode, Viewer } from './testing.ts';

const dir = mkdtempSync(path.join(tmpdir(), 'clerestory-sources-'));
const cleanUp: (() => unknown)[] = [];
const opened = <T extends { close(): unknown }>(thing: T): T => {
  cleanUp.push(() => thing.close());
  return thing;
};
const key = 'a-long-enough-key_1';
let jpegs: Buffer[] = [];
const clip = path.join(dir, 'clock.mp4');

async function watch(
  source: CameraSource,
  config: Parameters<typeof startNode>[0] = {},
  deps: Parameters<typeof startNode>[1] = {},
  plays: Playable[] = [],
) {
  const node = opened(await startNode(config, deps));
  node.setCameras([camera('a', source)]);
  const viewer = opened(await Viewer.open(node.port));
  viewer.subscribe('a', 'main', plays);
  return { node, viewer };
}
const flowing = (viewer: Viewer, count = 3) =>
  eventually(`${count} chunks`, () => viewer.chunks().length >= count, 25_000).catch((error: unknown) => {
    throw new Error(`${String(error)}; heard ${JSON.stringify(viewer.notices)}`);
  });
const reasonOf = (viewer: Viewer, state: string) =>
  eventually(`state ${state}`, () =>
    viewer.notices.find((notice) => notice.type === 'state' && notice.state === state),
  ).then((notice) => ('reason' in notice ? notice.reason : ''));

beforeAll(async () => {
  await makeClockClip({ path: clip, camera: 7, seconds: 4, width: 320, height: 180, fps: 15, gopS: 1 });
  execFileSync('ffmpeg', [
    '-v',
    'error',
    '-i',
    clip,
    '-frames:v',
    '30',
    '-q:v',
    '3',
    path.join(dir, 'p%02d.jpg'),
  ]);
  jpegs = readdirSync(dir)
    .filter((name) => name.endsWith('.jpg'))
    .sort()
    .map((name) => readFileSync(path.join(dir, name)));
});
afterEach(async () => {
  for (const close of cleanUp.splice(0).reverse()) await close();
  expect(ingests()).toEqual([]);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('HLS', () => {
  it('plays whole segments from the live edge, evenly, with a token that nobody gets to read', async () => {
    const folder = mkdtempSync(path.join(dir, 'hls-'));
    opened(
      ffmpegSender(
        '-f',
        'hls',
        '-hls_time',
        '1',
        '-hls_list_size',
        '5',
        '-hls_flags',
        'delete_segments',
        path.join(folder, 'i.m3u8'),
      ),
    );
    const server = opened(await httpCamera(filesOf(folder)));
    await eventually(
      'three segments',
      () => readdirSync(folder).filter((name) => name.endsWith('.ts')).length > 3,
    );
    const log = keepingLog();
    const { viewer, node } = await watch(
      { kind: 'hls', main: `${server.url}/i.m3u8?token=very-secret` },
      {},
      { log },
    );
    await flowing(viewer, 20);
    expect(viewer.states()).toEqual(['starting', 'running']);
    // Two seconds of backlog come at once; after that, as the clock goes.
    const chunks = viewer.chunks();
    expect(chunks.every((one, at) => one.index === at)).toBe(true);
    expect(`${log.lines.join('\n')} ${JSON.stringify([node.reports(), viewer.notices])}`).not.toMatch(
      /very-secret|127\.0\.0\.1/,
    );
    expect(server.asked[0]).toContain('token=very-secret');
  });

  it.each([
    // Two segments of a second are there before the first is played.
    ['says nothing: by what it held', null, 1_800, 10_000],
    ['dates its segments', 0, 1_800, 10_000],
    ['replays what is an hour old', 3_600_000, 3_600_000, 3_610_000],
  ])('is as old as the source %s', async (_, olderMs, leastMs, mostMs) => {
    const folder = mkdtempSync(path.join(dir, 'hls-'));
    const playlist = path.join(folder, 'i.m3u8');
    const flags = `delete_segments${olderMs === null ? '' : '+program_date_time'}`;
    const muxer = ['-f', 'hls', '-hls_time', '1', '-hls_list_size', '5', '-hls_flags', flags];
    opened(ffmpegSender(...muxer, playlist));
    const server = opened(
      await httpCamera((request, response) => {
        if (!request.url?.includes('.m3u8')) return filesOf(folder)(request, response);
        const dated = readFileSync(playlist, 'utf8').replace(/(DATE-TIME:)(.*)/g, (_all, tag, date) => {
          const startMs = Date.parse(String(date)) - (olderMs ?? 0);
          return `${String(tag)}${new Date(startMs).toISOString()}`;
        });
        response.writeHead(200).end(dated);
      }),
    );
    await eventually('segments', () => readdirSync(folder).filter((name) => name.endsWith('.ts')).length > 3);
    const { viewer } = await watch({ kind: 'hls', main: `${server.url}/i.m3u8` });
    await flowing(viewer, 20);
    const behind = viewer.notices.findLast((notice) => notice.type === 'state');
    const behindMs = behind && 'behindMs' in behind ? (behind.behindMs ?? 0) : 0;
    expect(behindMs).toBeGreaterThan(leastMs);
    expect(behindMs).toBeLessThan(mostMs);
    // It is in the time of every picture, not only told beside it.
    const newest = viewer.chunks().at(-1);
    expect(Date.now() - (newest?.captureMs ?? 0)).toBeGreaterThan(behindMs - 500);
  });

  // How far it is behind is what the machine makes of this; what it asks for, and when, is counted.
  it('plays LL-HLS by parts: another node of ours, from its newest key frame on and never a whole segment', async () => {
    const farm = opened(await startFarm({ mounts: { street: clip } }));
    const first = opened(await startNode());
    first.setCameras([camera('a', { main: farm.url('street') })]);
    let begun = '';
    const between = opened(
      await httpCamera((request, response) => {
        const onward = get(`http://127.0.0.1:${first.port}${request.url}`, async (answer) => {
          const body = Buffer.concat((await answer.toArray()) as Buffer[]);
          if (request.url?.endsWith('/main/index.m3u8')) begun ||= body.toString();
          response.writeHead(answer.statusCode ?? 502).end(body);
        });
        onward.on('error', () => response.destroy());
      }),
    );
    const { viewer } = await watch({ kind: 'hls', main: `${between.url}/live/a/index.m3u8` });
    await flowing(viewer, 15);
    const [init] = viewer.frames;
    for (const chunk of viewer.chunks().filter(({ key }) => key))
      expect(clockIn(init as never, chunk, 320, 180).camera).toBe(7);

    const newest = [...begun.matchAll(/part-(\d+)-(\d+)\.m4s",INDEPENDENT=YES/g)].at(-1);
    const place = { segment: Number(newest?.[1]), part: Number(newest?.[2]) };
    expect(between.asked.slice(0, 3)).toEqual([
      'GET /live/a/index.m3u8',
      'GET /live/a/main/index.m3u8',
      expect.stringMatching(/\/init-\d+\.mp4$/),
    ]);
    const asked = between.asked.slice(3);
    expect(asked.length).toBeGreaterThan(15);
    for (const request of asked) {
      const [, segment, part] = /\/part-(\d+)-(\d+)\.m4s$/.exec(request) ?? [];
      if (segment === undefined) {
        // Nothing is looked at in vain: each request is held until there is more.
        const next = [`${place.segment}&_HLS_part=${place.part}`, `${place.segment + 1}&_HLS_part=0`];
        expect(next.map((one) => `GET /live/a/main/index.m3u8?_HLS_msn=${one}`)).toContain(request);
        continue;
      }
      if (Number(segment) > place.segment) Object.assign(place, { segment: place.segment + 1, part: 0 });
      expect([Number(segment), Number(part)]).toEqual([place.segment, place.part]);
      place.part += 1;
    }
  });

  it.each([
    ['a page', '<html>', 'The camera answers, but not with an HLS playlist'],
    [
      'a recording',
      '#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\na.ts\n#EXT-X-ENDLIST\n',
      /a recording that has ended/,
    ],
    [
      'encrypted',
      '#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-KEY:METHOD=AES-128,URI="k"\n#EXTINF:2,\na.ts\n',
      /encrypted/,
    ],
    [
      'only sound',
      '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1,CODECS="mp4a.40.2"\na.m3u8\n',
      'The stream has no video',
    ],
  ])('says why not: %s', async (_name, body, reason) => {
    const server = opened(await httpCamera((_request, response) => response.end(body)));
    const { viewer } = await watch({ kind: 'hls', main: `${server.url}/i.m3u8` });
    const said = await eventually('a reason', () =>
      viewer.reasons().find((one) => one !== '' && !one.startsWith('Connecting')),
    );
    if (typeof reason === 'string') expect(said).toBe(reason);
    else expect(said).toMatch(reason);
  });

  it('a playlist that stands still is given up', async () => {
    const still = '#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXT-X-MEDIA-SEQUENCE:5\n#EXTINF:1,\na.ts\n';
    execFileSync('ffmpeg', [
      '-v',
      'error',
      '-i',
      clip,
      '-t',
      '1',
      '-c',
      'copy',
      '-f',
      'mpegts',
      path.join(dir, 'a.ts'),
    ]);
    const segment = readFileSync(path.join(dir, 'a.ts'));
    const server = opened(
      await httpCamera((request, response) => response.end(request.url === '/a.ts' ? segment : still)),
    );
    const { viewer } = await watch({ kind: 'hls', main: `${server.url}/i.m3u8` });
    expect(await reasonOf(viewer, 'backoff')).toMatch(/has not gone on for 6 s|No frames for 5 s/);
  });
});

describe('pictures over HTTP', () => {
  const multipart = (frameMs: number, withLength: boolean) =>
    httpCamera((_request, response) => {
      response.writeHead(200, { 'Content-Type': 'multipart/x-mixed-replace; boundary=--frame' });
      let at = 0;
      const timer = setInterval(() => {
        const jpeg = jpegs[at++ % jpegs.length] ?? Buffer.alloc(0);
        const length = withLength ? `Content-Length: ${jpeg.length}\r\n` : '';
        response.write(`--frame\r\nContent-Type: image/jpeg\r\n${length}\r\n`);
        response.write(jpeg);
        response.write('\r\n');
      }, frameMs);
      response.on('close', () => clearInterval(timer));
    });

  it.each([
    ['with lengths', true],
    ['without', false],
  ])('plays MJPEG %s, converted', async (_name, withLength) => {
    const server = opened(await multipart(66, withLength));
    const { viewer } = await watch({ kind: 'mjpeg', main: `${server.url}/video.mjpg` });
    await flowing(viewer, 6);
    expect(viewer.frames[0]?.codec).toMatch(/^avc1\.42/);
    expect(viewer.reasons()).toContain('Converted from MJPEG');
    const [init] = viewer.frames;
    expect(clockIn(init as never, viewer.chunks()[0] as never, 320, 180).camera).toBe(7);
  });

  it('plays snapshots behind a Digest login, and says so', async () => {
    const hash = (text: string) => createHash('md5').update(text).digest('hex');
    let at = 0;
    const server = opened(
      await httpCamera((request, response) => {
        const given = request.headers.authorization ?? '';
        const of = (name: string) => new RegExp(`${name}="?([^",]+)`).exec(given)?.[1] ?? '';
        const a1 = hash('eye:the realm:p@ss');
        const wanted = hash(`${a1}:n1:${of('nc')}:${of('cnonce')}:auth:${hash('GET:/snap.jpg?x=1')}`);
        if (of('response') !== wanted) {
          response.setHeader('WWW-Authenticate', 'Digest realm="the realm", nonce="n1", qop="auth"');
          return response.writeHead(401).end();
        }
        return response.writeHead(200, { 'Content-Type': 'image/jpeg' }).end(jpegs[at++ % jpegs.length]);
      }),
    );
    const source = { kind: 'snapshot', main: `${server.url}/snap.jpg?x=1`, everyMs: 400 } as const;
    const { viewer } = await watch({ ...source, username: 'eye', password: 'p@ss' });
    await flowing(viewer, 4);
    expect(viewer.reasons()).toContain('One picture every 0.4 s');
    const refused = await watch({ ...source, username: 'eye', password: 'wrong' });
    expect(await reasonOf(refused.viewer, 'unauthorized')).toBe(
      'The camera refuses the user name or password',
    );
    const nobody = await watch(source);
    expect(await reasonOf(nobody.viewer, 'unauthorized')).toMatch(/add them to this camera/);
  });

  it('tells a snapshot address from a stream, and a page from either', async () => {
    const server = opened(
      await httpCamera((request, response) => {
        if (request.url === '/page')
          return response.writeHead(200, { 'Content-Type': 'text/html' }).end('<p>');
        return response.writeHead(200, { 'Content-Type': 'image/jpeg' }).end(jpegs[0]);
      }),
    );
    const one = await watch({ kind: 'mjpeg', main: `${server.url}/snap.jpg` });
    expect(await reasonOf(one.viewer, 'unsupported')).toMatch(/choose "Snapshots"/);
    const page = await watch({ kind: 'mjpeg', main: `${server.url}/page` });
    expect(await reasonOf(page.viewer, 'backoff')).toMatch(/not with a stream of JPEG pictures/);
    const still = await watch({ kind: 'snapshot', main: `${server.url}/page`, everyMs: 200 });
    expect(await reasonOf(still.viewer, 'backoff')).toMatch(/not with a JPEG picture/);
  });

  it('takes no test picture where a registered camera is, also when a name leads there only afterwards', async () => {
    const server = opened(
      await httpCamera((_request, response) => {
        response.writeHead(200, { 'Content-Type': 'image/jpeg' }).end(jpegs[0]);
      }),
    );
    const node = opened(await startNode({}, { resolve: () => Promise.resolve(['127.0.0.1']) }));
    const [, port = ''] = server.url.split(/:(?=\d)/);
    for (const source of [
      { kind: 'snapshot', main: `http://turned.example:${port}/now.jpg`, everyMs: 200 },
      { kind: 'rtsp', main: `rtsp://turned.example:${port}/live`, transport: 'tcp' },
    ] as const)
      expect(await node.tryOut({ source, stream: 'main', shunned: ['127.0.0.1'] })).toEqual({
        ok: false,
        reason: expect.stringMatching(/a registered camera is there/),
      });
    expect(server.asked).toEqual([]);
    const source = { kind: 'snapshot', main: `${server.url}/now.jpg`, everyMs: 200 } as const;
    expect(await node.tryOut({ source, stream: 'main', shunned: [] })).toMatchObject({ ok: true });
  });
});

describe('streams that are fetched', () => {
  it('MPEG-TS over TCP', async () => {
    const port = await freePort();
    opened(ffmpegSender('-f', 'mpegts', `tcp://127.0.0.1:${port}?listen=1`));
    const { viewer } = await watch({ kind: 'mpegts', main: `tcp://127.0.0.1:${port}` });
    await flowing(viewer);
  });

  it('SRT, and a wrong passphrase', async () => {
    const port = await freePort();
    opened(ffmpegSender('-f', 'mpegts', `srt://127.0.0.1:${port}?mode=listener&passphrase=${key}`));
    const { viewer } = await watch({ kind: 'srt', main: `srt://127.0.0.1:${port}`, passphrase: key });
    await flowing(viewer);
    const other = await freePort();
    opened(ffmpegSender('-f', 'mpegts', `srt://127.0.0.1:${other}?mode=listener&passphrase=${key}`));
    const wrong = await watch({ kind: 'srt', main: `srt://127.0.0.1:${other}`, passphrase: 'not-that-one' });
    expect(await reasonOf(wrong.viewer, 'unauthorized')).toMatch(/passphrase/);
  });

  it('RTMP from an RTMP server', async () => {
    const port = await freePort();
    opened(ffmpegSender('-f', 'flv', '-listen', '1', `rtmp://127.0.0.1:${port}/live/bridge`));
    const { viewer } = await watch({ kind: 'rtmp', main: `rtmp://127.0.0.1:${port}/live/bridge` });
    await flowing(viewer);
  });
});

describe('streams that are sent to us', () => {
  it('RTMP with the key; one without it is turned away, and none of his pictures is shown', async () => {
    const port = await freePort();
    const { viewer } = await watch({ kind: 'push', protocol: 'rtmp', port, key });
    expect(await reasonOf(viewer, 'starting')).toMatch(/^(Connecting|Waiting for the camera to send RTMP)/);
    await eventually('the port is open', () => ingests().length === 1);
    await eventually('he is turned away', async () => {
      const stranger = ffmpegSender(
        '-t',
        '3',
        '-f',
        'flv',
        `rtmp://127.0.0.1:${port}/live/wrong-key-0123456`,
      );
      await stranger.ended;
      return viewer.reasons().includes('A sender without the right key was turned away');
    });
    expect(viewer.frames).toEqual([]);
    await eventually('the camera is let in', async () => {
      const sender = opened(ffmpegSender('-f', 'flv', `rtmp://127.0.0.1:${port}/live/${key}`));
      await Promise.race([sender.ended, flowing(viewer)]);
      return viewer.chunks().length > 2;
    });
    expect(viewer.frames[0]?.codec).toMatch(/^avc1/);
    expect(viewer.reasons().join()).not.toContain(key);
  });

  it('SRT with the key as its passphrase, from GStreamer in H.265, and none other', async () => {
    const port = await freePort();
    const { viewer } = await watch({ kind: 'push', protocol: 'srt', port, key }, {}, {}, ['h265']);
    await eventually('the port is open', () => ingests().length === 1);
    const stranger = ffmpegSender('-f', 'mpegts', `srt://127.0.0.1:${port}?passphrase=wrong-key-0123456`);
    await stranger.ended;
    expect(viewer.frames).toEqual([]);
    opened(
      gstreamerSender(
        `mpegtsmux ! srtsink uri=srt://127.0.0.1:${port}?mode=caller passphrase=${key} wait-for-connection=false`,
      ),
    );
    await flowing(viewer);
    expect(viewer.frames[0]?.codec).toMatch(/^h[ev][cv]1/);
  });

  it('MPEG-TS over UDP from one address only', async () => {
    const port = await freePort();
    const { viewer } = await watch({ kind: 'push', protocol: 'udp', port, from: '127.0.0.1' });
    opened(ffmpegSender('-f', 'mpegts', `udp://127.0.0.1:${port}?pkt_size=1316`));
    await flowing(viewer);
    const other = await freePort();
    const deaf = await watch({ kind: 'push', protocol: 'udp', port: other, from: '127.0.0.7' });
    await eventually('both listen', () => ingests().length === 2);
    const stranger = ffmpegSender('-t', '2', '-f', 'mpegts', `udp://127.0.0.1:${other}?pkt_size=1316`);
    await stranger.ended;
    expect(deaf.viewer.frames).toEqual([]);
  });
});
