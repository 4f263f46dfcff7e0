import type { ImportReport } from '@clerestory/protocol';
import { useState, type ChangeEvent } from 'react';
import { callRoute } from '../../state/call-route.ts';
import { FormDialog } from '../../ui/Dialog.tsx';
import { useStep } from '../people/use-step.ts';
import { Table } from './Section.tsx';

const outcomeWords = {
  ...{ created: 'added', 'would-create': 'will be added' },
  ...{ exists: 'is there already', refused: 'refused' },
} as const;

/** Adds many people from CSV: looked at first, then done; a row that is refused comes back to be corrected. */
export function ImportDialog({ onDone, onClose }: { onDone: () => void; onClose: () => void }) {
  const [csv, setCsv] = useState('login,name,email,roles,groups\n');
  const [report, setReport] = useState<ImportReport | null>(null);
  const [tried, setTried] = useState<string | null>(null);
  const { busy, run, fault, at } = useStep();
  const checked = tried === csv;
  const submit = () =>
    void run(
      () => callRoute('importPeople', { body: { csv, dryRun: !checked } }),
      (answer) => {
        setReport(answer);
        if (!checked) return setTried(csv);
        onDone();
        setTried(null);
        if (answer.rejectedCsv) setCsv(answer.rejectedCsv);
        else onClose();
      },
    );
  const choose = (event: ChangeEvent<HTMLInputElement>) =>
    void event.target.files?.[0]?.text().then((text) => setCsv(text));
  return (
    <FormDialog
      title="Add people from a list"
      text="Columns login, name, email, roles, groups; several roles are separated by spaces. A bad row harms no other."
      size="l"
      action={checked ? 'Add them' : 'Check the list'}
      busy={busy}
      fault={fault ?? at('csv') ?? null}
      onSubmit={submit}
      onClose={onClose}
    >
      <input type="file" accept=".csv,text/csv" onChange={choose} aria-label="CSV file" />
      <textarea
        className="admin-csv"
        aria-label="The list as CSV"
        value={csv}
        spellCheck={false}
        onChange={(event) => setCsv(event.target.value)}
      />
      {report && (
        <Table
          head={['Line', 'Sign-in name', 'Outcome', '']}
          empty={report.rows.length === 0 ? 'No rows.' : null}
        >
          {report.rows.map(({ line, login, outcome, detail }) => (
            <tr key={line} data-off={outcome === 'exists' || undefined}>
              <td>{line}</td>
              <td>{login}</td>
              <td className="admin-number">{outcomeWords[outcome]}</td>
              <td>{detail}</td>
            </tr>
          ))}
        </Table>
      )}
    </FormDialog>
  );
}
