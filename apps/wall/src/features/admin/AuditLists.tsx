import { AuditList, type AuditPage } from '@clerestory/protocol';
import { useState } from 'react';
import { callRoute } from '../../state/call-route.ts';
import { Button } from '../../ui/Button.tsx';
import { TextField } from '../../ui/TextField.tsx';
import { useStep } from '../people/use-step.ts';
import { endOf, Entries, msOf } from './AuditEntries.tsx';

const listWords: Record<AuditList, string> = {
  'self-opened': 'Opened by who asked',
  'longest-views': 'Longest views',
  refused: 'Refused tries',
  overrides: 'Overrides',
};

interface Shown {
  list: AuditList;
  /** All parts so far, as one. */
  page: AuditPage;
  range: { from: string | undefined; to: string | undefined };
  askedMs: number;
}

/** Lists that are asked for again and again, of any time, to their end. */
export function Lists() {
  const [shown, setShown] = useState<Shown | null>(null);
  const [span, setSpan] = useState({ from: '', to: '' });
  const { busy, run, fault } = useStep();
  const show = (list: AuditList) => {
    const range = { from: msOf(span.from), to: endOf(span.to) };
    void run(
      () => callRoute('getAuditList', { params: { list }, query: range }),
      (page) => setShown({ list, page, range, askedMs: Date.now() }),
    );
  };
  const more = ({ list, page, range, askedMs }: Shown) =>
    void run(
      () =>
        callRoute('getAuditList', { params: { list }, query: { ...range, cursor: page.next ?? undefined } }),
      (found) => {
        const items = [...page.items, ...found.items];
        const names = { ...page.names, ...found.names };
        setShown({ list, range, askedMs, page: { ...page, items, names, next: found.next } });
      },
    );
  return (
    <div className="audit-part" role="group" aria-label="Lists">
      <h2>Lists</h2>
      <div className="audit-fields">
        <TextField
          label="From"
          type="datetime-local"
          value={span.from}
          onChange={(event) => setSpan({ ...span, from: event.target.value })}
        />
        <TextField
          label="To"
          type="datetime-local"
          value={span.to}
          onChange={(event) => setSpan({ ...span, to: event.target.value })}
        />
      </div>
      <div className="audit-actions">
        {AuditList.options.map((list) => (
          <Button key={list} disabled={busy} aria-pressed={shown?.list === list} onClick={() => show(list)}>
            {listWords[list]}
          </Button>
        ))}
        {fault && <span className="field-fault">{fault}</span>}
      </div>
      {shown && (
        <Entries
          items={shown.page.items}
          names={shown.page.names}
          {...(shown.list === 'longest-views' && {
            running: { begun: shown.page.running, nowMs: shown.askedMs },
          })}
        />
      )}
      {shown && <EndOfList shown={shown} busy={busy} onMore={() => more(shown)} />}
    </div>
  );
}

function EndOfList({ shown, busy, onMore }: { shown: Shown; busy: boolean; onMore: () => void }) {
  const { items, running, next } = shown.page;
  const count = items.length + running.length;
  if (count === 0) return null;
  return (
    <div className="audit-actions">
      <span className="dim" role="status">
        {count === 1 ? '1 entry' : `${count} entries`}
        {next === null ? ': that is all of it' : ', and there are more'}
      </span>
      {next !== null && (
        <Button disabled={busy} onClick={onMore}>
          Show more
        </Button>
      )}
    </div>
  );
}
