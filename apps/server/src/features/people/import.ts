import { parse } from 'csv-parse/sync';
import {
  maxImportRows,
  PersonInput,
  problem,
  type Answer,
  type ImportReport,
  type Person,
} from '@clerestory/protocol';
import { ok, refuse } from '../../platform/http.ts';

const columns = ['login', 'name', 'email', 'roles', 'groups'] as const;
type Row = Record<string, string>;
type Outcome = ImportReport['rows'][number];

/** What an import needs of the people. */
interface ImportTarget {
  byLogin(login: string): Person | undefined;
  create(input: PersonInput, by: string, key: string): Promise<Answer<Person>>;
}

/** Several words in one cell are set apart by spaces or semicolons. */
const words = (cell: string | undefined): string[] => (cell ?? '').split(/[\s;]+/).filter(Boolean);

/** A cell that a spreadsheet would take for a formula is given as text (OWASP, CSV injection). */
const safeCell = (cell: string): string => {
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

function readRows(csv: string): Answer<{ row: Row; line: number }[]> {
  try {
    const records = parse(csv, {
      columns: (header: string[]) => header.map((name) => name.trim().toLowerCase()),
      bom: true,
      trim: true,
      info: true,
      skip_empty_lines: true,
      relax_column_count: true,
      to: maxImportRows + 1,
    }) as unknown as { record: Row; info: { lines: number } }[];
    if (records.length > maxImportRows)
      return refuse(
        problem('too-large', `An import has at most ${maxImportRows} rows. Send the rest after it.`),
      );
    return ok(records.map(({ record, info }) => ({ row: record, line: info.lines })));
  } catch (error) {
    return refuse(
      problem(
        'invalid-request',
        `The file could not be read as CSV: ${(error as Error).message}`.slice(0, 300),
      ),
    );
  }
}

/**
 * Adds people from CSV, row by row: a bad row changes nothing and harms no other, and comes back as it was. The same
 * file sent again finds its good rows to exist, so nothing is made twice.
 */
export async function importPeople(
  csv: string,
  dryRun: boolean,
  people: ImportTarget,
  by: string,
  newKey: () => string,
): Promise<Answer<ImportReport>> {
  const read = readRows(csv);
  if (!read.ok) return read;
  const header = Object.keys(read.value[0]?.row ?? {});
  const missing = ['login', 'name'].filter((name) => !header.includes(name));
  if (read.value.length > 0 && missing.length > 0)
    return refuse(
      problem(
        'invalid-request',
        `The first line has to name the columns ${columns.join(', ')}; ${missing.join(' and ')} is missing.`,
      ),
    );
  const rows: Outcome[] = [];
  const rejected: Row[] = [];
  const seen = new Set<string>();
  for (const { row, line } of read.value) {
    const { outcome, login, detail } = await importRow(row, seen, dryRun, people, by, newKey);
    rows.push({ line, outcome, login, detail });
    if (outcome === 'refused') rejected.push(row);
  }
  return ok({
    created: rows.filter(({ outcome }) => outcome === 'created').length,
    refused: rejected.length,
    rows,
    rejectedCsv: rejected.length === 0 ? '' : csvOf(rejected),
  });
}

async function importRow(
  row: Row,
  seen: Set<string>,
  dryRun: boolean,
  people: ImportTarget,
  by: string,
  newKey: () => string,
): Promise<Omit<Outcome, 'line'>> {
  const given = (row['login'] ?? '').slice(0, 200);
  const parsed = PersonInput.safeParse({
    login: row['login'] ?? '',
    name: row['name'] ?? '',
    email: row['email'] ? row['email'] : null,
    roles: words(row['roles']),
    groups: words(row['groups']),
  });
  if (!parsed.success) {
    const detail = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
    return { outcome: 'refused', login: given, detail };
  }
  const { login } = parsed.data;
  if (seen.has(login))
    return { outcome: 'refused', login, detail: 'this login name stands in the file twice' };
  seen.add(login);
  if (people.byLogin(login)) return { outcome: 'exists', login, detail: 'already there; left as it is' };
  if (dryRun) return { outcome: 'would-create', login, detail: '' };
  const created = await people.create(parsed.data, by, newKey());
  return created.ok
    ? { outcome: 'created', login, detail: '' }
    : { outcome: 'refused', login, detail: created.problem.detail };
}

function csvOf(rows: readonly Row[]): string {
  const header = [...new Set([...columns, ...rows.flatMap((row) => Object.keys(row))])];
  const lines = rows.map((row) => header.map((name) => safeCell(row[name] ?? '')).join(','));
  return [header.map(safeCell).join(','), ...lines].join('\r\n') + '\r\n';
}
