import { AuditList, RecordKind, type AuditPage, type BundleFile, type CouldSee } from '@clerestory/protocol';
import { useCallback, useState } from 'react';
import { callRoute } from '../../state/call-route.ts';
import { Button } from '../../ui/Button.tsx';
import { SelectField, TextField } from '../../ui/TextField.tsx';
import { useStep } from '../people/use-step.ts';
import { detailWords, kindWords, named } from './audit-words.ts';
import { download } from './download.ts';
import { Section, Table } from './Section.tsx';
import { useAsked } from './use-asked.ts';

/** Cameras and people to choose from, with their names. */
async function choices() {
  const cameras = await callRoute('listCameras', { query: { limit: '500' } });
  if (!cameras.ok) return cameras;
  const people = await callRoute('listPeople', { query: { limit: '500' } });
  if (!people.ok) return people;
  return { ok: true, value: { cameras: cameras.value.items, people: people.value.items } } as const;
}
type Choices = Extract<Awaited<ReturnType<typeof choices>>, { ok: true }>['value'];

/** Unix ms of what a date-and-time field holds, or nothing. */
const msOf = (text: string): string | undefined => {
  const ms = new Date(text).getTime();
  return text === '' || Number.isNaN(ms) ? undefined : String(ms);
};

function Entries({ page }: { page: AuditPage }) {
  return (
    <Table
      head={['No.', 'Time', 'What', 'By', 'About', 'Detail']}
      empty={page.items.length === 0 ? 'Nothing found.' : null}
    >
      {page.items.map((entry) => (
        <tr key={entry.sequence} data-record={entry.kind} title={entry.hash}>
          <td>{entry.sequence}</td>
          <td>{new Date(entry.at).toLocaleString()}</td>
          <td>{kindWords(entry.kind)}</td>
          <td>{named(entry.actor, page.names)}</td>
          <td>{named(entry.subject, page.names)}</td>
          <td className="dim">{detailWords(entry)}</td>
        </tr>
      ))}
    </Table>
  );
}

const erasedWords = (count: number) =>
  `${count === 1 ? '1 entry' : `${count} entries`} of that time have been erased for their age: whether they belong here nobody can say any more`;

/** What of a file is not in it, since no checkpoint covers it. */
const newerWords = ({ halted }: BundleFile) =>
  halted === null
    ? 'what is newer follows within a minute'
    : `what is newer cannot be proved, since the log is not signed any more: ${halted}`;

const noFilter = { camera: '', person: '', purpose: '', kind: '', from: '', to: '' };

function Search({ cameras, people }: Choices) {
  const [filter, setFilter] = useState(noFilter);
  const [page, setPage] = useState<AuditPage | null>(null);
  const [exported, setExported] = useState('');
  const { busy, run, fault } = useStep();
  const query = (cursor?: string) => ({
    ...{ camera: filter.camera || undefined, person: filter.person || undefined },
    ...{
      purpose: filter.purpose.trim() || undefined,
      kind: (filter.kind || undefined) as RecordKind | undefined,
    },
    ...{ from: msOf(filter.from), to: msOf(filter.to), cursor },
  });
  const search = (cursor?: string) =>
    void run(
      () => callRoute('searchRecord', { query: query(cursor) }),
      (found) =>
        setPage(
          cursor && page
            ? { ...found, items: [...page.items, ...found.items], names: { ...page.names, ...found.names } }
            : found,
        ),
    );
  const save = () =>
    void run(
      () => callRoute('exportRecord', { query: query() }),
      (file) => {
        download(file.name, file.text);
        setExported(
          `${file.entries === 1 ? '1 entry' : `${file.entries} entries`}, with proofs against checkpoint ${file.size}; ${file.next === null ? newerWords(file) : 'there are more: narrow the time'}${file.erased > 0 ? `; ${erasedWords(file.erased)}` : ''}`,
        );
      },
    );
  const field = (name: keyof typeof noFilter) => ({
    value: filter[name],
    onChange: (event: { target: { value: string } }) => setFilter({ ...filter, [name]: event.target.value }),
  });
  return (
    <form
      className="audit-part"
      aria-label="Search"
      onSubmit={(event) => {
        event.preventDefault();
        search();
      }}
    >
      <h2>Search</h2>
      <div className="audit-fields">
        <SelectField label="Camera" {...field('camera')}>
          <option value="">any</option>
          {cameras.map(({ id, number, name }) => (
            <option key={id} value={id}>
              {number} {name}
            </option>
          ))}
        </SelectField>
        <SelectField label="Person" {...field('person')}>
          <option value="">anybody</option>
          {people.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </SelectField>
        <SelectField label="What" {...field('kind')}>
          <option value="">everything</option>
          {RecordKind.options.map((kind) => (
            <option key={kind} value={kind}>
              {kindWords(kind)}
            </option>
          ))}
        </SelectField>
        <TextField label="Purpose" placeholder="robbery" {...field('purpose')} />
        <TextField label="From" type="datetime-local" {...field('from')} />
        <TextField label="To" type="datetime-local" {...field('to')} />
      </div>
      <div className="audit-actions">
        <Button kind="primary" type="submit" disabled={busy}>
          Search
        </Button>
        <Button type="button" disabled={busy} onClick={save}>
          Export with proofs
        </Button>
        <span className={fault ? 'field-fault' : 'dim'} role="status">
          {fault ?? exported}
        </span>
      </div>
      {page && <Entries page={page} />}
      {page && page.erased > 0 && <p className="dim">{erasedWords(page.erased)}</p>}
      {page?.next && (
        <Button type="button" disabled={busy} onClick={() => search(page.next ?? undefined)}>
          Show older
        </Button>
      )}
    </form>
  );
}

function Seen({ found, cameras }: { found: CouldSee; cameras: Choices['cameras'] }) {
  const camera = cameras.find(({ id }) => id === found.camera)?.name ?? found.camera;
  return (
    <div className="audit-answer" role="status">
      <p>
        {camera}, {new Date(found.at).toLocaleString()}:{' '}
        {found.views.length === 0 ? 'nobody was watching.' : `watching: ${found.views.length}.`}
      </p>
      <ul>
        {found.views.map(({ sequence, actor, since, until }) => (
          <li key={sequence}>
            {found.persons.find(({ id }) => actor === `person:${id}`)?.name ?? actor}, from{' '}
            {new Date(since).toLocaleTimeString()} to{' '}
            {until === null ? 'now' : new Date(until).toLocaleTimeString()} (entry {sequence})
          </li>
        ))}
      </ul>
      <p>
        {found.persons.length === 0
          ? 'Nobody had the right to open it.'
          : `The right to open it had: ${found.persons.map(({ name, roles }) => `${name} (${roles.join(', ')})`).join('; ')}.`}{' '}
        A private camera needs a grant besides.
      </p>
      {found.screens.length > 0 && (
        <p>Paired screens, which could show it on a tile: {found.screens.join(', ')}.</p>
      )}
      {found.unknown.map((words) => (
        <p key={words} className="field-fault">
          {words}
        </p>
      ))}
    </div>
  );
}

function CouldSeeForm({ cameras }: Choices) {
  const [camera, setCamera] = useState(cameras[0]?.id ?? '');
  const [at, setAt] = useState('');
  const [found, setFound] = useState<CouldSee | null>(null);
  const { busy, run, fault } = useStep();
  return (
    <form
      className="audit-part"
      aria-label="Who could see this camera"
      onSubmit={(event) => {
        event.preventDefault();
        void run(
          () => callRoute('whoCouldSee', { query: { camera, at: msOf(at) ?? String(Date.now()) } }),
          setFound,
        );
      }}
    >
      <h2>Who could see this camera?</h2>
      <div className="audit-fields">
        <SelectField label="Camera" value={camera} onChange={(event) => setCamera(event.target.value)}>
          {cameras.map(({ id, number, name }) => (
            <option key={id} value={id}>
              {number} {name}
            </option>
          ))}
        </SelectField>
        <TextField
          label="When"
          type="datetime-local"
          value={at}
          onChange={(event) => setAt(event.target.value)}
        />
        <Button type="submit" disabled={busy || camera === ''}>
          {at === '' ? 'Ask for now' : 'Ask'}
        </Button>
      </div>
      {fault && <p className="field-fault">{fault}</p>}
      {found && <Seen found={found} cameras={cameras} />}
    </form>
  );
}

const listWords: Record<AuditList, string> = {
  'self-opened': 'Opened by who asked',
  'longest-views': 'Longest views',
  refused: 'Refused tries',
  overrides: 'Overrides',
};

function Lists() {
  const [shown, setShown] = useState<{ list: AuditList; page: AuditPage } | null>(null);
  const { busy, run, fault } = useStep();
  return (
    <div className="audit-part">
      <h2>Lists</h2>
      <div className="audit-actions">
        {AuditList.options.map((list) => (
          <Button
            key={list}
            disabled={busy}
            aria-pressed={shown?.list === list}
            onClick={() =>
              void run(
                () => callRoute('getAuditList', { params: { list }, query: {} }),
                (page) => setShown({ list, page }),
              )
            }
          >
            {listWords[list]}
          </Button>
        ))}
        {fault && <span className="field-fault">{fault}</span>}
      </div>
      {shown && <Entries page={shown.page} />}
    </div>
  );
}

/** The auditor's questions to the record. */
export function Audit() {
  const { value, problem } = useAsked(useCallback(() => choices(), []));
  return (
    <Section
      title="Audit"
      text="Every question that you ask here is recorded too, before it is answered."
      problem={problem}
    >
      {value && (
        <>
          <CouldSeeForm {...value} />
          <Lists />
          <Search {...value} />
        </>
      )}
    </Section>
  );
}
