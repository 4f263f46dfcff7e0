import { createServer, connect, type AddressInfo, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cameraSchemes, checkAddress, type CameraScheme } from './check.ts';
import { defaultCameraNetworks, parseCameraNetworks, refusalOf } from './networks.ts';
import { checkSource, pinSource } from './source.ts';
import { assured } from '../../../../../tools/harness/assured.ts';

const schemes = Object.keys(cameraSchemes) as CameraScheme[];
const networks = parseCameraNetworks(defaultCameraNetworks);
/** What hostile names resolve to; nobody else is asked. */
const names: Record<string, string[]> = {
  'camera.example': ['10.1.2.3'],
  'both.example': ['2001:db8::5', '10.1.2.4'],
  'evil.example': ['127.0.0.1'],
  'evil6.example': ['::1'],
  'mapped.example': ['::ffff:127.0.0.1'],
  'metadata.example': ['169.254.169.254'],
  'mixed.example': ['10.1.2.3', '127.0.0.1'],
  localhost: ['127.0.0.1', '::1'],
  'localhost.localdomain': ['127.0.0.1'],
  '127.0.0.1.nip.example': ['127.0.0.1'],
  'xn--80ak6aa92e.example': ['127.0.0.1'],
};
const resolve = (name: string): Promise<string[]> =>
  names[name] ? Promise.resolve(names[name]) : Promise.reject(new Error('ENOTFOUND'));
const check = (address: string) => checkAddress(address, { schemes, networks, resolve });

let listener: Server;
let port = 0;
let connections = 0;
beforeAll(async () => {
  listener = createServer((socket) => {
    connections += 1;
    socket.end();
  });
  await new Promise<void>((done) => listener.listen(0, '127.0.0.1', done));
  ({ port } = listener.address() as AddressInfo);
});
afterAll(() => new Promise((done) => listener.close(done)));

/** Connects as a player would: only to what was let through. */
async function tryToReach(address: string, allowed = networks): Promise<boolean> {
  const checked = await checkAddress(address, { schemes, networks: allowed, resolve });
  if (!checked.ok) {
    expect(checked.reason, address).toMatch(/\w{3}/);
    return false;
  }
  await new Promise<void>((done) => {
    const socket = connect({ host: checked.ip, port: checked.port }, () => socket.end());
    socket.on('close', () => done()).on('error', () => done());
  });
  return true;
}

/** Every spelling of an address of this machine, of the metadata services and of no machine that we know. */
const badHosts = [
  ...['127.0.0.1', '127.1', '127.0.1', '2130706433', '0x7f000001', '0x7f.1', '0177.0.0.1', '017700000001'],
  ...['127.0.0.1.', '127.255.255.254', '①②⑦.0.0.1', '127。0。0。1', '%31%32%37.0.0.1', '0x7f.0x0.0x0.0x1'],
  ...[
    '[::1]',
    '[0:0:0:0:0:0:0:1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::127.0.0.1]',
    '[64:ff9b::7f00:1]',
  ],
  ...[
    '[2002:7f00:1::]',
    '[::]',
    '0.0.0.0',
    '0',
    '0.1.2.3',
    '255.255.255.255',
    '[fe80::1]',
    '[ff02::1]',
    '239.1.1.1',
  ],
  ...[
    '169.254.169.254',
    '2852039166',
    '0xa9fea9fe',
    '0251.0376.0251.0376',
    '[::ffff:169.254.169.254]',
    '169.254.7.7',
  ],
  ...['100.100.100.200', '169.254.170.2', '[fd00:ec2::254]', '240.0.0.1', '224.0.0.1', '192.0.0.8'],
  ...[
    'evil.example',
    'EVIL.example.',
    'evil6.example',
    'mapped.example',
    'metadata.example',
    'mixed.example',
  ],
  ...[
    'localhost',
    'LOCALHOST',
    'localhost.',
    'localhost.localdomain',
    '127.0.0.1.nip.example',
    'аррӏе.example',
  ],
];
const badSchemes = [
  ...[
    'file',
    'concat',
    'concatf',
    'subfile',
    'data',
    'crypto',
    'pipe',
    'fd',
    'cache',
    'async',
    'tee',
    'md5',
    'unix',
  ],
  ...[
    'ftp',
    'gopher',
    'tcp',
    'tls',
    'sctp',
    'mmsh',
    'ipfs',
    'httpproxy',
    'hls+file',
    'hls+http',
    'lavfi',
    'image2',
  ],
];

function hostileAddresses(): string[] {
  const made = badHosts.flatMap((host) =>
    ['rtsp', 'http', 'srt'].map((scheme) => `${scheme}://${host}:${port}/x`),
  );
  made.push(
    ...badSchemes.flatMap((name) => [`${name}:/etc/passwd`, `${name}://127.0.0.1:${port}/etc/passwd`]),
  );
  made.push(
    ...[
      '/etc/passwd',
      '//127.0.0.1/x',
      'etc/passwd',
      '',
      ' ',
      'rtsp:',
      'rtsp:/',
      'rtsp://',
      'rtsp:///x',
      'http:127.1',
    ],
    'subfile,,start,0,end,0,,:/etc/passwd',
    'concat:/etc/passwd|/etc/shadow',
    'data:text/plain;base64,AAAA',
    'crypto+file:/etc/passwd',
    'RTSP+FILE:///etc/passwd',
    'file,rtsp://camera.example/x',
    `rtsp://user:secret@127.0.0.1:${port}/x`,
    `rtsp://camera.example@127.0.0.1:${port}/x`,
    `rtsp://camera.example:80@127.0.0.1:${port}/x`,
    `http://camera.example\\@127.0.0.1:${port}/x`,
    `http://camera.example#@127.0.0.1:${port}/x`,
    `http://camera.example/#x`,
    `rtsp://[fe80::1%25lo]:${port}/x`,
    `rtsp://[::1%25lo]:${port}/x`,
    `rtsp://127.0.0.1:${port}/x\nfile '/etc/passwd'`,
    `rtsp://camera.example/x'\nfile '/etc/passwd`,
    `rtsp://camera.example/x\0.mp4`,
    'rtsp://camera.example:99999/x',
    'rtsp://camera.example:0/x',
    'rtsp://camera.example:-1/x',
    'rtsp://camera.example:5a4/x',
    'rtsp://camera example/x',
    'rtsp://-camera-/x',
    'rtsp://cam..era/x ',
    'udp://camera.example',
    'srt://camera.example',
    `rtsp://${'a'.repeat(2_100)}/x`,
    `rtsp://${'a'.repeat(300)}/x`,
    'rtsp://nowhere.example/x',
    'udp://239.255.0.1:5000',
    'udp://@239.255.0.1:5000',
  );
  return made;
}

describe('hostile addresses', () => {
  test('D5: none of more than 200 is ever connected to, and each is refused in words', async () => {
    const addresses = hostileAddresses();
    expect(new Set(addresses).size).toBeGreaterThanOrEqual(200);
    const before = connections;
    const reached: string[] = [];
    for (const address of addresses) if (await tryToReach(address)) reached.push(address);
    expect(reached).toEqual([]);
    expect(connections - before).toBe(0);
    assured({
      ...{ row: 'D5', trials: addresses.length },
      claim: 'a hostile camera address is never connected to',
      control: 'with this machine allowed, the same spellings do arrive',
    });
  });

  test('D5, negative control: with this machine allowed, the same spellings do arrive', async () => {
    const before = connections;
    const allowed = parseCameraNetworks('private,public,loopback');
    for (const host of ['127.0.0.1', '0x7f.1', '2130706433', '[::ffff:127.0.0.1]', 'evil.example'])
      expect(await tryToReach(`rtsp://${host}:${port}/x`, allowed)).toBe(true);
    await expect.poll(() => connections - before).toBe(5);
  });
});

describe('good addresses', () => {
  test.each([
    ['rtsp://10.0.0.5/stream1?channel=1', 'rtsp://10.0.0.5/stream1?channel=1', 554],
    ['RTSP://Camera.Example:8554/Main', 'rtsp://10.1.2.3:8554/Main', 8554],
    ['https://camera.example/live/index.m3u8', 'https://10.1.2.3/live/index.m3u8', 443],
    ['rtsp://both.example/a', 'rtsp://10.1.2.4/a', 554],
    ['rtsp://[fd12::7]:554/a', 'rtsp://[fd12::7]:554/a', 554],
    ['srt://198.51.100.4:9000?mode=caller', 'srt://198.51.100.4:9000?mode=caller', 9000],
    ['rtsp://0xa.0.0.5', 'rtsp://10.0.0.5', 554],
    ['rtmp://100.64.0.9/app/key', 'rtmp://100.64.0.9/app/key', 1935],
  ])('%s is pinned to %s', async (given, pinnedUrl, expectedPort) => {
    expect(await check(given)).toMatchObject({ ok: true, pinnedUrl, port: expectedPort });
  });

  test('a name that has no address right now is told apart from one that is refused', async () => {
    expect(await check('rtsp://nowhere.example/x')).toMatchObject({ ok: false, unresolved: true });
    expect(await check('rtsp://evil.example/x')).toMatchObject({ ok: false, unresolved: false });
  });

  test('a name is asked for once, so that a second answer has no say', async () => {
    const answers = [['10.1.1.1'], ['127.0.0.1']];
    const checked = await checkAddress('rtsp://rebinding.example/x', {
      schemes,
      networks,
      resolve: async () => answers.shift() ?? [],
    });
    expect(checked).toMatchObject({ ok: true, ip: '10.1.1.1', host: 'rebinding.example' });
    expect(answers).toHaveLength(1);
  });
});

describe('the setting', () => {
  test('names networks and ranges; link-local and multicast only by range, metadata never', () => {
    const wide = parseCameraNetworks('169.254.0.0/16, 239.0.0.0/8, fe80::/10, 0.0.0.0/0');
    expect(refusalOf('169.254.3.4', wide)).toBeNull();
    expect(refusalOf('239.1.1.1', wide)).toBeNull();
    expect(refusalOf('fe80::1', wide)).toBeNull();
    expect(refusalOf('169.254.169.254', wide)).toMatch(/metadata/);
    expect(refusalOf('::ffff:169.254.169.254', wide)).toMatch(/metadata/);
    expect(refusalOf('0.0.0.0', wide)).toMatch(/no single machine/);
  });

  test('narrows to one range, and says which setting to look at', () => {
    const narrow = parseCameraNetworks('10.20.0.0/16');
    expect(refusalOf('10.20.1.1', narrow)).toBeNull();
    expect(refusalOf('10.21.1.1', narrow)).toMatch(/CLERESTORY_CAMERA_NETWORKS/);
    expect(refusalOf('8.8.8.8', narrow)).toMatch(/open internet/);
  });

  test.each(['', ' , ', 'everything', '10.0.0.0', '10.0.0.0/64', Array(65).fill('10.0.0.0/8').join()])(
    'refuses "%.20s"',
    (text) => {
      expect(() => parseCameraNetworks(text)).toThrow(RangeError);
    },
  );
});

describe('sources', () => {
  const rules = { networks, resolve };
  const rtsp = (main: string) => ({
    kind: 'rtsp' as const,
    transport: 'auto' as const,
    main,
    password: 'x://y',
  });

  test('a refusal names the field and not the address', async () => {
    const answer = await checkSource(
      { ...rtsp('rtsp://10.0.0.5/a'), sub: `rtsp://127.0.0.1:${port}/b` },
      rules,
    );
    expect(answer).toMatchObject({
      ok: false,
      problem: { status: 422, errors: [{ pointer: '/source/sub' }] },
    });
    expect(JSON.stringify(answer)).not.toContain('127.0.0.1');
  });

  test('a name without an address passes at registration, and not at connection', async () => {
    expect(await checkSource(rtsp('rtsp://nowhere.example/a'), rules)).toMatchObject({ ok: true });
    expect(await pinSource(rtsp('rtsp://nowhere.example/a'), rules)).toMatchObject({ ok: false });
  });

  test('a pinned source keeps all but the host', async () => {
    expect(await pinSource(rtsp('rtsp://camera.example:8554/a?b=c'), rules)).toEqual({
      ok: true,
      source: rtsp('rtsp://10.1.2.3:8554/a?b=c'),
    });
    const demo = { kind: 'demo' as const, scene: 'harbour' };
    expect(await pinSource(demo, rules)).toEqual({ ok: true, source: demo });
  });
});
