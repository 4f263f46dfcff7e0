import type { HashedEntry } from '@clerestory/protocol';

/** What clients were told of entries of the record: all of it must be true after the server was killed. */
export interface LogJournal {
  /** Readings of the record, by a mark of their own → the sequence and hash that were answered. */
  readings: Map<string, { sequence: number; hash: string }>;
  /** Views by `round person camera`: asked for, or told that they may be seen. */
  views: Map<string, 'asked' | 'told'>;
}

/** What the record holds after a restart. */
export interface LogHeld {
  readings: readonly HashedEntry[];
  /** Begun views, and the ids of those that have ended. */
  begun: readonly HashedEntry[];
  ended: readonly string[];
  /** The record's last sequence at the start of each round. */
  rounds: readonly number[];
}

/** `round person camera` of a begun view. */
export const viewIn = (rounds: readonly number[], { sequence, actor, subject }: HashedEntry): string =>
  [
    rounds.findLastIndex((first) => first < sequence),
    actor.replace('person:', ''),
    subject.replace('camera:', ''),
  ].join(' ');

const times = (counts: Map<string, number>, name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);

/** Everything in which the journal and the record differ, in words; empty when all is as it was told. */
export function logDifferences(journal: LogJournal, held: LogHeld): string[] {
  const faults: string[] = [];
  const readings = Map.groupBy(held.readings, ({ detail }) => String(detail['subject']));
  for (const [mark, found] of readings)
    if (found.length > 1) faults.push(`${mark} is in the record ${found.length} times`);
  for (const [mark, told] of journal.readings) {
    const [found] = readings.get(mark) ?? [];
    if (!found) faults.push(`${mark} was told to be entry ${told.sequence} and is lost`);
    else if (found.sequence !== told.sequence || found.hash !== told.hash)
      faults.push(`${mark} was told to be entry ${told.sequence} and is another, ${found.sequence}`);
  }
  const begun = new Map<string, number>();
  const ended = new Map<string, number>();
  for (const id of held.ended) times(ended, id);
  for (const entry of held.begun) {
    const view = viewIn(held.rounds, entry);
    times(begun, view);
    if (!journal.views.has(view)) faults.push(`view ${view} was asked for by nobody`);
    const ends = ended.get(String(entry.detail['view'])) ?? 0;
    // What was open when the server died, the next one has closed.
    const isOpen = Number(view.split(' ')[0]) === held.rounds.length - 1;
    if (ends !== 1 && !isOpen) faults.push(`view ${view} has ended ${ends} times`);
  }
  for (const [view, word] of journal.views) {
    const count = begun.get(view) ?? 0;
    if (count > 1) faults.push(`view ${view} was begun ${count} times`);
    if (count === 0 && word === 'told') faults.push(`view ${view} was told to be seen and is in no record`);
  }
  return faults;
}
