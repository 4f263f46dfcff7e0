/** Answer to a blocking playlist request (8216bis, 6.2.5.2). `too-far` and `invalid` are for status 400. */
export type Blocked = 'ready' | 'wait' | 'too-far' | 'invalid';

/** The end of a playlist, as far as a blocking request is concerned. */
export interface PlaylistEnd {
  /** Of the open segment, or of the next one when none is open. */
  openMsn: number;
  /** Parts of a segment that are in the playlist; of the open one, those that are there. */
  partsOf(msn: number): number;
  partTargetS: number | null;
}

const isWhole = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

/**
 * Whether the playlist holds what `_HLS_msn` and `_HLS_part` ask for. A part past the end of a complete segment is
 * the first part of the next one. What is older than the playlist is there: it is answered with the whole playlist.
 */
export function blockedBy(end: PlaylistEnd, msn: number, part: number | null): Blocked {
  if (!isWhole(msn) || (part !== null && !isWhole(part))) return 'invalid';
  const { openMsn } = end;
  // The last complete segment plus two.
  if (msn > openMsn + 1) return 'too-far';
  if (part === null) return msn < openMsn ? 'ready' : 'wait';
  let [askedMsn, askedPart] = [msn, part];
  if (askedMsn < openMsn) {
    if (askedMsn < openMsn - 1 || askedPart < end.partsOf(askedMsn)) return 'ready';
    [askedMsn, askedPart] = [openMsn, 0];
  }
  const there = askedMsn === openMsn ? end.partsOf(openMsn) : 0;
  if (askedPart < there) return 'ready';
  // The Advance Part Limit; while the target is not known the least it can be.
  const targetS = end.partTargetS ?? 1;
  const advanceParts = targetS < 1 ? Math.ceil(3 / targetS) : 3;
  return askedPart - (there - 1) > advanceParts ? 'too-far' : 'wait';
}
