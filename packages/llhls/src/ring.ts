import type { Segment } from './segment.ts';

interface Leaving {
  segment: Segment;
  untilMs: number;
}

/**
 * The segments in memory: listed ones (in the playlist), the open one, and those that have left the playlist but must
 * stay available, for as long as they and the longest playlist that had them last (RFC 8216, 6.2.2).
 * Bytes are bounded: first the leaving ones go, then the listed ones from the oldest on.
 */
export class Ring {
  readonly listed: Segment[] = [];
  open: Segment | null = null;
  /** Sum of the listed segments. */
  listedS = 0;
  readonly #leaving: Leaving[] = [];
  readonly #bySequence = new Map<number, Segment>();
  #closedBytes = 0;
  #longestS = 0;

  get byteLength(): number {
    return this.#closedBytes + (this.open?.byteLength ?? 0);
  }

  /** A segment that is listed or leaving; not the open one. */
  find(msn: number): Segment | null {
    return this.#bySequence.get(msn) ?? null;
  }

  /** Puts the open segment onto the list; an empty one vanishes. */
  close(): Segment | null {
    const segment = this.open;
    this.open = null;
    if (!segment || segment.entries.length === 0) return null;
    segment.close();
    this.listed.push(segment);
    this.listedS += segment.durationS;
    this.#longestS = Math.max(this.#longestS, this.listedS);
    this.#closedBytes += segment.byteLength;
    this.#bySequence.set(segment.msn, segment);
    return segment;
  }

  /** Segments leave the playlist while `minS` seconds remain listed, and none at or after `anchorMsn`. */
  slide(minS: number, anchorMsn: number, clockMs: number): void {
    for (;;) {
      const oldest = this.listed[0];
      if (!oldest || oldest.msn >= anchorMsn || this.listedS - oldest.durationS < minS) break;
      this.#unlist();
      this.#leaving.push({
        segment: oldest,
        untilMs: clockMs + (oldest.durationS + this.#longestS) * 1000,
      });
    }
    for (;;) {
      const first = this.#leaving[0];
      if (!first || first.untilMs > clockMs) break;
      this.#leaving.shift();
      this.#forget(first.segment);
    }
  }

  /** Frees what can be freed until at most `maxBytes` are held. Returns the number of the newest segment lost, or null. */
  squeeze(maxBytes: number): number | null {
    let lost: number | null = null;
    while (this.byteLength > maxBytes) {
      const segment = this.#leaving.shift()?.segment ?? this.#unlist();
      if (!segment) break;
      this.#forget(segment);
      lost = segment.msn;
    }
    return lost;
  }

  /** Generations that something in memory still belongs to. */
  generations(): Set<number> {
    const found = new Set([...this.#bySequence.values()].map((segment) => segment.generation));
    if (this.open) found.add(this.open.generation);
    return found;
  }

  #unlist(): Segment | undefined {
    const segment = this.listed.shift();
    if (segment) this.listedS -= segment.durationS;
    return segment;
  }

  #forget(segment: Segment): void {
    this.#closedBytes -= segment.byteLength;
    this.#bySequence.delete(segment.msn);
  }
}
