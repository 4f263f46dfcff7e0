import { RecordKind, type HashedEntry, type RecordVerification } from '@clerestory/protocol';
import { useCallback, useState } from 'react';
import { callRoute } from '../../state/call-route.ts';
import { Button } from '../../ui/Button.tsx';
import { SelectField, TextField } from '../../ui/TextField.tsx';
import { dayAndTime } from '../../ui/time.ts';
import { useStep } from '../people/use-step.ts';
import { valueWords } from './audit-words.ts';
import { Section, Table } from './Section.tsx';
import { useAsked } from './use-asked.ts';
import { useNames } from './use-names.ts';

const words = (kind: string) => kind.replaceAll('-', ' ');
const detailOf = ({ detail }: HashedEntry): string =>
  Object.entries(detail)
    .map(([key, value]) => `${key}: ${valueWords(value)}`)
    .join(', ');

function faultWords({ sequence, fault, anew }: Extract<RecordVerification, { ok: false }>): string {
  const words = anew.map(
    ({ from, fault: next }) =>
      `. The log has begun anew since, with entry ${from}; ${next ? `behind that entry ${next.sequence} is not as it was written: ${next.fault}` : 'from there on all is as it was written'}`,
  );
  return `Entry ${sequence} is not as it was written: ${fault}${words.join('')}`;
}

/** Is it all still as it was written? Walks the whole chain on the server and says what it found. */
function Verify() {
  const [found, setFound] = useState<{ ok: boolean; text: string } | null>(null);
  const { busy, run, fault } = useStep();
  const verify = () =>
    void run(
      () => callRoute('verifyRecord', { query: {} }),
      (answer) =>
        setFound(
          answer.ok
            ? {
                ok: answer.halted === null,
                text: `All ${answer.entries} entries are as they were written${answer.erased > 0 ? `, and ${answer.erased} of them erased for their age, as the log says` : ''}. Head: ${answer.head.hash}${answer.halted === null ? '' : `. But the log is not signed any more: ${answer.halted}`}`,
              }
            : { ok: false, text: faultWords(answer) },
        ),
    );
  return (
    <div>
      <Button disabled={busy} onClick={verify}>
        {busy ? 'Walking the chain…' : 'Check the whole record'}
      </Button>{' '}
      {found && <span className={found.ok ? 'dim' : 'field-fault'}>{found.text}</span>}
      {fault && <span className="field-fault">{fault}</span>}
    </div>
  );
}

/** Everything that was done, newest first. That it is read is in it too. */
export function Record() {
  const [filter, setFilter] = useState({ kind: '', actor: '', subject: '' });
  const [pages, setPages] = useState<{ of: typeof filter; items: HashedEntry[]; next: string | null } | null>(
    null,
  );
  const { nameOf, referenceOf } = useNames();
  const { busy, run, problem: refused } = useStep();
  const query = useCallback(
    (cursor?: string) =>
      callRoute('readRecord', {
        query: {
          ...(filter.kind ? { kind: filter.kind as RecordKind } : {}),
          actor: filter.actor || undefined,
          subject: filter.subject || undefined,
          cursor,
        },
      }),
    [filter],
  );
  const { value, problem } = useAsked(useCallback(() => query(), [query]));
  const older = pages?.of === filter ? pages : null;
  const items = [...(value?.items ?? []), ...(older?.items ?? [])];
  const next = older ? older.next : (value?.next ?? null);
  const more = () =>
    void run(
      () => query(next ?? undefined),
      (page) => setPages({ of: filter, items: [...(older?.items ?? []), ...page.items], next: page.next }),
    );
  return (
    <Section
      title="Record"
      wide
      text="Append-only and chained by hashes. That you read it is recorded too."
      problem={refused ?? problem}
      tools={
        <>
          <SelectField
            label="What"
            value={filter.kind}
            onChange={(event) => setFilter({ ...filter, kind: event.target.value })}
          >
            <option value="">everything</option>
            {RecordKind.options.map((kind) => (
              <option key={kind} value={kind}>
                {words(kind)}
              </option>
            ))}
          </SelectField>
          <TextField
            label="By"
            defaultValue=""
            placeholder="a sign-in name"
            onChange={(event) => setFilter({ ...filter, actor: referenceOf(event.target.value.trim()) })}
          />
          <TextField
            label="About"
            defaultValue=""
            placeholder="camera:gate, or a name"
            onChange={(event) => setFilter({ ...filter, subject: referenceOf(event.target.value.trim()) })}
          />
        </>
      }
    >
      <Verify />
      <Table
        head={['No.', 'Time', 'What', 'By', 'About', 'Detail']}
        empty={items.length === 0 ? 'Nothing found.' : null}
      >
        {items.map((entry) => (
          <tr key={entry.sequence} data-record={entry.kind} title={entry.hash}>
            <td className="admin-number">{entry.sequence}</td>
            <td className="admin-time">{dayAndTime(entry.at)}</td>
            <td>{words(entry.kind)}</td>
            <td title={entry.actor}>{nameOf(entry.actor)}</td>
            <td title={entry.subject}>{nameOf(entry.subject)}</td>
            <td className="dim">{detailOf(entry)}</td>
          </tr>
        ))}
      </Table>
      {next !== null && (
        <Button disabled={busy} onClick={more}>
          Show older
        </Button>
      )}
    </Section>
  );
}
