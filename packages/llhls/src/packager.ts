import { blockedBy, type Blocked } from './blocking.ts';
import { PartTarget, shortTargetS, TargetDuration } from './durations.ts';
import { FactsMeter } from './facts.ts';
import { Inits } from './inits.ts';
import { LastGop } from './last-gop.ts';
import { Numbering, type Numbers } from './numbering.ts';
import { renderPlaylist, type PlaylistView, type RenditionEdge, type RenditionReport } from './playlist.ts';
import { findResource } from './resource.ts';
import { Ring } from './ring.ts';
import { entryOf, Segment, type Entry } from './segment.ts';
import type { Chunk, FragmentUnit, Init, InitUnit, PackagerFacts, Resource } from './types.ts';

/** Media times that do not follow each other within this start a discontinuity. */
const jumpS = 0.25;
/** Durations count rounded to whole seconds (8216bis, 4.4.3.1), so that much more is still within the target. */
const roundingS = 0.49;
/** A key frame this much before the shortest segment is still taken: cameras do not count to the millisecond. */
const segmentSlack = 0.95;

export interface PackagerOptions {
  /** Unix ms; the numbers of segments and generations start from its seconds. */
  nowMs: number;
  /** Parts hold the fewest frames that last this long. Default 200. */
  partTargetMs?: number;
  /** Default 1000. */
  segmentMinMs?: number;
  /** One for all variants of a camera. Default: one of its own. */
  targetDuration?: TargetDuration;
  /** Numbers that were used at the same address before. */
  after?: Numbers;
  /** Length of the playlist; at least three target durations (RFC 8216, 6.2.2). Default 12,000. */
  ringMs?: number;
  /** Media bytes in memory. Default 32 MiB. */
  maxRingBytes?: number;
}

/**
 * Turns the fragments of one source into chunks (for the push door) and into segments, parts and playlists (for the
 * LL-HLS door), over all restarts of that source. README.md has the rules. One writer; nothing here waits.
 */
export class Packager {
  readonly #segmentMinS: number;
  readonly #ringS: number;
  readonly #maxRingBytes: number;
  readonly #numbering: Numbering;
  /** Both are fixed once and never change (8216bis, 6.2.1). */
  readonly #target: TargetDuration;
  readonly #partTarget: PartTarget;
  readonly #ring = new Ring();
  readonly #meter = new FactsMeter();
  readonly #gop = new LastGop();
  readonly #inits = new Inits();

  #init: Init | null = null;
  #pendingDiscontinuity = false;
  #everOpened = false;
  /** What the next segment may start with: after a hole only a key frame makes sense. */
  #resumeAt: 'key' | 'any' = 'key';
  /** Length of the last segment that a key frame ended, to foresee where the open one ends. */
  #lastCutS = 0;
  #nextIndex = 0;
  #expectedMediaS: number | null = null;

  constructor(options: PackagerOptions) {
    this.#numbering = new Numbering(options.nowMs, options.after);
    this.#target = options.targetDuration ?? new TargetDuration();
    this.#partTarget = new PartTarget((options.partTargetMs ?? 200) / 1000);
    this.#segmentMinS = Math.min((options.segmentMinMs ?? 1000) / 1000, this.#target.fixedS ?? shortTargetS);
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

  /** How far the numbers have come, for what is served at the same address after this. */
  get numbers(): Numbers {
    return this.#numbering.numbers;
  }

  /** EXT-X-TARGETDURATION, seconds; until it is fixed, the most it can be. */
  get targetDurationS(): number {
    return this.#target.seconds;
  }

  /** Where the playlist ends, for the reports in the camera's other playlists; null while it has no whole segment. */
  get edge(): RenditionEdge | null {
    const { open, listed } = this.#ring;
    const last = listed.at(-1);
    if (!last) return null;
    const ends = open?.parts?.length ? open : last;
    const parts = ends.parts?.length ?? 0;
    return { msn: ends.msn, part: parts > 0 ? parts - 1 : null, partTargetS: this.#partTarget.seconds };
  }

  /** Media bytes in memory. */
  get ringBytes(): number {
    return this.#ring.byteLength + this.#gop.unlistedBytes;
  }

  /** The source (ffmpeg) was started: a new generation with its own init segment. `nowMs` is Unix time. */
  begin(unit: InitUnit, nowMs: number): Init {
    this.end(nowMs);
    const generation = this.#numbering.takeGeneration();
    const init: Init = { generation, track: unit.track, bytes: unit.bytes };
    this.#init = init;
    this.#inits.add(init);
    this.#pendingDiscontinuity = this.#everOpened;
    this.#resumeAt = 'key';
    this.#nextIndex = 0;
    this.#expectedMediaS = null;
    this.#lastCutS = 0;
    this.#numbering.clock.restart();
    this.#gop.restart();
    this.#meter.reset();
    this.#tidy();
    return init;
  }

  /** The source ended or is silent: the open segment is closed with what it has. */
  end(nowMs: number): void {
    this.#numbering.clock.see(nowMs);
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
    this.#numbering.clock.seeCapture(captureMs, durationS);
    this.#meter.add(fragment, captureMs);
    this.#partTarget.measure(entry);

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

  /**
   * The media playlist. `skip`: as a delta update (`_HLS_skip=YES`). `others`: the camera's other playlists that go on at
   * this moment.
   */
  playlist(options: { skip?: boolean; others?: readonly RenditionReport[] } = {}): string {
    return renderPlaylist(this.#view(options.others ?? []), options.skip ?? false);
  }

  /** Whether the playlist holds what `_HLS_msn` and `_HLS_part` ask for. */
  blockedBy(msn: number, part: number | null): Blocked {
    const { open } = this.#ring;
    const openMsn = open?.msn ?? this.#numbering.nextMsn;
    const partsOf = (of: number) => (of === open?.msn ? open : this.#ring.find(of))?.parts?.length ?? 0;
    return blockedBy({ openMsn, partsOf, partTargetS: this.#partTarget.seconds }, msn, part);
  }

  /** The bytes behind a name from a playlist; `wait` for the next part; null for what is not there (404). */
  resource(name: string): Resource | 'wait' | null {
    const { nextMsn } = this.#numbering;
    const hasParts = this.#partTarget.seconds !== null;
    return findResource({ ring: this.#ring, inits: this.#inits, nextMsn, hasParts }, name);
  }

  /** What is measured of the source; `nowMs` is Unix time. */
  facts(nowMs: number): PackagerFacts {
    return this.#meter.facts(nowMs);
  }

  /** The segment that takes the fragment, a new one where the rules ask for it; null when none may start here. */
  #segmentFor(entry: Entry): Segment | null {
    const { chunk, frameS } = entry;
    const { open } = this.#ring;
    const jumped = this.#expectedMediaS !== null && Math.abs(chunk.mediaS - this.#expectedMediaS) > jumpS;
    const longest = frameS.reduce((longestS, durationS) => Math.max(longestS, durationS), 0);
    const tooSlow = longest > (this.#partTarget.seconds ?? Infinity);
    if (jumped) this.#pendingDiscontinuity = true;
    if (open) {
      const longEnough = open.durationS >= this.#segmentMinS * segmentSlack || !open.independent;
      const atKey = chunk.key && longEnough && this.#numbering.mayStart;
      const limitS = this.#target.seconds + roundingS;
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
    const partTargetS = this.#partTarget.fix();
    // With parts in its first segment already a player may go on by parts at once; hls.js wants some in a closed one.
    if (partTargetS !== null) this.#ring.open?.divide(partTargetS);
    const segment = this.#ring.close();
    this.#resumeAt = 'any';
    if (!segment) return;
    if (atKey) this.#lastCutS = segment.durationS;
    this.#target.fix(segment.durationS, atKey);
  }

  #openSegment(chunk: Chunk, longestFrameS: number): Segment | null {
    if (!this.#numbering.mayStart || (this.#resumeAt === 'key' && !chunk.key)) {
      this.#resumeAt = 'key';
      this.#pendingDiscontinuity = this.#everOpened;
      return null;
    }
    const targetS = this.#partTarget.seconds;
    const discontinuity = this.#pendingDiscontinuity && this.#everOpened;
    const segment = new Segment({
      ...this.#numbering.takeSegment(discontinuity),
      generation: chunk.generation,
      discontinuity,
      captureMs: chunk.captureMs,
      partTargetS: targetS !== null && longestFrameS > targetS ? null : targetS,
    });
    this.#pendingDiscontinuity = false;
    this.#everOpened = true;
    this.#resumeAt = 'any';
    this.#ring.open = segment;
    return segment;
  }

  /** Lets go of what is old, and of what is too much. */
  #tidy(): void {
    const ring = this.#ring;
    const gop = this.#gop;
    const windowS = Math.max(this.#ringS, 3 * this.#target.seconds);
    ring.slide(windowS, gop.anchorMsn, this.#numbering.clock.nowMs);
    const lost = ring.squeeze(this.#maxRingBytes - gop.unlistedBytes);
    if (gop.unlistedBytes > this.#maxRingBytes || (lost !== null && lost >= gop.anchorMsn)) gop.drop();
    // One segment alone is too much: closed, it can go with the next fragment.
    if (ring.open && ring.open.byteLength > this.#maxRingBytes) {
      this.#close(false);
    }
    if (this.#inits.size <= 1) return;
    const used = ring.generations();
    if (this.#init) used.add(this.#init.generation);
    this.#inits.keepOnly(used);
  }

  #view(others: readonly RenditionReport[]): PlaylistView {
    return {
      targetDurationS: this.#target.seconds,
      partTargetS: this.#partTarget.seconds,
      listed: this.#ring.listed,
      open: this.#ring.open,
      nextMsn: this.#numbering.nextMsn,
      nextDiscontinuitySequence: this.#numbering.discontinuitySequence,
      hint: this.#hint(),
      others,
    };
  }

  /** The next part. Where the open segment is as long as the one before, a key frame will start the next one. */
  #hint(): { msn: number; part: number } | null {
    if (this.#partTarget.seconds === null) return null;
    const { open } = this.#ring;
    const next = { msn: this.#numbering.nextMsn, part: 0 };
    if (!open?.parts) return next;
    const endsHere = !open.gathering && Math.abs(open.durationS - this.#lastCutS) < 0.02;
    return endsHere ? next : { msn: open.msn, part: open.parts.length };
  }
}
