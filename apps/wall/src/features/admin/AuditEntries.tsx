import type { HashedEntry } from '@clerestory/protocol';
import { dayAndTime } from '../../ui/time.ts';
import { detailWords, kindWords, named, openFor } from './audit-words.ts';
import { Table } from './Section.tsx';

/** Unix ms of what a date-and-time field holds, or nothing. */
export const msOf = (text: string): string | undefined => {
  const ms = new Date(text).getTime();
  return text === '' || Number.isNaN(ms) ? undefined : String(ms);
};
/** The same of the end of a span: whoever writes 14:05 means the whole minute. */
export const endOf = (text: string): string | undefined => {
  const ms = msOf(text);
  return ms === undefined ? undefined : String(Number(ms) + 59_999);
};

/** Entries of the record as a table. `running`: beginnings of views that are still open, as they were at `nowMs`. */
export function Entries({
  items,
  names,
  running,
}: {
  items: readonly HashedEntry[];
  names: Readonly<Record<string, string>>;
  running?: { begun: readonly HashedEntry[]; nowMs: number };
}) {
  const secondsOf = (entry: HashedEntry) =>
    running && entry.kind === 'view-started'
      ? (running.nowMs - entry.at) / 1_000
      : Number(entry.detail['seconds'] ?? 0);
  const open = new Set(running?.begun);
  const shown = running
    ? [...running.begun, ...items].toSorted((a, b) => secondsOf(b) - secondsOf(a))
    : items;
  return (
    <Table
      head={['No.', 'Time', 'What', 'By', 'About', 'Detail']}
      empty={shown.length === 0 ? 'Nothing found.' : null}
    >
      {shown.map((entry) => (
        <tr key={entry.sequence} data-record={entry.kind} title={entry.hash}>
          <td>{entry.sequence}</td>
          <td>{dayAndTime(entry.at)}</td>
          <td>{kindWords(entry.kind)}</td>
          <td>{named(entry.actor, names)}</td>
          <td>{named(entry.subject, names)}</td>
          <td className="dim">
            {open.has(entry) && <b>still open, {openFor(secondsOf(entry))}; </b>}
            {detailWords(entry)}
          </td>
        </tr>
      ))}
    </Table>
  );
}
