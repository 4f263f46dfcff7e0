import { describe, expect, it } from 'vitest';
import { backoffMs } from './backoff.ts';
import { redact } from './redact.ts';
import { explainEnding, type Ending } from './reasons.ts';

const ending = (said: string, more: Partial<Ending> = {}): Ending => ({
  said,
  code: 1,
  signal: null,
  ranMs: 100,
  fragments: 0,
  ...more,
});

it('a camera that asks for a login is told from one that refuses it', () => {
  const said = '[rtsp @ 0x55d0] method DESCRIBE failed: 401 Unauthorized';
  expect(explainEnding(ending(said, { hasLogin: true })).reason).toBe(
    'The camera refuses the user name or password',
  );
  expect(explainEnding(ending(said, { hasLogin: false }))).toMatchObject({
    state: 'unauthorized',
    reason: 'The camera asks for a user name and password: add them to this camera',
  });
});

describe('explainEnding, with what ffmpeg 5.1 really says', () => {
  it.each([
    [
      '[rtsp @ 0x55d0] method DESCRIBE failed: 401 Unauthorized\npipe:0: Server returned 401 Unauthorized (authorization failed)',
      'unauthorized',
      'The camera refuses the user name or password',
    ],
    [
      '[rtsp @ 0x55] method DESCRIBE failed: 404 Not Found',
      'backoff',
      'The camera has no stream at that path',
    ],
    [
      '[tcp @ 0x5591] Connection to <address> failed: Connection refused\npipe:0: Connection refused',
      'backoff',
      'Nothing answers at that address and port',
    ],
    [
      '[tcp @ 0x55] Failed to resolve hostname <address> Name or service not known\npipe:0: Input/output error',
      'backoff',
      'The name of the camera is not known: check the address',
    ],
    ['[tcp @ 0x55] Connection to <address> failed: No route to host', 'backoff', 'No way to that address'],
    [
      '[tcp @ 0x55] Connection to <address> failed: Connection timed out',
      'backoff',
      'The camera does not answer',
    ],
    [
      "[concat @ 0x55] Impossible to open '<address>'\npipe:0: Invalid data found when processing input",
      'backoff',
      'The camera answers, but not with RTSP',
    ],
    [
      '[rtsp @ 0x55] method SETUP failed: 461 Unsupported transport\npipe:0: Protocol not supported',
      'backoff',
      'The camera does not offer that transport: try the other of TCP and UDP',
    ],
    [
      'setpriv: failed to execute /nowhere/ffmpeg: No such file or directory',
      'backoff',
      'ffmpeg cannot be started: run sudo apt-get install ffmpeg, or correct CLERESTORY_FFMPEG',
    ],
    ['Output file #0 does not contain any stream', 'unsupported', 'The stream has no video'],
    [
      '[mp4 @ 0x5] Could not find tag for codec wmv2 in stream #0, codec not currently supported in container',
      'unsupported',
      'The camera sends a video format that nothing here can read: set it to H.264',
    ],
  ])('%s', (said, state, reason) => {
    expect(explainEnding(ending(said))).toMatchObject({ state, reason });
  });

  it('ffmpeg says the same of silence as of garbage: the time tells them apart', () => {
    const said = 'pipe:0: Invalid data found when processing input';
    expect(explainEnding(ending(said, { ranMs: 5_010 }))).toMatchObject({
      reason: 'The camera does not answer',
      otherTransport: 'next',
    });
  });

  it('a stream that ran and ended, broke or was killed', () => {
    const ran = { fragments: 9, ranMs: 60_000 };
    expect(explainEnding(ending('', { ...ran, code: 0 })).reason).toBe('The camera ended the stream');
    expect(explainEnding(ending('x', ran)).reason).toBe('The connection to the camera broke');
    expect(explainEnding(ending('', { ...ran, code: null, signal: 'SIGKILL' })).reason).toBe(
      'The video program was stopped from outside',
    );
  });

  it('only what another transport may cure asks for another', () => {
    expect(explainEnding(ending('461 Unsupported transport')).otherTransport).toBe('now');
    expect(explainEnding(ending('401 Unauthorized')).otherTransport).toBe('no');
    expect(explainEnding(ending('Connection refused')).otherTransport).toBe('no');
  });
});

describe('redact', () => {
  it.each([
    `Impossible to open 'rtsp://u:p%40ss@10.0.0.5:554/cam1?x=1'`,
    'Connection to tcp://10.0.0.5:554?timeout=5000000 failed',
    'Failed to resolve hostname cam.example.org: Name or service not known',
    'connected to 10.0.0.5:554 with p%40ss',
  ])('%s', (said) => {
    const clean = redact(said, ['p%40ss', 'p@ss']);
    expect(clean).not.toMatch(/p%40ss|10\.0\.0\.5|cam\.example|cam1/);
    expect(clean).toMatch(/<address>/);
  });

  it('takes the longest secret first, so that no rest of it stays', () => {
    expect(redact('abcdef', ['abc', 'abcdef'])).toBe('<secret>');
  });
});

it('backoff: 1 to 30 s, with half of it by chance', () => {
  const longest = [1, 2, 3, 4, 5, 6, 7, 100].map((failures) => backoffMs(failures, () => 1));
  expect(longest).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  expect(backoffMs(1, () => 0)).toBe(500);
  expect(backoffMs(6, () => 0.5)).toBe(22_500);
});

describe('of a sound', () => {
  const heard = (said: string) => explainEnding(ending(said, { isSound: true }));
  it.each([
    '[rtsp @ 0x55] method PLAY failed: 454 Session Not Found\npipe:0: Server returned 4XX Client Error',
    "Stream map '0:a:0' matches no streams.",
    'Output file #0 does not contain any stream',
  ])('a camera that has none is at no fault: %s', (said) => {
    expect(heard(said)).toEqual({
      state: 'unsupported',
      reason: 'This camera sends no sound',
      otherTransport: 'no',
    });
    expect(explainEnding(ending(said)).reason).not.toMatch(/sound/);
  });
  it('a refused login stays one, and a format that is not known is told', () => {
    expect(heard('method PLAY failed: 401 Unauthorized').state).toBe('unauthorized');
    expect(heard('Could not find codec parameters for stream 0 (Audio: none)').reason).toMatch(
      /sound format/,
    );
  });
});
