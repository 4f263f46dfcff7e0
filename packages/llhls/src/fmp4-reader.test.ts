import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { concat, ffmpeg, fragmented, testVideo } from '../testing/ffmpeg.ts';
import { Fmp4Error, Fmp4Reader, type Fmp4Unit, type FragmentUnit } from './index.ts';

const fragmentsOf = (units: Fmp4Unit[]): FragmentUnit[] => units.filter((unit) => unit.kind === 'fragment');
const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);

let video: Uint8Array;
beforeAll(async () => {
  video = await testVideo({ fps: '15', gop: 15, seconds: 3 });
});

/** Error code that pushing these bytes gives. */
function codeOf(bytes: Uint8Array, options?: { maxBoxBytes?: number }): string {
  try {
    new Fmp4Reader(options).push(bytes);
  } catch (error) {
    if (error instanceof Fmp4Error) return error.code;
    throw error;
  }
  return 'none';
}
const ascii = (text: string) => new TextEncoder().encode(text);
function box(type: string, body: Uint8Array = new Uint8Array(0)): Uint8Array {
  const head = new Uint8Array(8);
  new DataView(head.buffer).setUint32(0, body.length + 8);
  head.set(ascii(type), 4);
  return concat([head, body]);
}

describe('reading what is no fragmented MP4', () => {
  it.each([
    ['an HTTP answer', ascii('HTTP/1.1 401 Unauthorized\r\n\r\n')],
    ['a box of impossible size', concat([box('ftyp'), Uint8Array.of(0, 0, 0, 3), ascii('moov')])],
    ['a box without end', concat([box('ftyp'), Uint8Array.of(0, 0, 0, 0), ascii('moov')])],
    ['an MP4 that is not fragmented', concat([box('ftyp'), box('mdat', ascii('x'))])],
    ['a fragment before the moov', concat([box('ftyp'), box('moof')])],
    ['an empty track', concat([box('ftyp'), box('moov', box('trak'))])],
    [
      'a size of 2^60',
      concat([box('ftyp'), Uint8Array.of(0, 0, 0, 1), ascii('free'), Uint8Array.of(16, 0, 0, 0, 0, 0, 0, 0)]),
    ],
  ])('refuses %s in words', (_, bytes) => {
    expect(['malformed', 'too-large']).toContain(codeOf(bytes));
  });

  it('says when there is no video', async () => {
    expect(codeOf(concat([box('ftyp'), box('moov')]))).toBe('no-track');
    const sound = await ffmpeg(['-f', 'lavfi', '-i', 'sine=duration=1', '-c:a', 'aac', ...fragmented]);
    expect(codeOf(sound)).toBe('no-track');
  });

  it('refuses a box beyond the limit before it is received', () => {
    expect(codeOf(video.subarray(0, 100), { maxBoxBytes: 30 })).toBe('too-large');
    expect(codeOf(video, { maxBoxBytes: 20_000_000 })).toBe('none');
  });

  it('stays failed', () => {
    const reader = new Fmp4Reader();
    expect(() => reader.push(ascii('not an mp4 at all'))).toThrow(Fmp4Error);
    expect(() => reader.push(video)).toThrow(Fmp4Error);
  });

  it('refuses two fragments without media data between them', () => {
    const reader = new Fmp4Reader();
    reader.push(video.subarray(0, initLength(video)));
    const moof = video.subarray(initLength(video)).slice();
    const length = new DataView(moof.buffer).getUint32(0);
    expect(() => reader.push(concat([moof.subarray(0, length), moof.subarray(0, length)]))).toThrow(
      /without media data/,
    );
  });

  it('only ever throws Fmp4Error, whatever is broken', () => {
    const place = fc.record({ at: fc.nat(), value: fc.integer({ min: 0, max: 255 }) });
    fc.assert(
      fc.property(fc.array(place, { minLength: 1, maxLength: 12 }), fc.boolean(), (places, early) => {
        const broken = video.slice();
        for (const { at, value } of places) broken[at % (early ? 1500 : broken.length)] = value;
        expect(['none', 'malformed', 'too-large', 'no-track']).toContain(codeOf(broken));
      }),
      { numRuns: 400 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (noise, afterFtyp) => {
        const bytes = afterFtyp ? concat([box('ftyp'), box('moov', noise), noise]) : noise;
        expect(['none', 'malformed', 'too-large', 'no-track']).toContain(codeOf(bytes));
      }),
      { numRuns: 400 },
    );
  });
});

/** ftyp + moov. */
function initLength(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const ftyp = view.getUint32(0);
  return ftyp + view.getUint32(ftyp);
}

describe('reading ffmpeg', () => {
  it.each([
    { fps: '15', gop: 15, seconds: 3 },
    { fps: '25', gop: 50, seconds: 4 },
    { fps: '30000/1001', gop: 10, seconds: 2 },
    { fps: '8', gop: 16, seconds: 4 },
    { fps: '1', gop: 2, seconds: 5 },
  ])('finds every frame and key frame at $fps fps, GOP $gop', async (options) => {
    const bytes = await testVideo(options);
    const units = new Fmp4Reader().push(bytes);
    const [init] = units;
    if (init?.kind !== 'init') throw new Error('the first unit is not the init segment');
    expect(init.track).toMatchObject({ width: 160, height: 96 });
    expect(init.track.codec).toMatch(/^avc1\.42c0[0-9a-f]{2}$/);
    expect(init.bytes).toEqual(bytes.subarray(0, initLength(bytes)));

    const fragments = fragmentsOf(units);
    const [over = 1, under = 1] = options.fps.split('/').map(Number);
    const fps = over / under;
    const frames = Math.ceil(options.seconds * fps - 1e-9);
    expect(sum(fragments.map((unit) => unit.samples))).toBe(frames);
    expect(sum(fragments.map((unit) => unit.durationS))).toBeCloseTo(frames / fps, 3);
    expect(fragments.filter((unit) => unit.key)).toHaveLength(Math.ceil(frames / options.gop));
    expect(fragments[0]?.key).toBe(true);
    fragments.forEach((unit, index) => {
      const next = fragments[index + 1];
      if (next) expect(next.mediaS).toBeCloseTo(unit.mediaS + unit.durationS, 6);
      expect(unit.frameS).toHaveLength(unit.samples);
      expect(sum([...(unit.frameS ?? [])])).toBeCloseTo(unit.durationS, 6);
    });
  });

  it.each([
    {
      name: 'H.265',
      codec: ['-c:v', 'libx265', '-preset', 'ultrafast', '-tag:v', 'hvc1', '-x265-params', 'log-level=none'],
      expected: /^hvc1\.1\.6\.L\d+\.90$/,
    },
    {
      name: 'H.265 in hev1',
      codec: ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=none'],
      expected: /^hev1\.1\.6\.L\d+\.90$/,
    },
    { name: 'MPEG-4 part 2', codec: ['-c:v', 'mpeg4'], expected: /^mp4v\.20$/ },
    {
      name: 'VP9',
      codec: ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8'],
      expected: /^vp09\.00\.\d\d\.08$/,
    },
    { name: 'JPEG', codec: ['-c:v', 'mjpeg', '-strict', 'unofficial'], expected: /^mp4v\.6C$/ },
  ])('names $name', async ({ codec, expected }) => {
    const [init] = new Fmp4Reader().push(await testVideo({ fps: '10', gop: 10, seconds: 1, codec }));
    expect(init?.kind === 'init' && init.track.codec).toMatch(expected);
  });

  it('gives the same units however the bytes are split', () => {
    const whole = new Fmp4Reader().push(video);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 4000 }), { minLength: 1, maxLength: 40 }), (lengths) => {
        const reader = new Fmp4Reader();
        const units: Fmp4Unit[] = [];
        for (let at = 0, i = 0; at < video.length; i++) {
          const length = lengths[i % lengths.length] ?? 1;
          const piece = video.slice(at, at + length);
          units.push(...reader.push(piece));
          piece.fill(0xff); // the reader keeps nothing of what it was given
          at += length;
        }
        expect(units).toEqual(whole);
      }),
      { numRuns: 25 },
    );
  });

  it('passes over boxes that other muxers add, and starts again at a new init segment', () => {
    const init = video.subarray(0, initLength(video));
    const rest = video.subarray(initLength(video));
    const extra = ['styp', 'sidx', 'prft', 'emsg', 'free', 'mfra'].map((type) =>
      box(type, ascii('whatever')),
    );
    const units = new Fmp4Reader().push(concat([init, ...extra, rest, ...extra, init, rest]));
    expect(units.filter((unit) => unit.kind === 'init')).toHaveLength(2);
    const fragments = fragmentsOf(units);
    expect(fragments.slice(fragments.length / 2)).toEqual(fragments.slice(0, fragments.length / 2));
  });

  it('reads offsets from the start of the file, and does not offer to cut such fragments', async () => {
    const input = ['-f', 'mp4', '-i', 'pipe:0', '-c', 'copy', '-f', 'mp4', '-frag_duration', '200000'];
    const old = await ffmpeg([...input, '-movflags', '+frag_keyframe+empty_moov', 'pipe:1'], video);
    const fragments = fragmentsOf(new Fmp4Reader().push(old));
    const same = fragmentsOf(new Fmp4Reader().push(video));
    const facts = ({ mediaS, durationS, samples, key }: FragmentUnit) => ({
      mediaS,
      durationS,
      samples,
      key,
    });
    expect(fragments.map(facts)).toEqual(same.map(facts));
    expect(fragments.every((unit) => unit.frameS === undefined)).toBe(true);
  });

  it('does not offer to cut a fragment whose samples lie outside it', () => {
    const bytes = video.slice();
    const at = Buffer.from(bytes).toString('latin1').indexOf('trun');
    new DataView(bytes.buffer).setUint32(at + 12, 0x7fff_ff00); // data offset
    const fragments = fragmentsOf(new Fmp4Reader().push(bytes));
    expect(fragments.map((unit) => unit.frameS === undefined).indexOf(true)).toBe(0);
    expect(fragments.filter((unit) => unit.frameS === undefined)).toHaveLength(1);
  });

  it('keeps 64-bit decode times exact', () => {
    const bytes = video.slice();
    const text = Buffer.from(bytes).toString('latin1');
    const at = text.indexOf('tfdt');
    const view = new DataView(bytes.buffer);
    expect(bytes[at + 4]).toBe(1);
    view.setUint32(at + 8, 3);
    view.setUint32(at + 12, 5);
    const [init, first] = new Fmp4Reader().push(bytes);
    if (init?.kind !== 'init' || first?.kind !== 'fragment') throw new Error('units missing');
    expect(first.mediaS * init.track.timescale).toBe(3 * 2 ** 32 + 5);
    view.setUint32(at + 8, 0x7fffffff);
    expect(codeOf(bytes)).toBe('malformed');
  });
});
