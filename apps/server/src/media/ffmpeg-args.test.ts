import { describe, expect, it } from 'vitest';
import { loginPart, loopScript, percentEncode, rtspScript } from './ffconcat.ts';
import { ingestArgs, posterArgs, soundArgs } from './ffmpeg-args.ts';

describe('ingestArgs', () => {
  it('has no place for an address or a login', () => {
    expect(ingestArgs({ kind: 'address', protocol: 'rtsp' })).toEqual([
      ...['-hide_banner', '-nostats', '-loglevel', 'level+info'],
      ...['-f', 'concat', '-safe', '0', '-protocol_whitelist', 'pipe,tcp,udp,rtp,rtsp'],
      ...['-probesize', '32768', '-analyzeduration', '500000', '-i', 'pipe:0'],
      ...['-map', '0:v:0', '-an', '-c:v', 'copy', '-f', 'mp4'],
      ...['-movflags', '+frag_keyframe+empty_moov+default_base_moof'],
      ...['-frag_duration', '200000', '-flush_packets', '1', 'pipe:1'],
    ]);
  });

  it('loops files only, in real time', () => {
    const args = ingestArgs({ kind: 'loop', burstS: 0.25 });
    expect(args.slice(4, 9)).toEqual(['-re', '-stream_loop', '-1', '-itsoffset', '-0.250']);
    expect(args[args.indexOf('-protocol_whitelist') + 1]).toBe('pipe,file');
    for (const burstS of [-1, 61, NaN, Infinity])
      expect(() => ingestArgs({ kind: 'loop', burstS })).toThrow(RangeError);
  });

  it('takes the sound alone, with an output of its own', () => {
    const args = soundArgs({ kind: 'address', protocol: 'rtsp' });
    expect(args.slice(args.indexOf('-map'))).toEqual([
      ...['-map', '0:a:0', '-vn', '-af', 'aresample=async=1', '-ac', '1', '-ar', '48000'],
      ...[
        '-c:a',
        'aac',
        '-b:a',
        '64k',
        '-f',
        'mp4',
        '-movflags',
        '+frag_keyframe+empty_moov+default_base_moof',
      ],
      ...['-frag_duration', '200000', '-flush_packets', '1', 'pipe:1'],
    ]);
    expect(args[args.indexOf('-protocol_whitelist') + 1]).toBe('pipe,tcp,udp,rtp,rtsp');
    const media = soundArgs({ kind: 'media', bursts: true });
    expect([media.includes('-re'), media[media.indexOf('-protocol_whitelist') + 1]]).toEqual([true, 'pipe']);
  });

  it('makes posters from stdin alone', () => {
    expect(posterArgs[posterArgs.indexOf('-protocol_whitelist') + 1]).toBe('pipe');
  });
});

describe('loopScript', () => {
  it('goes from somewhere to the end, then from the beginning to there', () => {
    expect(loopScript('/demo/a.mp4', 7).split('\n')).toEqual([
      'ffconcat version 1.0',
      ...["file 'file:/demo/a.mp4'", 'inpoint 7', "file 'file:/demo/a.mp4'", 'outpoint 7', ''],
    ]);
    expect(loopScript('/demo/a.mp4', 0)).toBe("ffconcat version 1.0\nfile 'file:/demo/a.mp4'\n");
  });

  it('takes any folder that people have, and no second line', () => {
    expect(loopScript("/home/o'brien/my data/a.mp4", 0)).toContain("'file:/home/o'\\''brien/my data/a.mp4'");
    for (const path of ['a.mp4', 'http://x/y', '', '/a\nfile /etc/passwd'])
      expect(() => loopScript(path, 0)).toThrow(RangeError);
  });
});

describe('rtspScript', () => {
  it('puts login and options where no other process sees them', () => {
    const script = rtspScript('rtsp://10.0.0.5:554/h264?ch=1', { username: 'a b', password: `p@:/'` }, 'udp');
    expect(script.split('\n').slice(0, 3)).toEqual([
      'ffconcat version 1.0',
      `file 'rtsp://a%20b:p%40%3A%2F%27@10.0.0.5:554/h264?ch=1'`,
      'option rtsp_transport udp',
    ]);
  });

  it('asks a camera for its sound without its pictures, and for pictures as ever', () => {
    const lines = (fetched: 'pictures' | 'sound') =>
      rtspScript('rtsp://10.0.0.5/h264', {}, 'tcp', fetched).split('\n');
    expect(lines('sound')).toContain('option allowed_media_types audio');
    expect(lines('pictures')).toEqual(lines('sound').filter((line) => !line.includes('allowed_media_types')));
  });

  it.each([
    [`a quote`, `rtsp://host/x'\nfile '/etc/passwd`],
    ['a quote alone', `rtsp://host/x'`],
    ['a new line', 'rtsp://host/x\noption a b'],
    ['a backslash', 'rtsp://host/x\\y'],
    ['a space', 'rtsp://host/x y'],
    ['a NUL', 'rtsp://host/x\0'],
    ['another protocol', 'file:///etc/passwd'],
    ['a login of its own', 'rtsp://u:p@host/x'],
  ])('refuses an address with %s', (_name, address) => {
    expect(() => rtspScript(address, {}, 'tcp')).toThrow(RangeError);
  });

  it('refuses a login that ffmpeg would cut off, without repeating it', () => {
    const password = '#'.repeat(43);
    expect(() => loginPart({ username: 'u', password })).toThrow(/too long/);
    expect(() => loginPart({ username: 'u', password })).not.toThrow(/#/);
    expect(loginPart({ username: 'u', password: 'x'.repeat(125) })).toHaveLength(128);
    expect(loginPart({})).toBe('');
  });

  it('encodes everything that could mean something', () => {
    expect(percentEncode(`!'()*@:/?#[]%"\\ é~-_.aZ9`)).toBe(
      '%21%27%28%29%2A%40%3A%2F%3F%23%5B%5D%25%22%5C%20%C3%A9~-_.aZ9',
    );
  });
});
