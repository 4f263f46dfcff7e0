import { readPlaylist, type ReadPlaylist, type ReadSegment } from './read-playlist.ts';

/** The delivery directives of a request (8216bis, 6.2.5). */
export interface Reload {
  msn: number;
  part: number | null;
  skip: boolean;
}

const positionOf = (segment: ReadSegment | undefined): [number, number] => [
  segment?.msn ?? -1,
  segment?.uri === null ? segment.parts.length : Infinity,
];

/**
 * A player's side of one media playlist: it loads it again and again, puts delta updates together, and throws on
 * whatever would lead a player astray. Written from 8216bis, 6.2 and 6.3, apart from the writer.
 */
export class Reloader {
  #last: ReadPlaylist | null = null;
  /** The whole playlist as this player knows it; skipped segments have no parts. */
  segments: ReadSegment[] = [];

  /** Takes an answer to `asked`; null when nothing in particular was asked for. */
  take(text: string, asked: Reload | null): void {
    const list = readPlaylist(text);
    if (list.skipped > 0 && !asked?.skip) throw new Error('a delta update that was not asked for');
    const kept = this.#kept(list);
    const before = kept.at(-1)?.discontinuitySequence ?? list.discontinuitySequence;
    const added = before - list.discontinuitySequence;
    const segments = [
      ...kept,
      ...list.segments.map((segment) => ({
        ...segment,
        discontinuitySequence: segment.discontinuitySequence + added,
      })),
    ];
    if (this.#last) this.#compare(this.#last, list, segments);
    if (asked) expectAnswered(asked, segments);
    this.#last = list;
    this.segments = segments;
  }

  /** What comes next: the part, or where there are none the segment, after the last one. */
  next(skip: boolean): Reload {
    const last = this.segments.at(-1);
    if (!last || !this.#last) throw new Error('no playlist yet');
    if (last.uri === null) return { msn: last.msn, part: last.parts.length, skip };
    return { msn: last.msn + 1, part: this.#last.partTargetS === null ? null : 0, skip };
  }

  /** The segments that a delta update leaves out. */
  #kept({ mediaSequence, skipped }: ReadPlaylist): ReadSegment[] {
    return Array.from({ length: skipped }, (_, index) => {
      const known = this.segments.find(({ msn, uri }) => msn === mediaSequence + index && uri !== null);
      if (!known) throw new Error(`segment ${mediaSequence + index} is skipped, which this player never saw`);
      return { ...known, parts: [] };
    });
  }

  #compare(last: ReadPlaylist, list: ReadPlaylist, segments: readonly ReadSegment[]): void {
    const same = (what: string, before: unknown, now: unknown) => {
      if (before !== now) throw new Error(`${what} was ${String(before)} and is ${String(now)}`);
    };
    same('the target duration', last.targetDurationS, list.targetDurationS);
    if (last.partTargetS !== null) same('the part target', last.partTargetS, list.partTargetS);
    for (const what of ['mediaSequence', 'discontinuitySequence'] as const)
      if (list[what] < last[what]) throw new Error(`${what} went back from ${last[what]} to ${list[what]}`);
    const [[oldMsn, oldPart], [msn, part]] = [positionOf(this.segments.at(-1)), positionOf(segments.at(-1))];
    if (msn < oldMsn || (msn === oldMsn && part < oldPart)) throw new Error('the end went back');
    const known = new Map(this.segments.map((segment) => [segment.msn, segment]));
    for (const segment of segments) {
      const old = known.get(segment.msn);
      if (!old) continue;
      const of = (what: string) => `${what} of segment ${segment.msn}`;
      for (const what of ['map', 'dateMs', 'discontinuitySequence'] as const)
        same(of(what), old[what], segment[what]);
      if (old.uri !== null)
        for (const what of ['uri', 'durationS'] as const) same(of(what), old[what], segment[what]);
      // Parts leave a segment all at once, when it is far from the end.
      if (segment.parts.length === 0 && segment.uri !== null) continue;
      old.parts.forEach((part, index) =>
        same(of(`part ${index}`), JSON.stringify(part), JSON.stringify(segment.parts[index])),
      );
    }
  }
}

/** 8216bis, 6.2.5.2: a blocked request is answered with a playlist that has what was asked for, or a later one. */
function expectAnswered({ msn, part }: Reload, segments: readonly ReadSegment[]): void {
  const asked = segments.find((segment) => segment.msn === msn);
  const hasPart = part === null ? typeof asked?.uri === 'string' : (asked?.parts.length ?? 0) > part;
  if (!hasPart && (segments.at(-1)?.msn ?? -1) <= msn)
    throw new Error(`asked for segment ${msn}, part ${part}: it is not there`);
}
