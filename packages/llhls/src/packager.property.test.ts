import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPlaylist } from '../testing/read-playlist.ts';
import { fakeFragment, fakeInit } from '../testing/units.ts';
import { Packager, TargetDuration, type Numbers, type PackagerOptions } from './index.ts';

const startMs = Date.UTC(2026, 0, 2, 3, 4, 5);

interface Add {
  do: 'add';
  durationS: number;
  key: boolean;
  samples: number;
  size: number;
}
type Step = Add | { do: 'begin' | 'end' | 'jump' | 'pause' | 'restart' | 'idle' | 'idle-set-back' };

const frame = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom(0.2, 0.2, 0.2, 0.25, 0.1, 0.066, 0.2667, 0.333) },
  { weight: 1, arbitrary: fc.constantFrom(0, 0.001, 1, 3.9, 7, 60) },
);
const add: fc.Arbitrary<Add> = fc.record({
  do: fc.constant<'add'>('add'),
  durationS: frame,
  key: fc.constantFrom(true, false, false, false),
  samples: fc.integer({ min: 1, max: 6 }),
  size: fc.integer({ min: 8, max: 3000 }),
});
const other = fc.constantFrom<Step>(
  { do: 'begin' },
  { do: 'end' },
  { do: 'jump' },
  { do: 'pause' },
  { do: 'restart' },
  { do: 'idle' },
  { do: 'idle-set-back' },
);
const step: fc.Arbitrary<Step> = fc.oneof({ weight: 25, arbitrary: add }, { weight: 1, arbitrary: other });
const options = fc.record({
  partTargetMs: fc.constantFrom(100, 200, 334),
  ringMs: fc.constantFrom(3_000, 12_000, 40_000),
  targetDurationS: fc.constantFrom(undefined, 1, 4, 10),
  maxRingBytes: fc.constantFrom(5_000, 200_000, 32 * 1024 * 1024),
});

type Options = Omit<PackagerOptions, 'nowMs'>;
type Given = Omit<Options, 'targetDuration' | 'after'> & { targetDurationS?: number | undefined };

/** Everything that must hold over the life of one address. */
class Watch {
  readonly #options: Options;
  readonly #givenTargetS: number | null;
  #target = new TargetDuration();
  /** By how much the wall clock was set back in all. */
  #setBackMs = 0;
  packager: Packager;
  clockMs = startMs;
  mediaS = 0;
  #mark = 0;
  readonly #bodies = new Map<string, string>();
  readonly #gone = new Set<string>();
  readonly #numbers = new Map<number, number>();
  #lastMsn = 0;
  #lastSequence = 0;
  #lastGeneration = 0;
  #partTargetS: number | null = null;
  #targetDurationS: number | null = null;

  constructor({ targetDurationS, ...rest }: Given) {
    this.#options = rest;
    this.#givenTargetS = targetDurationS ?? null;
    this.packager = this.#make();
    this.begin();
  }

  #make(after?: Numbers): Packager {
    if (!after) this.#target = new TargetDuration(this.#givenTargetS);
    const targetDuration = this.#target;
    return new Packager({ nowMs: this.clockMs, targetDuration, ...this.#options, ...(after && { after }) });
  }

  begin(): void {
    this.mediaS = 0;
    const { generation } = this.packager.begin(
      { ...fakeInit, bytes: new Uint8Array([this.#mark]) },
      this.clockMs,
    );
    expect(generation).toBeGreaterThan(this.#lastGeneration);
    this.#lastGeneration = generation;
  }

  apply(what: Step): void {
    if (what.do === 'begin') {
      this.clockMs += 1_000; // a source is not started more than once a second
      this.begin();
    } else if (what.do === 'end') this.packager.end(this.clockMs);
    else if (what.do === 'jump') this.mediaS += 1_000;
    else if (what.do === 'pause') this.clockMs += 7_000;
    else if (what.do === 'restart') this.#restart();
    else if (what.do === 'idle') this.#idle(0);
    else if (what.do === 'idle-set-back') this.#idle(3_600_000);
    else if (what.do === 'add') this.add(what);
    this.check();
  }

  /** Nobody watches for so long that the media is let go; the clock may be set meanwhile. The address stays. */
  #idle(setBackMs: number): void {
    this.clockMs += 20_000 - setBackMs;
    this.#setBackMs += setBackMs;
    this.packager = this.#make(this.packager.numbers);
    this.#partTargetS = null;
    this.begin();
  }

  /** The whole process dies and comes back within two seconds, knowing nothing. */
  #restart(): void {
    this.clockMs += 2_000 + this.#setBackMs;
    this.#setBackMs = 0;
    this.packager = this.#make();
    this.#partTargetS = null;
    this.#targetDurationS = null;
    // Only segments and generations count from the clock's seconds.
    this.#lastSequence = 0;
    this.#gone.clear();
    this.#bodies.clear();
    this.begin();
  }

  add(what: Omit<Add, 'do'>): void {
    const mark = ++this.#mark;
    const fragment = fakeFragment({ mediaS: this.mediaS, mark, ...what });
    this.mediaS += what.durationS;
    const chunk = this.packager.add(fragment, this.clockMs);
    this.clockMs += what.durationS * 1000;
    expect(chunk.bytes).toBe(fragment.bytes);
    const join = this.packager.join();
    if (what.key) expect(join).toEqual([chunk]);
    join.forEach((item, index) => {
      expect(item.key).toBe(index === 0);
      expect(item.index).toBe((join[0]?.index ?? 0) + index);
    });
    if (join.length > 0) expect(join.at(-1)).toBe(chunk);
    const limit = this.#options.maxRingBytes ?? 32 * 1024 * 1024;
    expect(this.packager.ringBytes).toBeLessThanOrEqual(limit + what.size);
  }

  check(): void {
    const list = readPlaylist(this.packager.playlist());
    if (this.#partTargetS !== null) expect(list.partTargetS).toBe(this.#partTargetS);
    this.#partTargetS = list.partTargetS;
    if (this.packager.ready) this.#targetDurationS ??= list.targetDurationS;
    expect(this.#targetDurationS ?? list.targetDurationS).toBe(list.targetDurationS);
    expect(list.mediaSequence).toBeGreaterThanOrEqual(this.#lastMsn);
    expect(list.discontinuitySequence).toBeGreaterThanOrEqual(this.#lastSequence);
    this.#lastMsn = list.mediaSequence;
    this.#lastSequence = list.discontinuitySequence;
    for (const segment of list.segments) {
      expect(segment.msn * 1000).toBeLessThanOrEqual(this.clockMs + this.#setBackMs);
      expect(Math.round(segment.durationS ?? 0)).toBeLessThanOrEqual(list.targetDurationS);
      expect(this.#numbers.get(segment.msn) ?? segment.discontinuitySequence).toBe(
        segment.discontinuitySequence,
      );
      this.#numbers.set(segment.msn, segment.discontinuitySequence);
      for (const part of segment.parts) {
        expect(part.durationS).toBeLessThanOrEqual(list.partTargetS ?? 0);
        this.#fetch(part.uri, true);
      }
      if (segment.uri !== null) this.#fetch(segment.uri, true);
      this.#fetch(segment.map, true);
    }
    for (const name of this.#bodies.keys()) this.#fetch(name, false);
    if (list.hint !== null) expect(this.packager.resource(list.hint)).toBe('wait');
  }

  /** What was there once is the same or gone; what is gone stays gone. */
  #fetch(name: string, listed: boolean): void {
    const found = this.packager.resource(name);
    if (found === null) {
      expect(listed).toBe(false);
      this.#gone.add(name);
      return;
    }
    if (found === 'wait') throw new Error(`${name} was there before`);
    expect(this.#gone.has(name)).toBe(false);
    const body = found.bytes.map((bytes) => Array.from(bytes.subarray(0, 8)).join()).join(';');
    expect(this.#bodies.get(name) ?? body).toBe(body);
    this.#bodies.set(name, body);
  }
}

describe('any stream of fragments, restarts and gaps', () => {
  it('keeps numbers, bodies, limits and playlists in order', () => {
    fc.assert(
      fc.property(options, fc.array(step, { maxLength: 150 }), (packagerOptions, steps) => {
        const watch = new Watch(packagerOptions);
        for (const what of steps) watch.apply(what);
      }),
      { numRuns: 150 },
    );
  });

  it('never leaves a blocked request or a hinted part waiting while the source goes on', () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 60 }),
        fc.integer({ min: -3, max: 3 }),
        fc.option(fc.nat(20)),
        (steps, ahead, part) => {
          const watch = new Watch({});
          for (const what of steps) if (what.do !== 'restart') watch.apply(what);
          const { segments, mediaSequence, hint } = readPlaylist(watch.packager.playlist());
          const msn = Math.max(0, (segments.at(-1)?.msn ?? mediaSequence) + ahead);
          const first = watch.packager.blockedBy(msn, part);
          expect(first).not.toBe('invalid');
          let answer = first;
          let hinted = hint === null ? null : watch.packager.resource(hint);
          for (let i = 0; i < 200; i++) {
            watch.add({ durationS: 0.2, key: i % 10 === 0, samples: 3, size: 16 });
            if (answer === 'wait') answer = watch.packager.blockedBy(msn, part);
            if (hint !== null && hinted === 'wait') hinted = watch.packager.resource(hint);
          }
          if (first !== 'too-far') expect(answer).toBe('ready');
          expect(hinted).not.toBe('wait');
        },
      ),
      { numRuns: 150 },
    );
  });

  it('fills all parts of a steady source to 85 %, whatever its rate', () => {
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 60 }), fc.integer({ min: 1, max: 10 }), (fps, gopS) => {
        const packager = new Packager({ nowMs: startMs });
        packager.begin(fakeInit, startMs);
        const perFragment = Math.ceil(0.2 * fps - 1e-9);
        let [frames, inGop] = [0, 0];
        for (let i = 0; i < 160; i++) {
          const left = fps * gopS - inGop;
          const samples = Math.min(perFragment, left);
          const fragment = fakeFragment({
            mediaS: frames / fps,
            durationS: samples / fps,
            samples,
            key: inGop === 0,
          });
          const frameS = Array.from({ length: samples }, () => 1 / fps);
          packager.add({ ...fragment, frameS }, startMs + (frames / fps) * 1000);
          frames += samples;
          inGop = samples === left ? 0 : inGop + samples;
        }
        const { segments, partTargetS } = readPlaylist(packager.playlist());
        for (const { parts } of segments)
          for (const part of parts.slice(0, -1))
            expect(part.durationS).toBeGreaterThanOrEqual(0.85 * (partTargetS ?? 1));
        expect(segments.flatMap((segment) => segment.parts).length).toBeGreaterThan(10);
      }),
      { numRuns: 100 },
    );
  });
});
