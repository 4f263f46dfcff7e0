import { ImportField, ImportOutcome, type CameraImportPage } from '@clerestory/protocol';
import { useState, type ChangeEvent } from 'react';
import { Button } from '../../ui/Button.tsx';
import { SelectField, TextField } from '../../ui/TextField.tsx';
import { Section, Table } from './Section.tsx';
import { useImport, type Chosen, type Mapping } from './use-import.ts';
import './import.css';

const fieldNames: Record<ImportField, string> = {
  externalId: 'Its id in the list',
  name: 'Name',
  place: 'Place',
  neighbourhood: 'Neighbourhood',
  latitude: 'Latitude',
  longitude: 'Longitude',
  number: 'Number',
  url: 'Stream address',
  subUrl: 'Small stream’s address',
  username: 'User name',
  password: 'Password',
  tags: 'Tags',
};
const outcomeWords: Record<ImportOutcome, [before: string, after: string]> = {
  created: ['to be added', 'added'],
  updated: ['to be changed', 'changed'],
  unchanged: ['as it is', 'as it was'],
  refused: ['refused', 'refused'],
};
const formatOf = (name: string): Chosen['format'] =>
  /\.geojson$/i.test(name) ? 'geojson' : /\.json$/i.test(name) ? 'json' : 'csv';

/** Which column is which; another choice looks the file through again. */
function Columns({
  shown,
  off,
  onChange,
}: {
  shown: CameraImportPage;
  off: boolean;
  onChange: (mapping: Mapping) => void;
}) {
  const now: Mapping = Object.fromEntries(
    ImportField.options.map((field) => [field, shown.mapping[field] ?? null]),
  );
  return (
    <fieldset className="import-columns" disabled={off}>
      <legend className="details-head">Columns</legend>
      {ImportField.options.map((field) => (
        <SelectField
          key={field}
          label={fieldNames[field]}
          value={now[field] ?? ''}
          onChange={(event) => onChange({ ...now, [field]: event.target.value || null })}
        >
          <option value="">in no column</option>
          {shown.columns.map((column) => (
            <option key={column}>{column}</option>
          ))}
        </SelectField>
      ))}
    </fieldset>
  );
}

function Progress({ shown }: { shown: CameraImportPage }) {
  const words = {
    ready: 'Looked through; nothing is written yet.',
    running: `Writing: ${shown.done} of ${shown.total} rows.`,
    done: 'Done.',
    cancelled: shown.reason || 'Cancelled.',
    failed: shown.reason,
  }[shown.state];
  return (
    <div className="import-progress" data-import-state={shown.state}>
      <progress max={shown.total} value={shown.state === 'ready' ? 0 : shown.done} aria-label="Progress" />
      <p role="status">{words}</p>
    </div>
  );
}

function Rows({
  shown,
  ...turn
}: { shown: CameraImportPage } & Pick<ReturnType<typeof useImport>, 'look' | 'turnTo'>) {
  const { look, turnTo } = turn;
  const after = shown.state !== 'ready';
  const word = (outcome: ImportOutcome, done: boolean) => outcomeWords[outcome][after && done ? 1 : 0];
  return (
    <>
      <div className="import-filter" role="group" aria-label="Rows">
        {([undefined, ...ImportOutcome.options] as const).map((outcome) => (
          <Button
            key={outcome ?? 'all'}
            kind={look.outcome === outcome ? 'plain' : 'quiet'}
            aria-pressed={look.outcome === outcome}
            onClick={() => turnTo({ outcome, cursor: undefined })}
          >
            {outcome === undefined ? `all ${shown.total}` : `${word(outcome, true)} ${shown.counts[outcome]}`}
          </Button>
        ))}
      </div>
      <Table head={['Row', 'Name', 'Outcome', '']} empty={shown.rows.length === 0 ? 'No such rows.' : null}>
        {shown.rows.map(({ line, name, outcome, detail, done }) => (
          <tr key={line} data-outcome={outcome} data-off={outcome === 'unchanged' || undefined}>
            <td>{line}</td>
            <td>{name || <span className="dim">no name</span>}</td>
            <td>{word(outcome, done)}</td>
            <td>{detail}</td>
          </tr>
        ))}
      </Table>
      {(look.cursor !== undefined || shown.next !== null) && (
        <div className="import-filter">
          <Button disabled={look.cursor === undefined} onClick={() => turnTo({ ...look, cursor: undefined })}>
            From the beginning
          </Button>
          <Button
            disabled={shown.next === null}
            onClick={() => turnTo({ ...look, cursor: shown.next ?? undefined })}
          >
            Next 100
          </Button>
        </div>
      )}
    </>
  );
}

/** Cameras from a file, at `/admin#import`. */
export function ImportCameras() {
  const [file, setFile] = useState<Chosen | null>(null);
  const [list, setList] = useState('');
  const { shown, look, fault, busy, upload, say, turnTo } = useImport();
  const running = shown?.state === 'running';
  const choose = async (event: ChangeEvent<HTMLInputElement>) => {
    const one = event.target.files?.[0];
    if (!one) return;
    const chosen = { name: one.name, format: formatOf(one.name), text: await one.text() };
    setFile(chosen);
    await upload(chosen, list, {});
  };
  const open = shown?.state === 'ready' || shown?.state === 'cancelled';
  const due = shown ? shown.total - shown.done : 0;
  return (
    <Section
      title="Import cameras"
      text="From CSV, GeoJSON or JSON. The file is looked through first; a bad row harms no other. Importing a newer file of the same list changes what has changed and adds what is new."
      problem={fault}
      tools={
        <>
          {running && <Button onClick={() => void say('cancelImport')}>Cancel</Button>}
          {open && (
            <Button kind="primary" disabled={busy || due === 0} onClick={() => void say('startImport')}>
              {due === 0 ? 'Nothing to write' : `Import ${due} ${due === 1 ? 'camera' : 'cameras'}`}
            </Button>
          )}
        </>
      }
    >
      <div className="import-file">
        <TextField
          label="Name of the list"
          value={list}
          onChange={(event) => setList(event.target.value)}
          placeholder="city traffic"
          hint="The same id in another list is another camera."
          disabled={running}
        />
        <div className="field">
          <label className="field-label" htmlFor="import-file">
            File
          </label>
          <input
            id="import-file"
            type="file"
            accept=".csv,.tsv,.txt,.json,.geojson"
            disabled={running || busy}
            onChange={(event) => void choose(event)}
          />
          <p className="field-hint">{busy ? 'Looking it through…' : 'Up to 10 000 cameras.'}</p>
        </div>
        {file && open && (
          <Button disabled={busy} onClick={() => void upload(file, list, shown?.mapping ?? {})}>
            Look through again
          </Button>
        )}
      </div>
      {shown && (
        <>
          <Progress shown={shown} />
          {file && shown.state === 'ready' && (
            <Columns shown={shown} off={busy} onChange={(mapping) => void upload(file, list, mapping)} />
          )}
          <Rows {...{ shown, look, turnTo }} />
        </>
      )}
    </Section>
  );
}
