import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPlaylist } from '../testing/read-playlist.ts';
import { Reloader, type Reload } from '../testing/reloader.ts';
import { fakeFragment, fakeInit } from '../testing/units.ts';
import { Packager, TargetDuration } from './index.ts';

const startMs = Date.UTC(2026, 0, 2, 3, 4, 5);
/** Short, so that the boundary of delta updates is six seconds from the end of a playlist of twenty. */
const targetDurationS = 1;
const ringMs = 20_000;
/** 8216bis, 6.3.7: who last loaded longer ago than half the boundary asks for the whole. */
const maxAgeMs = (6 * targetDurationS * 1000) / 2;

type Step =
  | { do: 'add'; durationS: number; key: boolean }
  | { do: 'begin' | 'end' | 'jump' | 'pause' }
  /** Players do not always ask for the very next part. */
  | { do: 'reload'; wants: 'next' | 'anything' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 30,
    arbitrary: fc.record({
      do: fc.constant<'add'>('add'),
      durationS: fc.constantFrom(0.2, 0.2, 0.2, 0.25, 0.066, 0.333, 1.2),
      key: fc.constantFrom(true, false, false, false),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Step>({ do: 'begin' }, { do: 'end' }, { do: 'jump' }, { do: 'pause' }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant<'reload'>('reload'),
      wants: fc.constantFrom<('next' | 'anything')[]>('next', 'anything'),
    }),
  },
);

/** A source, its packager, and one player that reloads. */
class Address {
  readonly packager = new Packager({
    ...{ nowMs: startMs, ringMs },
    targetDuration: new TargetDuration(targetDurationS),
  });
  readonly player = new Reloader();
  clockMs = startMs;
  skipped = 0;
  #mediaS = 0;
  #loadedMs: number | null = null;
  #waits: Reload | null = null;

  constructor() {
    this.packager.begin(fakeInit, this.clockMs);
  }

  apply(what: Step): void {
    if (what.do === 'add') this.add(what.durationS, what.key);
    else if (what.do === 'begin') {
      this.clockMs += 1_000;
      this.#mediaS = 0;
      this.packager.begin(fakeInit, this.clockMs);
    } else if (what.do === 'end') this.packager.end(this.clockMs);
    else if (what.do === 'jump') this.#mediaS += 1_000;
    else if (what.do === 'reload') this.#reload(what.wants);
    else this.clockMs += 7_000;
    this.#answer();
  }

  add(durationS: number, key: boolean): void {
    const fragment = fakeFragment({ mediaS: this.#mediaS, durationS, key });
    this.packager.add(fragment, this.clockMs);
    this.#mediaS += durationS;
    this.clockMs += durationS * 1000;
  }

  #reload(wants: 'next' | 'anything'): void {
    if (!this.packager.ready || this.#waits) return;
    const skip = this.#loadedMs !== null && this.clockMs - this.#loadedMs <= maxAgeMs;
    if (this.#loadedMs === null) this.#load(null);
    else if (wants === 'next') this.#waits = this.player.next(skip);
    else this.#load({ msn: 0, part: null, skip });
  }

  /** Answers the request that waits, once it may be. */
  #answer(): void {
    const waits = this.#waits;
    if (!waits) return;
    const blocked = this.packager.blockedBy(waits.msn, waits.part);
    expect(['wait', 'ready']).toContain(blocked);
    if (blocked === 'ready') this.#load(waits);
  }

  #load(asked: Reload | null): void {
    const text = this.packager.playlist({ skip: asked?.skip ?? false });
    this.player.take(text, asked);
    this.#loadedMs = this.clockMs;
    this.#waits = null;
    // Put together it is what others are given whole.
    const { skipped } = readPlaylist(text);
    const whole = readPlaylist(this.packager.playlist()).segments;
    expect(this.player.segments).toEqual(whole);
    this.skipped += skipped;
  }
}

describe('a player that reloads, by delta updates where it may', () => {
  it('is led through any stream of fragments, restarts and gaps', () => {
    let skipped = 0;
    fc.assert(
      fc.property(fc.array(step, { minLength: 100, maxLength: 300 }), (steps) => {
        const address = new Address();
        for (const what of steps) address.apply(what);
        skipped += address.skipped;
      }),
      { numRuns: 25 },
    );
    // Otherwise nothing was put together.
    expect(skipped).toBeGreaterThan(100);
  });

  const head = '#EXTM3U\n#EXT-X-VERSION:9\n#EXT-X-TARGETDURATION:1\n';
  const control = '#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=6,HOLD-BACK=3\n';
  const listOf = (
    first: number,
    count: number,
    more: { skipped?: number; sequence?: number; map?: string } = {},
  ) => {
    const { skipped = 0, sequence = 1, map = 'init-1.mp4' } = more;
    const numbers = `#EXT-X-MEDIA-SEQUENCE:${first}\n#EXT-X-DISCONTINUITY-SEQUENCE:${sequence}\n`;
    const skip = skipped > 0 ? `#EXT-X-SKIP:SKIPPED-SEGMENTS=${skipped}\n` : '';
    const segments = Array.from({ length: count - skipped }, (_, index) => {
      const msn = first + skipped + index;
      const date = new Date(startMs + msn * 1000).toISOString();
      return `#EXT-X-PROGRAM-DATE-TIME:${date}\n#EXTINF:1.0,\nseg-${msn}.m4s\n`;
    });
    return `${head}${control}${numbers}${skip}#EXT-X-MAP:URI="${map}"\n${segments.join('')}`;
  };
  const delta: Reload = { msn: 0, part: null, skip: true };

  it.each<[string, string, Reload | null, string]>([
    ['goes back', listOf(9, 12), null, 'mediaSequence went back'],
    ['counts discontinuities back', listOf(10, 12, { sequence: 0 }), null, 'discontinuitySequence went back'],
    ['ends earlier', listOf(10, 9), null, 'the end went back'],
    ['skips what was never shown', listOf(25, 12, { skipped: 4 }), delta, 'never saw'],
    ['skips unasked', listOf(10, 12, { skipped: 4 }), null, 'not asked for'],
    ['says another thing of a segment', listOf(10, 12, { map: 'init-2.mp4' }), null, 'map of segment 10'],
    ['comes before its time', listOf(10, 12), { msn: 22, part: null, skip: false }, 'it is not there'],
  ])('notices one that %s', (_what, text, asked, words) => {
    const player = new Reloader();
    player.take(listOf(10, 12), null);
    player.take(listOf(10, 12, { skipped: 4 }), delta);
    expect(() => player.take(text, asked)).toThrow(words);
  });
});
