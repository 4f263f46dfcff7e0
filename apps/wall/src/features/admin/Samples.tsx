import { FindingVerdict, type Sample, type SampleWithEntries } from '@clerestory/protocol';
import { useCallback, useState, type SubmitEvent } from 'react';
import { callRoute } from '../../state/call-route.ts';
import { Button } from '../../ui/Button.tsx';
import { SelectField, TextField } from '../../ui/TextField.tsx';
import { useStep } from '../people/use-step.ts';
import { dayAndTime } from '../../ui/time.ts';
import { detailWords, kindWords, named } from './audit-words.ts';
import { download } from './download.ts';
import { Section, Table } from './Section.tsx';
import { useAsked } from './use-asked.ts';

const verdictWords: Record<FindingVerdict, string> = {
  'in-order': 'in order',
  unclear: 'unclear',
  breach: 'breach',
};
const dayMs = 86_400_000;

/** The last quarter that is over, as Unix ms. */
function lastQuarter(now = new Date()): { from: number; to: number } {
  const month = now.getMonth() - (now.getMonth() % 3);
  const end = new Date(now.getFullYear(), month, 1);
  return { from: new Date(end.getFullYear(), end.getMonth() - 3, 1).getTime(), to: end.getTime() - 1 };
}

/** Drawn here, so that whoever runs the server cannot have chosen it. */
const chance = () =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** Entries of the checkpoint that everybody is shown; 0 while there is none, which the server then says. */
async function sizeShown(): Promise<number> {
  const answer = await fetch('/log/checkpoint', { cache: 'no-store' });
  return answer.ok ? Number((await answer.text()).split('\n')[1]) || 0 : 0;
}

function Draw({ onDrawn }: { onDrawn: (sample: Sample) => void }) {
  const [span, setSpan] = useState('quarter');
  const [size, setSize] = useState('30');
  const { busy, run, fault, at } = useStep();
  const draw = (event: SubmitEvent) => {
    event.preventDefault();
    const to = Date.now();
    const range = span === 'quarter' ? lastQuarter() : { from: to - Number(span) * dayMs, to };
    void run(async () => {
      // The checkpoint first: its root is given away before the number is there.
      const checkpoint = Math.max(1, await sizeShown());
      return callRoute('drawSample', {
        body: { ...range, size: Number(size), checkpoint, number: chance() },
      });
    }, onDrawn);
  };
  return (
    <form className="audit-part" onSubmit={draw}>
      <div className="audit-fields">
        <SelectField label="Of" value={span} onChange={(event) => setSpan(event.target.value)}>
          <option value="quarter">the last whole quarter</option>
          <option value="90">the last 90 days</option>
          <option value="7">the last 7 days</option>
        </SelectField>
        <TextField
          label="Accesses"
          inputMode="numeric"
          value={size}
          fault={at('size')}
          onChange={(event) => setSize(event.target.value.replaceAll(/\D/g, ''))}
        />
        <Button kind="primary" type="submit" disabled={busy || size === ''}>
          Draw by lot
        </Button>
      </div>
      {fault && <p className="field-fault">{fault}</p>}
    </form>
  );
}

type Entry = SampleWithEntries['entries'][number];

/** What is found of an entry. `before`: what was found earlier, which is then corrected. */
function Finding({
  sample,
  sequence,
  before,
  onDone,
  onLeave,
}: {
  sample: string;
  sequence: number;
  before: Entry['finding'];
  onDone: () => void;
  onLeave?: () => void;
}) {
  const [verdict, setVerdict] = useState<FindingVerdict>(before?.verdict ?? 'in-order');
  const [words, setWords] = useState(before?.words ?? '');
  const { busy, run, fault } = useStep();
  const save = (event: SubmitEvent) => {
    event.preventDefault();
    void run(
      () => callRoute('addFinding', { params: { sample }, body: { sequence, verdict, words } }),
      onDone,
    );
  };
  return (
    <form className="audit-finding" onSubmit={save}>
      <SelectField
        label={`Finding on entry ${sequence}`}
        value={verdict}
        onChange={(event) => setVerdict(event.target.value as FindingVerdict)}
      >
        {FindingVerdict.options.map((one) => (
          <option key={one} value={one}>
            {verdictWords[one]}
          </option>
        ))}
      </SelectField>
      <TextField label="In words" value={words} onChange={(event) => setWords(event.target.value)} />
      <Button type="submit" disabled={busy}>
        Record
      </Button>
      {onLeave && (
        <Button disabled={busy} onClick={onLeave}>
          Leave as it is
        </Button>
      )}
      {fault && <span className="field-fault">{fault}</span>}
    </form>
  );
}

/** What was found of an entry so far; it can be corrected, and then both are in the record. */
function Found({ sample, entry, reload }: { sample: string; entry: Entry; reload: () => void }) {
  const [isOpen, setOpen] = useState(false);
  const { finding, sequence } = entry;
  if (!finding || isOpen)
    return (
      <Finding
        {...{ sample, sequence, before: finding }}
        {...(finding && { onLeave: () => setOpen(false) })}
        onDone={() => {
          setOpen(false);
          reload();
        }}
      />
    );
  return (
    <div className="audit-actions">
      <span title={dayAndTime(finding.at)}>
        {verdictWords[finding.verdict]}
        {finding.words && `: ${finding.words}`}
        {finding.earlier > 0 && (
          <span className="dim"> (corrected; {finding.earlier + 1} findings are in the record)</span>
        )}
      </span>
      <Button aria-label={`Correct the finding on entry ${sequence}`} onClick={() => setOpen(true)}>
        Correct
      </Button>
    </div>
  );
}

/** How the lot was made, and the file from which anybody can draw it again. */
function Proof({ sample }: { sample: Sample }) {
  const { busy, run, fault } = useStep();
  const [saved, setSaved] = useState('');
  const save = () =>
    void run(
      () => callRoute('exportSample', { params: { sample: sample.id } }),
      (file) => {
        download(file.name, file.text);
        const more = file.halted === null ? '' : `; the log is not signed any more: ${file.halted}`;
        setSaved(`${file.entries} entries, with proofs against checkpoint ${file.size}${more}`);
      },
    );
  return (
    <div className="audit-actions">
      {sample.number !== null && (
        <span className="dim">
          Drawn with the number <code>{sample.number}</code> of the auditor’s browser and the root of the
          first {sample.checkpoint} entries.
        </span>
      )}
      <Button disabled={busy} onClick={save}>
        Save with proofs
      </Button>
      <span className={fault ? 'field-fault' : 'dim'} role="status">
        {fault ?? saved}
      </span>
    </div>
  );
}

function Opened({ sample, reload }: { sample: SampleWithEntries; reload: () => void }) {
  return (
    <Table head={['No.', 'Time', 'What', 'By', 'About', 'Detail', 'Finding']} empty={null}>
      {sample.entries.map((entry) => (
        <tr key={entry.sequence}>
          <td>{entry.sequence}</td>
          <td>{dayAndTime(entry.at)}</td>
          <td>{kindWords(entry.kind)}</td>
          <td>{named(entry.actor, sample.names)}</td>
          <td>{named(entry.subject, sample.names)}</td>
          <td className="dim">{detailWords(entry)}</td>
          <td>
            <Found sample={sample.id} entry={entry} reload={reload} />
          </td>
        </tr>
      ))}
    </Table>
  );
}

/** Accesses drawn by lot for the quarterly audit, and what was found of each. */
export function Samples() {
  const { value, problem, reload } = useAsked(useCallback(() => callRoute('listSamples', {}), []));
  const [sample, setSample] = useState<SampleWithEntries | null>(null);
  const { busy, run, fault } = useStep();
  const open = (id: string) => {
    void run(() => callRoute('getSample', { params: { sample: id } }), setSample);
    reload();
  };
  return (
    <Section
      title="Samples"
      text="Accesses drawn by lot, from the root of the log's last checkpoint and a number that your browser draws by chance: whoever runs the server cannot choose."
      problem={problem}
    >
      <Draw onDrawn={({ id }) => open(id)} />
      {fault && <p className="field-fault">{fault}</p>}
      <Table
        head={['Drawn', 'Of', 'Accesses', 'In order', 'Unclear', 'Breach', '']}
        empty={value?.items.length === 0 ? 'No sample has been drawn yet.' : null}
      >
        {(value?.items ?? []).map((one) => (
          <tr key={one.id} aria-selected={one.id === sample?.id}>
            <td>{dayAndTime(one.drawnAt)}</td>
            <td>
              {dayAndTime(one.from).slice(0, 10)} to {dayAndTime(one.to).slice(0, 10)}
            </td>
            <td>
              {one.size} of {one.drawnFrom}
            </td>
            <td>{one.found['in-order']}</td>
            <td>{one.found.unclear}</td>
            <td>{one.found.breach}</td>
            <td>
              <Button disabled={busy} onClick={() => open(one.id)}>
                Open
              </Button>
            </td>
          </tr>
        ))}
      </Table>
      {sample && <Proof key={sample.id} sample={sample} />}
      {sample && <Opened sample={sample} reload={() => open(sample.id)} />}
    </Section>
  );
}
