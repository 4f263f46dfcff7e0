import { RecordKind, type Answer, type AuditPage, type BundleFile } from '@clerestory/protocol';
import { useState } from 'react';
import { callRoute } from '../../state/call-route.ts';
import { Button } from '../../ui/Button.tsx';
import { SelectField, TextField } from '../../ui/TextField.tsx';
import { useStep } from '../people/use-step.ts';
import { resolve } from './audit-party.ts';
import { endOf, Entries, msOf } from './AuditEntries.tsx';
import { kindWords } from './audit-words.ts';
import { download } from './download.ts';
import { PartyField } from './PartyField.tsx';

const erasedWords = (count: number) =>
  `${count === 1 ? '1 entry' : `${count} entries`} of that time have been erased for their age: whether they belong here nobody can say any more`;

/** What of a file is not in it, since no checkpoint covers it. */
const newerWords = ({ halted }: BundleFile) =>
  halted === null
    ? 'what is newer follows within a minute'
    : `what is newer cannot be proved, since the log is not signed any more: ${halted}`;

const noFilter = { camera: '', person: '', purpose: '', kind: '', from: '', to: '' };
interface Question {
  camera: string | undefined;
  person: string | undefined;
  purpose: string | undefined;
  kind: RecordKind | undefined;
  from: string | undefined;
  to: string | undefined;
}

async function questionOf(filter: typeof noFilter): Promise<Answer<Question>> {
  const camera = await resolve('camera', filter.camera);
  if (!camera.ok) return camera;
  const person = await resolve('person', filter.person);
  if (!person.ok) return person;
  return {
    ok: true,
    value: {
      ...{ camera: camera.value, person: person.value, purpose: filter.purpose.trim() || undefined },
      ...{ kind: (filter.kind || undefined) as RecordKind | undefined },
      ...{ from: msOf(filter.from), to: endOf(filter.to) },
    },
  };
}

/** An export as far as it is saved. */
interface Saved {
  question: Question;
  /** The last file. */
  file: BundleFile;
  files: number;
  entries: number;
}

function savedWords({ file, files, entries }: Saved): string {
  const count = (n: number) => (n === 1 ? '1 entry' : `${n} entries`);
  const proved = `with proofs against checkpoint ${file.size}`;
  const erased = file.erased > 0 ? `; ${erasedWords(file.erased)}` : '';
  if (file.next !== null)
    return `${count(entries)} in ${files === 1 ? '1 file' : `${files} files`}, ${proved}; this is not the whole yet: older ones are in the next file${erased}`;
  return files === 1
    ? `${count(entries)}, ${proved}; ${newerWords(file)}${erased}`
    : `${count(entries)} in ${files} files, ${proved}: give all of them to clerestory-verify together; ${newerWords(file)}${erased}`;
}

export function Search() {
  const [filter, setFilter] = useState(noFilter);
  const [shown, setShown] = useState<{ question: Question; page: AuditPage } | null>(null);
  const [saved, setSaved] = useState<Saved | null>(null);
  const { busy, run, fault } = useStep();
  const search = () =>
    void run(async () => {
      const question = await questionOf(filter);
      if (!question.ok) return question;
      const page = await callRoute('searchRecord', { query: question.value });
      return page.ok ? { ok: true, value: { question: question.value, page: page.value } } : page;
    }, setShown);
  const older = ({ question, page }: NonNullable<typeof shown>) =>
    void run(
      () => callRoute('searchRecord', { query: { ...question, cursor: page.next ?? undefined } }),
      (found) => {
        const [items, names] = [[...page.items, ...found.items], { ...page.names, ...found.names }];
        setShown({ question, page: { ...found, items, names, erased: page.erased } });
      },
    );
  /** The first file, or the one after `before`, against the same checkpoint. */
  const save = (before: Saved | null) =>
    void run(
      async (): Promise<Answer<Saved>> => {
        const question = before ? ({ ok: true, value: before.question } as const) : await questionOf(filter);
        if (!question.ok) return question;
        const place = before && {
          cursor: before.file.next ?? undefined,
          checkpoint: String(before.file.size),
        };
        const file = await callRoute('exportRecord', { query: { ...question.value, ...place } });
        if (!file.ok) return file;
        const [files, entries] = [(before?.files ?? 0) + 1, (before?.entries ?? 0) + file.value.entries];
        return { ok: true, value: { question: question.value, file: file.value, files, entries } };
      },
      (one) => {
        download(one.file.name, one.file.text);
        setSaved(one);
      },
    );
  const set = (name: keyof typeof noFilter, value: string) => {
    setFilter({ ...filter, [name]: value });
    // Files of another question would be no part of this one.
    setSaved(null);
  };
  const field = (name: keyof typeof noFilter) => ({
    value: filter[name],
    onChange: (event: { target: { value: string } }) => set(name, event.target.value),
  });
  const party = (name: 'camera' | 'person') => ({
    ...{ kind: name, value: filter[name], onChange: (typed: string) => set(name, typed) },
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
        <PartyField label="Camera" placeholder="any" {...party('camera')} />
        <PartyField label="Person" placeholder="anybody" {...party('person')} />
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
      <p className="dim">
        Cameras and people by number, name or sign-in name; those that are gone by their id, as the record
        shows it (camera:…).
      </p>
      <div className="audit-actions">
        <Button kind="primary" type="submit" disabled={busy}>
          Search
        </Button>
        <Button type="button" disabled={busy} onClick={() => save(null)}>
          Export with proofs
        </Button>
        {saved?.file.next && (
          <Button type="button" disabled={busy} onClick={() => save(saved)}>
            Save the next file ({saved.files + 1})
          </Button>
        )}
        <span className={fault ? 'field-fault' : 'dim'} role="status">
          {fault ?? (saved ? savedWords(saved) : '')}
        </span>
      </div>
      {shown && <Entries items={shown.page.items} names={shown.page.names} />}
      {shown && shown.page.erased > 0 && <p className="dim">{erasedWords(shown.page.erased)}</p>}
      {shown?.page.next && (
        <Button type="button" disabled={busy} onClick={() => older(shown)}>
          Show older
        </Button>
      )}
    </form>
  );
}
