import { describe, expect, it } from 'vitest';
import { concat, decodedFrames, testVideo } from '../testing/ffmpeg.ts';
import { readPlaylist } from '../testing/read-playlist.ts';
import { fakeFragment, fakeInit, markOf } from '../testing/units.ts';
import {
  Fmp4Reader,
  laterNumbers,
  multivariantPlaylist,
  Packager,
  TargetDuration,
  type Chunk,
  type PackagerOptions,
} from './index.ts';

const nowMs = Date.UTC(2026, 0, 2, 3, 4, 5);
/** Hours from the start of 2026. */
const firstSequence = 27;

/** A source with steady fragments on a fake clock. */
class Source {
  readonly packager: Packager;
  clockMs = nowMs;
  mediaS = 0;
  count = 0;
  constructor(options: Partial<PackagerOptions> = {}) {
    this.packager = new Packager({ nowMs, ...options });
    this.clockMs = options.nowMs ?? nowMs;
  }
  begin(): this {
    this.packager.begin(fakeInit, this.clockMs);
    this.mediaS = 0;
    return this;
  }
  add(durationS: number, key = false, size = 16): Chunk {
    const mark = ++this.count;
    const fragment = fakeFragment({ mediaS: this.mediaS, durationS, key, size, mark });
    const captureMs = this.clockMs;
    this.mediaS += durationS;
    this.clockMs += durationS * 1000;
    return this.packager.add(fragment, captureMs);
  }
  /** Whole GOPs of fragments of 200 ms. */
  gops(count: number, fragments = 5, size = 16): this {
    for (let i = 0; i < count * fragments; i++) this.add(0.2, i % fragments === 0, size);
    return this;
  }
  read(skip = false) {
    return readPlaylist(this.packager.playlist({ skip }));
  }
}

const bodyOf = (packager: Packager, name: string): Uint8Array | null => {
  const found = packager.resource(name);
  return found === null || found === 'wait' ? null : concat(found.bytes);
};

describe('generations and joining', () => {
  it('refuses a fragment before an init segment', () => {
    const packager = new Packager({ nowMs });
    expect(() => packager.add(fakeFragment({ mediaS: 0, durationS: 0.2 }), nowMs)).toThrow(/begin\(\)/);
  });

  it('counts generations from the clock, one by one', () => {
    const source = new Source();
    expect(source.packager.init).toBeNull();
    source.begin().gops(1);
    expect(source.packager.init?.generation).toBe(nowMs / 1000);
    source.begin();
    expect(source.packager.init?.generation).toBe(nowMs / 1000 + 1);
    expect(source.add(0.2, true)).toMatchObject({ generation: nowMs / 1000 + 1, index: 0, key: true });
    expect(source.add(0.2)).toMatchObject({ index: 1, key: false });
  });

  it('joins at the last key frame, and nowhere without one', () => {
    const source = new Source().begin();
    source.add(0.2);
    expect(source.packager.join()).toEqual([]);
    expect(source.packager.lastKeyChunk()).toBeNull();
    const key = source.add(0.2, true);
    const next = source.add(0.2);
    expect(source.packager.join()).toEqual([key, next]);
    expect(source.packager.lastKeyChunk()).toBe(key);
    source.begin();
    expect(source.packager.join()).toEqual([]);
  });

  it('keeps a whole GOP however long, and the playlist back to it', () => {
    const source = new Source().begin().gops(20);
    source.add(0.2, true);
    for (let i = 0; i < 299; i++) source.add(0.2);
    expect(source.packager.join()).toHaveLength(300);
    const { segments, targetDurationS } = source.read();
    expect(segments[0]?.parts.length === 0 || segments[0]?.parts[0]?.independent).toBe(true);
    expect(bodyOf(source.packager, segments[0]?.uri ?? '')?.length).toBeGreaterThan(0);
    for (const segment of segments)
      expect(Math.round(segment.durationS ?? 0)).toBeLessThanOrEqual(targetDurationS);
    source.add(0.2, true);
    expect(source.packager.join()).toHaveLength(1);
    expect(source.read().segments.length).toBeLessThan(segments.length);
  });

  it('lets a GOP go that alone is beyond the byte limit, and recovers at the next key frame', () => {
    const source = new Source({ maxRingBytes: 10_000 }).begin();
    source.add(0.2, true, 1000);
    for (let i = 0; i < 200; i++) {
      source.add(0.2, false, 1000);
      expect(source.packager.ringBytes).toBeLessThanOrEqual(11_000);
    }
    expect(source.packager.join()).toEqual([]);
    source.add(0.2, true, 1000);
    expect(source.packager.join()).toHaveLength(1);
  });

  it('bounds a GOP too that no segment may take yet', () => {
    const packager = new Packager({ nowMs, maxRingBytes: 10_000 });
    for (let generation = 0; generation < 2; generation++) {
      packager.begin(fakeInit, nowMs);
      packager.add(fakeFragment({ mediaS: 0, durationS: 0.2, key: true, size: 1000 }), nowMs);
    }
    for (let i = 1; i < 30; i++) {
      packager.add(fakeFragment({ mediaS: i * 0.2, durationS: 0.2, size: 1000 }), nowMs);
      expect(packager.ringBytes).toBeLessThanOrEqual(11_000);
    }
    expect(packager.join()).toEqual([]);
  });

  it('keeps one whole GOP when bytes are short', () => {
    const source = new Source({ maxRingBytes: 8_000 }).begin().gops(30, 5, 1000);
    expect(source.packager.join()).toHaveLength(5);
    expect(source.packager.ringBytes).toBeLessThanOrEqual(8_000);
  });
});

describe('segments and parts', () => {
  it('fixes the part target when the first segment closes and fills parts to at least 85 %', () => {
    const source = new Source().begin().gops(1);
    expect(source.packager.ready).toBe(false);
    source.gops(6);
    expect(source.packager.ready).toBe(true);
    const list = source.read();
    expect(list.partTargetS).toBe(0.22);
    expect(list.partHoldBackS).toBeCloseTo(0.66);
    expect(list.segments[0]?.parts).toHaveLength(5);
    expect(list.segments[1]?.parts).toHaveLength(5);
    expect(list.segments[1]?.parts.map((part) => part.independent)).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
    expect(list.segments[1]?.dateMs).toBe(nowMs + 1000);
  });

  it.each([
    { gopS: 1, targetDurationS: 4, durations: [1, 1, 1, 1] },
    { gopS: 4, targetDurationS: 4, durations: [4, 4, 4] },
    { gopS: 8, targetDurationS: 10, durations: [8, 8, 8] },
    { gopS: 16, targetDurationS: 10, durations: [10.4, 5.6, 10.4, 5.6] },
  ])('has target duration $targetDurationS for GOPs of $gopS s', ({ gopS, targetDurationS, durations }) => {
    const source = new Source({ ringMs: 200_000 }).begin().gops(5, gopS * 5);
    const list = source.read();
    expect(list.targetDurationS).toBe(targetDurationS);
    expect(list.segments.map((segment) => segment.durationS).slice(0, durations.length)).toEqual(durations);
    expect(list.segments.every((segment) => segment.discontinuitySequence === firstSequence)).toBe(true);
  });

  it('keeps the target duration when GOPs grow, and cuts without key frames then', () => {
    const source = new Source({ ringMs: 200_000 }).begin().gops(3).gops(2, 30);
    const { segments, targetDurationS } = source.read();
    expect(targetDurationS).toBe(4);
    expect(segments.map((segment) => segment.durationS)).toEqual([1, 1, 1, 4.4, 1.6, 4.4, null]);
    expect(segments[5]?.parts[0]?.independent).toBe(true);
  });

  it('returns to key frames after a cut without one, however short the rest', () => {
    const source = new Source({ targetDuration: new TargetDuration(4) }).begin().gops(3, 23);
    expect(source.read().segments.map((segment) => segment.durationS)).toEqual([
      4.4,
      0.2,
      4.4,
      0.2,
      4.4,
      null,
    ]);
  });

  it('takes the long target duration when the first segment ends before a key frame', () => {
    const source = new Source().begin();
    source.add(0.2, true);
    source.packager.end(source.clockMs);
    expect(source.read().targetDurationS).toBe(10);
  });

  it('waits with a new segment at a key frame until one second is full', () => {
    const source = new Source().begin();
    for (let i = 0; i < 20; i++) source.add(0.2, i % 2 === 0);
    const durations = source.read().segments.flatMap((segment) => segment.durationS ?? []);
    expect(durations.every((durationS) => durationS >= 0.95)).toBe(true);
    expect(source.read().segments[1]?.parts.filter((part) => part.independent)).toHaveLength(3);
  });

  it('shows frames longer than the part target in segments without parts', () => {
    const source = new Source().begin().gops(4);
    for (let i = 0; i < 6; i++) source.add(0.9, true);
    const { segments, partTargetS } = source.read();
    expect(partTargetS).toBe(0.22);
    expect(segments.at(-1)?.parts).toEqual([]);
    expect(segments.flatMap((segment) => segment.parts).length).toBe(20);
    source.gops(2);
    expect(source.read().segments.at(-1)?.parts.length).toBeGreaterThan(0);
  });

  it('shows a gap in the source as a short segment and a discontinuity', () => {
    const source = new Source().begin().gops(3);
    source.add(0.2, true);
    source.add(60);
    source.gops(2);
    const { segments, targetDurationS } = source.read();
    for (const segment of segments)
      expect(Math.round(segment.durationS ?? 0)).toBeLessThanOrEqual(targetDurationS);
    expect(segments.at(-1)?.discontinuitySequence).toBe(firstSequence + 1);
  });

  it('marks a jump of the source’s timestamps', () => {
    const source = new Source().begin().gops(3);
    source.mediaS += 500;
    source.gops(2);
    const numbers = source.read().segments.map((segment) => segment.discontinuitySequence - firstSequence);
    expect(numbers).toEqual([0, 0, 0, 1, 1]);
  });

  it('keeps segment numbers behind the clock even when ffmpeg is restarted all the time', () => {
    const source = new Source();
    for (let i = 0; i < 50; i++) {
      source.begin();
      source.add(0.2, true);
      source.add(0.1);
      const last = source.read().segments.at(-1);
      expect(last?.msn ?? 0).toBeLessThanOrEqual(source.clockMs / 1000);
      expect(source.packager.join()).toHaveLength(2);
    }
    source.begin().gops(10);
    expect(source.read().segments.at(-1)?.map).toBe(`init-${source.packager.init?.generation}.mp4`);
  });

  it('goes on after the clock was set back', () => {
    const source = new Source().begin().gops(5);
    source.clockMs -= 3_600_000;
    const before = source.read().segments.at(-1)?.msn ?? 0;
    source.gops(5);
    expect(source.read().segments.at(-1)?.msn).toBe(before + 5);
    source.clockMs -= 3_600_000;
    source.begin().gops(5);
    expect(source.read().segments.at(-1)?.msn).toBe(before + 10);
  });
});

describe('playlists over restarts', () => {
  it('has a discontinuity and a new map per generation, and counts those that slide out', () => {
    const source = new Source();
    for (let i = 0; i < 3; i++) source.begin().gops(3);
    const first = firstSequence;
    let list = source.read();
    expect(list.discontinuitySequence).toBe(first);
    expect(list.segments.map((segment) => segment.discontinuitySequence - first)).toEqual([
      0, 0, 0, 1, 1, 1, 2, 2, 2,
    ]);
    expect(new Set(list.segments.map((segment) => segment.map)).size).toBe(3);
    const numbers = new Map<number, number>();
    for (let i = 0; i < 30; i++) {
      source.gops(1);
      list = source.read();
      for (const segment of list.segments) {
        const known = numbers.get(segment.msn) ?? segment.discontinuitySequence;
        expect(segment.discontinuitySequence).toBe(known);
        numbers.set(segment.msn, known);
      }
    }
    expect(list.discontinuitySequence).toBe(first + 2);
  });

  it('starts a generation, and goes on after a hole, with a key frame', () => {
    const source = new Source().begin();
    source.add(0.2);
    source.gops(2);
    source.begin();
    source.add(0.2);
    source.add(0.2);
    source.gops(2);
    const { segments } = source.read();
    expect(segments.map((segment) => segment.parts[0]?.independent)).toEqual([true, true, true, true]);
    expect(segments.map((segment) => segment.dateMs - nowMs)).toEqual([200, 1200, 2600, 3600]);
  });

  it('never shows or serves the open segment of a dead generation', () => {
    const source = new Source().begin().gops(2);
    source.add(0.2, true);
    source.packager.end(source.clockMs);
    const { segments, hint } = source.read();
    expect(segments.at(-1)?.uri).not.toBeNull();
    expect(source.packager.resource(hint ?? '')).toBe('wait');
    source.clockMs += 5_000;
    source.begin().gops(1);
    expect(bodyOf(source.packager, hint ?? '')).not.toBeNull();
  });

  it('numbers discontinuities low enough for players that keep an array of them', () => {
    const source = new Source({ nowMs: Date.UTC(2036, 0, 1) }).begin().gops(3);
    expect(source.read().discontinuitySequence).toBeLessThan(100_000);
    expect(new Source({ nowMs: 0 }).begin().read().discontinuitySequence).toBe(0);
  });

  it('lets go of init segments that nothing refers to', () => {
    const source = new Source().begin().gops(2);
    const name = `init-${source.packager.init?.generation}.mp4`;
    expect(source.packager.resource(name)).toMatchObject({ kind: 'init', contentType: 'video/mp4' });
    source.begin().gops(60);
    expect(source.packager.resource(name)).toBeNull();
  });
});

describe('what follows at the same address', () => {
  const listed = (packager: Packager) => readPlaylist(packager.playlist()).segments;
  const namesIn = (packager: Packager) =>
    listed(packager).flatMap(({ uri, map, parts }) => [uri ?? map, map, ...parts.map((part) => part.uri)]);

  it.each([
    ['a while later', 60_000],
    ['within the same second', 0],
    ['after the clock was set back', -7 * 86_400_000],
  ])('goes on with the numbers: begun anew %s', (_when, passedMs) => {
    const before = new Source().begin().gops(20);
    const last = listed(before.packager).at(-1);
    const { discontinuitySequence } = before.read();
    const names = new Set(namesIn(before.packager));
    const source = new Source({ nowMs: before.clockMs + passedMs, after: before.packager.numbers });
    expect(source.read().mediaSequence).toBeGreaterThan(last?.msn ?? 0);
    source.begin().gops(20);
    const segments = listed(source.packager);
    expect(segments.length).toBeGreaterThan(10);
    for (const { msn } of segments) expect(msn).toBeGreaterThan(last?.msn ?? 0);
    for (const name of namesIn(source.packager)) expect(names.has(name)).toBe(false);
    expect(source.read().discontinuitySequence).toBeGreaterThanOrEqual(discontinuitySequence);
  });

  it('takes the later of the numbers of several', () => {
    const numbers = { clockMs: 4, msn: 1, generation: 7, discontinuitySequence: 2 };
    const others = { clockMs: 3, msn: 2, generation: 6, discontinuitySequence: 9 };
    expect(laterNumbers(numbers, others)).toEqual({
      clockMs: 4,
      msn: 2,
      generation: 7,
      discontinuitySequence: 9,
    });
  });
});

describe('two playlists of one camera', () => {
  it.each([
    { firstS: 1, secondS: 8, targetDurationS: 4 },
    { firstS: 8, secondS: 1, targetDurationS: 10 },
  ])('have one target duration: GOPs of $firstS and $secondS s', ({ firstS, secondS, targetDurationS }) => {
    const targetDuration = new TargetDuration();
    const first = new Source({ targetDuration }).begin().gops(4, firstS * 5);
    const second = new Source({ targetDuration }).begin().gops(4, secondS * 5);
    for (const source of [first, second]) {
      const list = source.read();
      expect(list.targetDurationS).toBe(targetDurationS);
      for (const { durationS } of list.segments)
        expect(Math.round(durationS ?? 0)).toBeLessThanOrEqual(targetDurationS);
    }
  });

  it('keep to it when the other decides while a longer segment is open', () => {
    const targetDuration = new TargetDuration();
    const long = new Source({ targetDuration }).begin();
    for (let i = 0; i < 35; i++) long.add(0.2, i === 0);
    new Source({ targetDuration }).begin().gops(3);
    for (let i = 0; i < 35; i++) long.add(0.2, i === 5);
    const list = long.read();
    expect(list.targetDurationS).toBe(4);
    for (const { durationS } of list.segments) expect(Math.round(durationS ?? 0)).toBeLessThanOrEqual(4);
  });

  it('report each other, and hold back by the longer parts', () => {
    const [main, sub] = [new Source(), new Source({ partTargetMs: 400 })];
    expect(main.packager.edge).toBeNull();
    for (const source of [main, sub]) source.begin().gops(3);
    const open = nowMs / 1000 + 2;
    expect(main.packager.edge).toEqual({ msn: open, part: 4, partTargetS: 0.22 });
    main.add(0.2, true);
    main.add(0.2);
    const { edge } = main.packager;
    expect(edge).toEqual({ msn: open + 1, part: 1, partTargetS: 0.22 });
    const uri = '../main/index.m3u8';
    const list = readPlaylist(sub.packager.playlist({ others: edge ? [{ ...edge, uri }] : [] }));
    expect(list.reports).toEqual([{ uri, msn: open + 1, part: 1 }]);
    const other = sub.packager.edge;
    const held = readPlaylist(main.packager.playlist({ others: other ? [{ ...other, uri }] : [] }));
    expect(held.partHoldBackS).toBeCloseTo(3 * (list.partTargetS ?? 0), 4);
    expect(main.read().reports).toEqual([]);
  });
});

describe('long groups of pictures', () => {
  /** 10 s GOPs at 8 Mbit/s in fragments of 200 ms. */
  const gopFragments = 50;
  const fragmentBytes = 200_000;

  it('stay within the bytes of one stream, and can be joined as a whole at any time', () => {
    const source = new Source().begin();
    for (let i = 0; i < 8 * gopFragments; i++) {
      source.add(0.2, i % gopFragments === 0, fragmentBytes);
      expect(source.packager.ringBytes).toBeLessThanOrEqual(32 * 1024 * 1024 + fragmentBytes);
      expect(source.packager.join()).toHaveLength((i % gopFragments) + 1);
    }
    expect(source.packager.ringBytes).toBeGreaterThan(2 * gopFragments * fragmentBytes);
    expect(source.read().segments.some((segment) => segment.parts[0]?.independent)).toBe(true);
  });
});

describe('resources', () => {
  it('waits for the next part and finds it there', () => {
    const source = new Source().begin().gops(3);
    for (let i = 0; i < 40; i++) {
      const { hint } = source.read();
      expect(source.packager.resource(hint ?? '')).toBe('wait');
      source.add(0.2, i % 5 === 0);
      expect(markOf(bodyOf(source.packager, hint ?? '') ?? new Uint8Array(8))).toBe(source.count);
    }
  });

  it('keeps a segment for a while after it left the playlist, then never again', () => {
    const source = new Source().begin().gops(30);
    const oldest = source.read().segments[0];
    const name = oldest?.uri ?? '';
    source.gops(2);
    expect(source.read().segments[0]?.msn).toBe((oldest?.msn ?? 0) + 2);
    expect(bodyOf(source.packager, name)).not.toBeNull();
    source.gops(20);
    expect(source.packager.resource(name)).toBeNull();
  });

  it.each([
    '',
    'seg-.m4s',
    'seg-1.m4s',
    'seg-01.m4s',
    'part-1-1.m4s',
    'init-0.mp4',
    '../init-1.mp4',
    'seg-1e3.m4s',
    'seg-99999999999999999999.m4s',
  ])('knows no %j', (name) => {
    expect(new Source().begin().gops(5).packager.resource(name)).toBeNull();
  });

  it('gives a segment the same frames as its parts', () => {
    const source = new Source().begin().gops(6);
    const segments = source
      .read()
      .segments.filter((segment) => segment.uri !== null && segment.parts.length > 0);
    expect(segments.length).toBeGreaterThan(3);
    for (const segment of segments) {
      const parts = segment.parts.flatMap((part) => [...(bodyOf(source.packager, part.uri) ?? [])]);
      expect(parts).toEqual([...(bodyOf(source.packager, segment.uri ?? '') ?? [])]);
    }
  });
});

describe('blocking requests', () => {
  it.each([
    [Number.NaN, null],
    [-1, null],
    [1.5, 0],
    [1, -1],
    [1, 0.5],
  ])('refuses _HLS_msn=%s _HLS_part=%s', (msn, part) => {
    expect(new Source().begin().gops(3).packager.blockedBy(msn, part)).toBe('invalid');
  });

  it('follows 8216bis, 6.2.5.2', () => {
    const source = new Source().begin().gops(5);
    source.add(0.2, true);
    source.add(0.2);
    const { packager } = source;
    const open = nowMs / 1000 + 5;
    expect(packager.blockedBy(open - 1, null)).toBe('ready');
    expect(packager.blockedBy(0, 7)).toBe('ready');
    expect(packager.blockedBy(open, null)).toBe('wait');
    expect(packager.blockedBy(open, 1)).toBe('ready');
    expect(packager.blockedBy(open, 2)).toBe('wait');
    expect(packager.blockedBy(open - 1, 4)).toBe('ready');
    expect(packager.blockedBy(open - 1, 5)).toBe('ready'); // the open segment's part 0
    expect(packager.blockedBy(open + 1, 0)).toBe('wait');
    expect(packager.blockedBy(open + 1, null)).toBe('wait');
    expect(packager.blockedBy(open + 2, null)).toBe('too-far');
    expect(packager.blockedBy(open, 15)).toBe('wait');
    expect(packager.blockedBy(open, 16)).toBe('too-far');
    source.clockMs += 1_000;
    source.packager.end(source.clockMs);
    expect(packager.blockedBy(open, 2)).toBe('wait'); // rolls over to the next segment, which is not there
    source.add(0.2);
    expect(packager.blockedBy(open, 2)).toBe('ready');
  });
});

describe('delta updates', () => {
  it('skip what is beyond the boundary and nothing else', () => {
    const source = new Source({ targetDuration: new TargetDuration(1), ringMs: 20_000 }).begin().gops(40);
    const whole = source.read();
    const delta = source.read(true);
    expect(whole.skipped).toBe(0);
    expect(delta.skipped).toBeGreaterThan(10);
    expect(delta.mediaSequence).toBe(whole.mediaSequence);
    expect(delta.segments).toEqual(whole.segments.slice(delta.skipped));
    expect(delta.segments[0]?.parts).toEqual([]);
    expect(new Source().begin().gops(5).read(true).skipped).toBe(0);
  });
});

describe('facts', () => {
  it('measures what arrives', () => {
    const source = new Source().begin();
    expect(source.packager.facts(nowMs)).toEqual({ fps: null, bitrateKbps: null, gopMs: null });
    source.gops(12, 5, 12_500);
    expect(source.packager.facts(source.clockMs)).toEqual({ fps: 15, bitrateKbps: 500, gopMs: 1000 });
    expect(source.packager.facts(source.clockMs + 3_000).fps).toBeLessThan(13);
    expect(source.packager.facts(source.clockMs + 6_000).fps).toBeNull();
    source.begin();
    expect(source.packager.facts(source.clockMs).gopMs).toBeNull();
  });
});

describe('multivariant playlists', () => {
  it('list variants and refuse text that breaks out', () => {
    const variant = {
      uri: 'sub/playlist.m3u8',
      bandwidth: 505_000.5,
      codec: 'avc1.64001f',
      width: 640,
      height: 360,
    };
    expect(multivariantPlaylist([{ ...variant, fps: 15 }])).toBe(
      '#EXTM3U\n#EXT-X-VERSION:9\n#EXT-X-STREAM-INF:BANDWIDTH=505001,CODECS="avc1.64001f",RESOLUTION=640x360,FRAME-RATE=15.000\nsub/playlist.m3u8\n',
    );
    expect(() => multivariantPlaylist([{ ...variant, uri: 'a\n#EXT-X-ENDLIST' }])).toThrow(RangeError);
    expect(() => multivariantPlaylist([{ ...variant, codec: 'a",B="' }])).toThrow(RangeError);
  });
});

describe('with real video', () => {
  it.each([
    { fps: '15', gop: 15, cut: false },
    { fps: '25', gop: 50, cut: false },
    { fps: '8', gop: 20, cut: false },
    { fps: '30', gop: 150, cut: false },
    { fps: '15', gop: 11, cut: true },
    { fps: '24', gop: 17, cut: true },
  ])('every part decodes to the frames of the source at $fps fps, GOP $gop', async ({ fps, gop, cut }) => {
    const bytes = await testVideo({ fps, gop, seconds: 6 });
    const packager = new Packager({ nowMs });
    let clockMs = nowMs;
    for (const unit of new Fmp4Reader().push(bytes)) {
      if (unit.kind === 'init') packager.begin(unit, clockMs);
      else packager.add(unit, clockMs);
      if (unit.kind === 'fragment') clockMs += unit.durationS * 1000;
    }
    packager.end(clockMs);
    const list = readPlaylist(packager.playlist());
    const map = bodyOf(packager, list.segments[0]?.map ?? '') ?? new Uint8Array(0);
    const bodies = list.segments.map((segment) => bodyOf(packager, segment.uri ?? '') ?? new Uint8Array(0));
    const inParts = list.segments.flatMap((segment, index) =>
      segment.parts.length === 0
        ? [bodies[index] ?? new Uint8Array(0)]
        : segment.parts.map((part) => bodyOf(packager, part.uri) ?? new Uint8Array(0)),
    );
    const source = await decodedFrames(bytes);
    expect(source).toHaveLength(Number(fps) * 6);
    expect(await decodedFrames(concat([map, ...bodies]))).toEqual(source);
    expect(await decodedFrames(concat([map, ...inParts]))).toEqual(source);
    expect(concat(inParts).length > concat(bodies).length).toBe(cut);
    const again = [bodies, inParts].map((pieces) => new Fmp4Reader().push(concat([map, ...pieces])));
    const [whole = [], pieces = []] = again.map((units) => units.filter((unit) => unit.kind === 'fragment'));
    expect(pieces.filter((unit) => unit.key)).toHaveLength(whole.filter((unit) => unit.key).length);
    expect(pieces.flatMap((unit) => unit.frameS)).toEqual(whole.flatMap((unit) => unit.frameS));
    for (let i = 1; i < pieces.length; i++) {
      const before = pieces[i - 1];
      expect(pieces[i]?.mediaS).toBeCloseTo((before?.mediaS ?? 0) + (before?.durationS ?? 0), 6);
    }

    const targetS = list.partTargetS ?? 0;
    for (const { parts } of list.segments)
      parts.forEach((part, index) => {
        expect(part.durationS).toBeLessThanOrEqual(targetS);
        if (index < parts.length - 1 && !part.independent)
          expect(part.durationS).toBeGreaterThanOrEqual(0.85 * targetS);
      });
  });
});
