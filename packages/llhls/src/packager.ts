import { FactsMeter } from './facts.ts';
import { LastGop } from './last-gop.ts';
import { readMoov, type VideoTrack } from './moov.ts';
import { initName, mediaType, parseName, renderPlaylist, type PlaylistView } from './playlist.ts';
import { Ring } from './ring.ts';
import { RunningClock } from './running-clock.ts';
import { entryOf, partTargetOf, Segment, type Entry, type Part } from './segment.ts';
import { sliceFragment } from './slice.ts';
import type { Chunk, FragmentUnit, Init, InitUnit, PackagerFacts, Resource } from './types.ts';

/** Media times that do not follow each other within this start a discontinuity. */
const jumpS = 0.25;
/** Target durations to choose from, whole seconds, and the longest first GOP for which the short one is right. */
const shortTargetS = 4;
const longTargetS = 10;
const shortGopS = 4.2;
/** Durations count rounded to whole seconds (8216bis, 4.4.3.1), so that much more is still within the target. */
const roundingS = 0.49;
/** A key frame this much before the shortest segment is still taken: cameras do not count to the millisecond. */
const segmentSlack = 0.95;
/** Frames looked at before the part target is fixed: about one second of them, 512 at most. */
const measuredS = 0.9;
const maxMeasuredFrames = 512;

/**
 * Discontinuity numbers start from the hours since then: a process that starts later nearly always counts from a higher
 * number, and yet they stay small. hls.js keeps an array that is as long as the number is large and walks through it:
 * with seconds since 1970 the page hung for more than a minute (hls.js 1.7.4).
 */
const discontinuityEpochMs = Date.UTC(2026, 0, 1);

export interface PackagerOptions {
  /** Unix ms; the numbers of segments and generations start from its seconds. */
  nowMs: number;
  /** Parts hold the fewest frames that last this long. Default 200. */
  partTargetMs?: number;
  /** Default 1000. */
  segmentMinMs?: number;
  /** EXT-X-TARGETDURATION, whole seconds. Default: 4 or 10, fixed when the first segment closes. */
  targetDurationS?: number;
  /** Length of the playlist; at least three target durations (RFC 8216, 6.2.2). Default 12,000. */
  ringMs?: number;
  /** Media bytes in memory. Default 32 MiB. */
  maxRingBytes?: number;
}

/** Answer to a blocking playlist request (8216bis, 6.2.5.2). `too-far` and `invalid` are for status 400. */
export type Blocked = 'ready' | 'wait' | 'too-far' | 'invalid';

interface KeptInit {
  init: Init;
  /** For cutting fragments; undefined until first needed. */
  track: VideoTrack | undefined;
}

/**
 * Turns the fragments of one source into chunks (for the push door) and into segments, parts and playlists (for the
 * LL-HLS door), over all restarts of that source. README.md has the rules. One writer; nothing here waits.
 */
export class Packager {
  readonly #partTargetWantedS: number;
  readonly #segmentMinS: number;
  readonly #ringS: number;
  readonly #maxRingBytes: number;
  readonly #ring = new Ring();
  readonly #meter = new FactsMeter();
  readonly #gop = new LastGop();
  readonly #clock: RunningClock;
  readonly #inits = new Map<number, KeptInit>();

  #init: Init | null = null;
  #nextGeneration: number;
  #nextMsn: number;
  #discontinuitySequence: number;
  #pendingDiscontinuity = false;
  #everOpened = false;
  /** What the next segment may start with: after a hole only a key frame makes sense. */
  #resumeAt: 'key' | 'any' = 'key';

  /** Both are fixed once and never change (8216bis, 6.2.1). */
  #targetDurationS: number | null = null;
  #partTargetS: number | null = null;
  #measured: number[] = [];
  #measuredSumS = 0;
  /** Length of the last segment that a key frame ended, to foresee where the open one ends. */
  #lastCutS = 0;

  #nextIndex = 0;
  #expectedMediaS: number | null = null;

  constructor(options: PackagerOptions) {
    const base = Math.floor(options.nowMs / 1000);
    this.#nextGeneration = this.#nextMsn = base;
    this.#discontinuitySequence = Math.max(0, Math.floor((options.nowMs - discontinuityEpochMs) / 3_600_000));
    this.#clock = new RunningClock(options.nowMs);
    this.#partTargetWantedS = (options.partTargetMs ?? 200) / 1000;
    const { targetDurationS } = options;
    if (targetDurationS !== undefined) this.#targetDurationS = Math.max(1, Math.round(targetDurationS));
    this.#segmentMinS = Math.min((options.segmentMinMs ?? 1000) / 1000, targetDurationS ?? shortTargetS);
    this.#ringS = (options.ringMs ?? 12_000) / 1000;
    this.#maxRingBytes = options.maxRingBytes ?? 32 * 1024 * 1024;
  }

  /** The running generation's init segment; null before the first. */
  get init(): Init | null {
    return this.#init;
  }

  /** The playlist has a whole segment: before that, let players wait (503) rather than give them an empty list. */
  get ready(): boolean {
    return this.#ring.listed.length > 0;
  }

  /** Media bytes in memory. */
  get ringBytes(): number {
    return this.#ring.byteLength + this.#gop.unlistedBytes;
  }

  /** The source (ffmpeg) was started: a new generation with its own init segment. `nowMs` is Unix time. */
  begin(unit: InitUnit, nowMs: number): Init {
    this.end(nowMs);
    const init: Init = { generation: this.#nextGeneration++, track: unit.track, bytes: unit.bytes };
    this.#init = init;
    this.#inits.set(init.generation, { init, track: undefined });
    this.#pendingDiscontinuity = this.#everOpened;
    this.#resumeAt = 'key';
    this.#nextIndex = 0;
    this.#expectedMediaS = null;
    this.#lastCutS = 0;
    this.#clock.restart();
    this.#gop.restart();
    this.#meter.reset();
    this.#tidy();
    return init;
  }

  /** The source ended or is silent: the open segment is closed with what it has. */
  end(nowMs: number): void {
    this.#clock.see(nowMs);
    this.#close(false);
    this.#tidy();
  }

  /**
   * Takes the next fragment of the running generation; `captureMs` is the Unix time of its first frame. The chunk that
   * is returned goes to the push door at once, whatever the LL-HLS door does with it.
   * Throws when no generation has begun.
   */
  add(fragment: FragmentUnit, captureMs: number): Chunk {
    if (!this.#init) throw new Error('no generation has begun: call begin() with the init segment first');
    const { key, mediaS, durationS, bytes } = fragment;
    const { generation } = this.#init;
    const chunk: Chunk = { generation, index: this.#nextIndex++, key, captureMs, mediaS, durationS, bytes };
    const entry = entryOf(chunk, fragment);
    this.#clock.seeCapture(captureMs, durationS);
    this.#meter.add(fragment, captureMs);
    this.#measure(entry);

    const segment = this.#segmentFor(entry);
    segment?.append(entry);
    this.#expectedMediaS = mediaS + durationS;
    this.#gop.add(chunk, segment);
    this.#tidy();
    return chunk;
  }

  /** Chunks from the last key frame on, oldest first; empty while there is none. */
  join(): Chunk[] {
    return [...this.#gop.chunks];
  }

  /** The last chunk of the running generation that starts with a key frame, for a poster. */
  lastKeyChunk(): Chunk | null {
    return this.#gop.key;
  }

  /** The media playlist; `skip` for a delta update (`_HLS_skip=YES`). */
  playlist(options: { skip?: boolean } = {}): string {
    return renderPlaylist(this.#view(), options.skip ?? false);
  }

  /**
   * Whether the playlist holds what `_HLS_msn` and `_HLS_part` ask for. A part past the end of a complete segment is
   * the first part of the next one (8216bis, 6.2.5.2).
   */
  blockedBy(msn: number, part: number | null): Blocked {
    const whole = (value: number) => Number.isSafeInteger(value) && value >= 0;
    if (!whole(msn) || (part !== null && !whole(part))) return 'invalid';
    const { open } = this.#ring;
    const openMsn = open?.msn ?? this.#nextMsn;
    if (msn > openMsn + 1) return 'too-far';
    if (part === null) return msn < openMsn ? 'ready' : 'wait';
    let [askedMsn, askedPart] = [msn, part];
    if (askedMsn < openMsn) {
      const parts = this.#ring.find(askedMsn)?.parts?.length ?? 0;
      if (askedMsn < openMsn - 1 || askedPart < parts) return 'ready';
      [askedMsn, askedPart] = [openMsn, 0];
    }
    const there = askedMsn === openMsn ? (open?.parts?.length ?? 0) : 0;
    if (askedPart < there) return 'ready';
    // The Advance Part Limit; while the target is not known the least it can be.
    const targetS = this.#partTargetS ?? 1;
    const advanceParts = targetS < 1 ? Math.ceil(3 / targetS) : 3;
    return askedPart - (there - 1) > advanceParts ? 'too-far' : 'wait';
  }

  /**
   * The bytes behind a name from a playlist; `wait` for the next part, which has no bytes yet; null for what is not
   * there (404). A name never stands for two different bodies.
   */
  resource(name: string): Resource | 'wait' | null {
    const asked = parseName(name);
    if (!asked) return null;
    if (asked.kind === 'init') {
      const kept = this.#inits.get(asked.generation);
      return kept ? { kind: 'init', bytes: [kept.init.bytes], contentType: mediaType } : null;
    }
    const { open } = this.#ring;
    if (asked.kind === 'segment') {
      const segment = this.#ring.find(asked.msn);
      if (!segment) return null;
      const bytes = segment.entries.map((entry) => entry.chunk.bytes);
      return { kind: 'segment', bytes, contentType: mediaType };
    }
    const segment = open?.msn === asked.msn ? open : this.#ring.find(asked.msn);
    const part = segment?.parts?.[asked.part];
    if (segment && part)
      return { kind: 'part', bytes: this.#partBytes(part, segment.generation), contentType: mediaType };
    if (this.#partTargetS === null) return null;
    const next = segment !== null && segment === open && asked.part === segment.parts?.length;
    const first = asked.msn === this.#nextMsn && asked.part === 0;
    return next || first ? 'wait' : null;
  }

  /** What is measured of the source; `nowMs` is Unix time. */
  facts(nowMs: number): PackagerFacts {
    return this.#meter.facts(nowMs);
  }

  #measure(entry: Entry): void {
    if (this.#partTargetS !== null || this.#measured.length >= maxMeasuredFrames) return;
    for (const durationS of entry.frameS.slice(0, maxMeasuredFrames)) {
      this.#measured.push(durationS);
      this.#measuredSumS += durationS;
    }
  }

  /** The segment that takes the fragment, a new one where the rules ask for it; null when none may start here. */
  #segmentFor(entry: Entry): Segment | null {
    const { chunk, frameS } = entry;
    const { open } = this.#ring;
    const jumped = this.#expectedMediaS !== null && Math.abs(chunk.mediaS - this.#expectedMediaS) > jumpS;
    const longest = frameS.reduce((longestS, durationS) => Math.max(longestS, durationS), 0);
    const tooSlow = this.#partTargetS !== null && longest > this.#partTargetS;
    if (jumped) this.#pendingDiscontinuity = true;
    if (open) {
      const longEnough = open.durationS >= this.#segmentMinS * segmentSlack || !open.independent;
      const atKey = chunk.key && longEnough && this.#mayStart;
      const limitS = (this.#targetDurationS ?? longTargetS) + roundingS;
      const full = open.durationS + chunk.durationS > limitS;
      if (!(jumped || atKey || full || (tooSlow && open.parts))) return open;
      // Shown shorter than it is: what follows does not continue where the playlist's times say.
      if (open.durationS > limitS) this.#pendingDiscontinuity = true;
      this.#close(atKey && !jumped);
    }
    return this.#openSegment(chunk, longest);
  }

  /** Closes the open segment. The first one that a key frame ends tells which target duration suits the source. */
  #close(atKey: boolean): void {
    if (this.#partTargetS === null && this.#measuredSumS >= measuredS) this.#fixPartTarget();
    const segment = this.#ring.close();
    this.#resumeAt = 'any';
    if (!segment) return;
    if (atKey) this.#lastCutS = segment.durationS;
    this.#targetDurationS ??= atKey && segment.durationS <= shortGopS ? shortTargetS : longTargetS;
  }

  /** Numbers never overtake the clock: a process that starts later then never counts from a lower one. */
  get #mayStart(): boolean {
    return this.#nextMsn * 1000 <= this.#clock.nowMs;
  }

  #openSegment(chunk: Chunk, longestFrameS: number): Segment | null {
    if (!this.#mayStart || (this.#resumeAt === 'key' && !chunk.key)) {
      this.#resumeAt = 'key';
      this.#pendingDiscontinuity = this.#everOpened;
      return null;
    }
    const targetS = this.#partTargetS;
    const discontinuity = this.#pendingDiscontinuity && this.#everOpened;
    if (discontinuity) this.#discontinuitySequence += 1;
    const segment = new Segment({
      msn: this.#nextMsn++,
      generation: chunk.generation,
      discontinuity,
      discontinuitySequence: this.#discontinuitySequence,
      captureMs: chunk.captureMs,
      partTargetS: targetS !== null && longestFrameS > targetS ? null : targetS,
    });
    this.#pendingDiscontinuity = false;
    this.#everOpened = true;
    this.#resumeAt = 'any';
    this.#ring.open = segment;
    return segment;
  }

  #fixPartTarget(): void {
    this.#partTargetS = partTargetOf(this.#measured, this.#partTargetWantedS, shortTargetS);
    this.#measured = [];
    // With parts in its first segment already a player may go on by parts at once; hls.js wants some in a closed one.
    if (this.#partTargetS !== null) this.#ring.open?.divide(this.#partTargetS);
  }

  /** Lets go of what is old, and of what is too much. */
  #tidy(): void {
    const ring = this.#ring;
    const gop = this.#gop;
    const windowS = Math.max(this.#ringS, 3 * (this.#targetDurationS ?? longTargetS));
    ring.slide(windowS, gop.anchorMsn, this.#clock.nowMs);
    const lost = ring.squeeze(this.#maxRingBytes - gop.unlistedBytes);
    if (gop.unlistedBytes > this.#maxRingBytes || (lost !== null && lost >= gop.anchorMsn)) gop.drop();
    // One segment alone is too much: closed, it can go with the next fragment.
    if (ring.open && ring.open.byteLength > this.#maxRingBytes) {
      this.#close(false);
    }
    if (this.#inits.size <= 1) return;
    const used = ring.generations();
    for (const generation of this.#inits.keys())
      if (generation !== this.#init?.generation && !used.has(generation)) this.#inits.delete(generation);
  }

  #view(): PlaylistView {
    return {
      targetDurationS: this.#targetDurationS ?? longTargetS,
      partTargetS: this.#partTargetS,
      listed: this.#ring.listed,
      open: this.#ring.open,
      nextMsn: this.#nextMsn,
      nextDiscontinuitySequence: this.#discontinuitySequence,
      hint: this.#hint(),
    };
  }

  /** The next part. Where the open segment is as long as the one before, a key frame will start the next one. */
  #hint(): { msn: number; part: number } | null {
    if (this.#partTargetS === null) return null;
    const { open } = this.#ring;
    if (!open?.parts) return { msn: this.#nextMsn, part: 0 };
    const endsHere = !open.gathering && Math.abs(open.durationS - this.#lastCutS) < 0.02;
    return endsHere ? { msn: this.#nextMsn, part: 0 } : { msn: open.msn, part: open.parts.length };
  }

  #partBytes(part: Part, generation: number): Uint8Array[] {
    return part.slices.flatMap(({ entry, from, to }) => {
      if (from === 0 && to === entry.frameS.length) return [entry.chunk.bytes];
      const kept = this.#inits.get(generation);
      if (!kept) throw new Error(`${initName(generation)} went before its segments`);
      kept.track ??= readMoov(kept.init.bytes);
      return sliceFragment(entry.chunk.bytes, kept.track, from, to);
    });
  }
}
