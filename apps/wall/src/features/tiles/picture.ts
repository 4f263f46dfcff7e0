import type { StreamName } from '@clerestory/protocol';
import type { Line, LineEvents } from './line.ts';
import type { TilePlayer } from './live-player.ts';
import { RebuildLimit } from './rebuild-limit.ts';
import { Take, type ShownFrame } from './take.ts';
import { advancingMs } from './tile-state.ts';

/** A run that has had data for so long without a first frame has failed. */
const firstFrameMs = 6_000;
/** Frames stand still for so long although data arrives: the player has failed. */
const stuckMs = 3_000;
/** Age up to which data counts as arriving. */
const dataFreshMs = 1_500;
/** A line on which nothing has come for so long, though its source runs, is started over. */
const silentMs = 5_000;
/** A new stream that has no frame by then is given up; the old one stays. */
const swapMs = 10_000;
/** Pause before another try at a swap that failed. */
const swapPauseMs = 30_000;
/** A new picture may be this much older than the one on show, not more: time does not run backwards on a wall. */
const backwardsMs = 1_000;
/** A take that is behind what is on show is moved up to it, and waited for this long, ms … */
const catchingUpMs = 4_000;
/** … and moved this much beyond: what is on show plays on meanwhile, ms; twice as much each time that was too little, up to … */
const meanwhileMs = 150;
/** … this, which a busy machine may need for one seek, ms. */
const mostMeanwhileMs = 1_200;

/** What a picture needs from the page. */
export interface PictureRoad {
  nowMs(): number;
  openLine(camera: string, stream: StreamName, events: LineEvents): Line;
}

/**
 * One camera's moving picture on one stage: the line it comes by, the element on show, the element that will replace
 * it, and the recovery of all of them. At most two lines and two elements exist at any time.
 */
export class Picture {
  readonly #road: PictureRoad;
  readonly #stage: HTMLElement;
  readonly #camera: string;
  readonly #onChange: () => void;
  readonly #limit = new RebuildLimit();
  #line: Line;
  #lineSinceMs: number;
  #next: { line: Line; sinceMs: number } | null = null;
  #noSwapUntilMs = -Infinity;
  #shown: { take: Take; line: Line } | null = null;
  #pending: { take: Take; line: Line; meanwhileMs: number } | null = null;
  #broken = false;
  /** Players that were given up, and streams that were changed. */
  readonly counts = { rebuilds: 0, swaps: 0 };

  constructor(
    road: PictureRoad,
    stage: HTMLElement,
    camera: string,
    stream: StreamName,
    onChange: () => void,
  ) {
    this.#road = road;
    this.#stage = stage;
    this.#camera = camera;
    this.#onChange = onChange;
    this.#lineSinceMs = road.nowMs();
    this.#line = this.#open(stream);
  }

  /** The line that counts: its source, refusal and faults are the tile's. */
  get line(): Line {
    return this.#line;
  }

  /** The frame on show; null before the first. */
  get frame(): ShownFrame | null {
    return this.#shown?.take.frame ?? null;
  }

  /** The element on show with the time of the frame on it, Unix ms; null before the first frame. */
  still(): { video: HTMLVideoElement; captureMs: number | null } | null {
    const take = this.#shown?.take;
    return take ? { video: take.video, captureMs: take.player.captureMs(take.video.currentTime) } : null;
  }

  /** The stream on show; null before the first frame. */
  get stream(): StreamName | null {
    return this.#shown?.line.served ?? null;
  }

  get fps(): number | null {
    return this.#shown?.take.fps ?? null;
  }

  /** The player on show, for reports and tests. */
  get player(): TilePlayer | null {
    return this.#shown?.take.player ?? null;
  }

  /** Which stream the tile's size asks for. The one on show stays until the other has its first frame. */
  want(stream: StreamName): void {
    const nowMs = this.#road.nowMs();
    if (this.#next) {
      if (this.#next.line.stream !== stream) this.#dropNext();
      return;
    }
    if (stream === this.#line.stream || nowMs < this.#noSwapUntilMs) return;
    // What the camera has no second stream of cannot be swapped.
    if (this.#line.served === stream) return;
    this.#next = { line: this.#open(stream), sinceMs: nowMs };
  }

  /** Once per second: counts frames and mends what has stopped. */
  tick(nowMs: number): void {
    this.#shown?.take.tick(nowMs);
    this.#pending?.take.tick(nowMs);
    if (this.#next && (this.#next.line.refusal !== null || nowMs - this.#next.sinceMs > swapMs))
      this.#giveUpSwap(nowMs);
    if (this.#isBroken(nowMs) && this.#limit.allows(nowMs)) this.#rebuild(nowMs);
  }

  destroy(): void {
    this.#line.close();
    this.#dropNext();
    this.#dropPending();
    this.#dropShown();
  }

  #open(stream: StreamName): Line {
    const line: Line = this.#road.openLine(this.#camera, stream, {
      run: (player) => this.#run(line, player),
      changed: () => this.#changed(line),
      failed: () => this.#failed(line),
    });
    return line;
  }

  #changed(line: Line): void {
    // Access has ended: nothing of it stays on the wall.
    if (line === this.#line && line.refusal !== null) {
      this.#dropPending();
      this.#dropShown();
    }
    this.#onChange();
  }

  #run(line: Line, player: TilePlayer): void {
    const next = this.#next?.line === line;
    if (!next && line !== this.#line) return player.destroy();
    // The line on show starts anew while another is being fetched: one thing at a time.
    if (!next) this.#dropNext();
    this.#dropPending();
    const take: Take = new Take(
      this.#stage,
      player,
      () => this.#road.nowMs(),
      () => this.#sawFrame(take),
    );
    this.#pending = { take, line, meanwhileMs };
    this.#lineSinceMs = this.#road.nowMs();
    this.#onChange();
  }

  #sawFrame(take: Take): void {
    const pending = this.#pending;
    if (pending?.take !== take) return;
    const behind = this.#behindShown(take);
    if (behind !== null && this.#road.nowMs() - take.startedMs < catchingUpMs) {
      if (take.player.advanceTo?.(behind.shownMs + pending.meanwhileMs))
        pending.meanwhileMs = Math.min(mostMeanwhileMs, pending.meanwhileMs * 2);
      return;
    }
    if (behind === null || behind.byMs <= backwardsMs) {
      this.#dropShown();
      this.#shown = pending;
      this.#pending = null;
      take.bringToFront();
      if (this.#next?.line === pending.line) {
        this.#line.close();
        this.#line = this.#next.line;
        this.#next = null;
        this.counts.swaps += 1;
      }
      this.#onChange();
    }
  }

  /**
   * How far a take is behind what is on show by now; null where it is not, or that is not alive or has no time. The frame
   * on record of what is in front is up to a second old.
   */
  #behindShown(take: Take): { shownMs: number; byMs: number } | null {
    const shown = this.#shown?.take;
    const [before, after] = [shown?.frame, take.frame];
    if (!shown || !before || !after) return null;
    const alive = this.#road.nowMs() - before.atMs < advancingMs;
    const shownMs = shown.player.captureMs(shown.video.currentTime) ?? before.captureMs;
    if (!alive || shownMs === null || after.captureMs === null) return null;
    const byMs = shownMs - after.captureMs;
    return byMs > 0 ? { shownMs, byMs } : null;
  }

  #failed(line: Line): void {
    if (line === this.#next?.line) this.#giveUpSwap(this.#road.nowMs());
    else if (line === this.#line) this.#broken = true;
    const nowMs = this.#road.nowMs();
    // The first time at once, then in its turn.
    if (this.#broken && this.#limit.allows(nowMs)) this.#rebuild(nowMs);
    this.#onChange();
  }

  #isBroken(nowMs: number): boolean {
    if (this.#broken || this.#line.refusal !== null) return true;
    if (this.#line.unplayable !== null) return false;
    const pending = this.#pending?.line === this.#line ? this.#pending.take : null;
    const shown = this.#shown?.line === this.#line ? this.#shown.take : null;
    const take = pending ?? shown;
    const dataMs = take?.player.stats().lastDataMs ?? null;
    if (take && dataMs !== null && nowMs - dataMs < dataFreshMs) {
      const frameMs = take.frame?.atMs ?? null;
      if (frameMs === null) return nowMs - take.startedMs > firstFrameMs;
      return nowMs - frameMs > stuckMs;
    }
    const quietSinceMs = Math.max(this.#lineSinceMs, dataMs ?? -Infinity);
    const expected = this.#line.source === null ? this.#line.open : this.#line.source.state === 'running';
    return expected && nowMs - quietSinceMs > silentMs;
  }

  #rebuild(nowMs: number): void {
    this.#broken = false;
    this.#lineSinceMs = nowMs;
    this.counts.rebuilds += 1;
    this.#line.restart();
  }

  #giveUpSwap(nowMs: number): void {
    this.#dropNext();
    this.#noSwapUntilMs = nowMs + swapPauseMs;
  }

  #dropNext(): void {
    if (!this.#next) return;
    if (this.#pending?.line === this.#next.line) this.#dropPending();
    this.#next.line.close();
    this.#next = null;
  }

  #dropPending(): void {
    this.#pending?.take.destroy();
    this.#pending = null;
  }

  #dropShown(): void {
    this.#shown?.take.destroy();
    this.#shown = null;
  }
}
