import { parse } from 'csv-parse/sync';
import {
  maxImportRows,
  PersonInput,
  problem,
  type Answer,
  type ImportReport,
  type Person,
} from '@clerestory/protocol';
import { beginOfRow, doubledName, surplusOf } from '../../platform/csv.ts';
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

/** A row with the text it had in the file. */
interface ReadRow {
  row: Row;
  line: number;
  raw: string;
  /** What is wrong with it as a row, or null. */
  fault: string | null;
}
interface ReadFile {
  /** The first line, as it was. */
  header: string;
  rows: ReadRow[];
}

/** The parser leaves halves of line ends, and blank lines before a row, in its text. */
const bare = (raw: string): string => raw.replace(/^(?:[ \t]*[\r\n])+/, '').replace(/[\r\n]+$/, '');

const unread = (detail: string): Answer<never> =>
  refuse(problem('invalid-request', detail, { errors: [{ pointer: '/csv', message: detail }] }));

function headerFault(names: readonly string[]): string | null {
  const known: readonly string[] = columns;
  const all = columns.join(', ');
  const missing = ['login', 'name'].filter((name) => !names.includes(name));
  const unknown = names.filter((name) => name !== '' && !known.includes(name));
  const doubled = doubledName(names);
  if (doubled !== undefined)
    return `The first line names the column "${doubled}" twice: rename or take out one of them.`;
  if (unknown.length > 0)
    return `The first line names "${unknown.join('", "').slice(0, 120)}"; the columns are ${all}, set apart by commas. Rename it, or take the column out.`;
  if (missing.length > 0)
    return `The first line has to name the columns ${all}; ${missing.join(' and ')} is missing.`;
  return null;
}

const surplusFault = (cells: readonly string[]): string | null =>
  cells.length === 0
    ? null
    : `"${cells.join(', ').slice(0, 60)}" stands under no column: put a cell that has a comma in it between quotation marks`;

/** A browser puts this sign where a file is not in UTF-8; what stood there is lost, so that nobody is added by it. */
const unreadSign = '\ufffd';
const unreadFault = (raw: string): string | null =>
  raw.includes(unreadSign)
    ? `"${unreadSign}" stands where a letter could not be read: save the list in UTF-8 and choose it again, or write the letter in its place`
    : null;

function readRows(csv: string): Answer<ReadFile> {
  let ended = 0;
  try {
    const [first, ...records] = parse(csv, {
      bom: true,
      trim: true,
      info: true,
      raw: true,
      skip_empty_lines: true,
      relax_column_count: true,
      to: maxImportRows + 2,
      on_record: (record: string[], { lines }) => {
        ended = lines;
        return record;
      },
    }) as unknown as { record: string[]; raw: string; info: { lines: number } }[];
    const names = (first?.record ?? []).map((name) => name.toLowerCase());
    const fault = headerFault(names);
    if (fault !== null) return unread(fault);
    if (records.length > maxImportRows)
      return refuse(
        problem('too-large', `An import has at most ${maxImportRows} rows. Send the rest after it.`),
      );
    const rows = records.map(({ record, raw, info }) => ({
      row: Object.fromEntries(names.map((name, at) => [name, record[at] ?? ''])),
      line: info.lines,
      raw: bare(raw),
      fault: surplusFault(surplusOf(record, names)) ?? unreadFault(raw),
    }));
    return ok({ header: bare(first?.raw ?? ''), rows });
  } catch {
    return unread(
      `The row that begins on line ${beginOfRow(csv, ended)} cannot be read: look for a quotation mark that is not closed. Nobody was added.`,
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
  const rows: Outcome[] = [];
  const rejected: string[] = [];
  const seen = new Set<string>();
  for (const { row, line, raw, fault } of read.value.rows) {
    const { outcome, login, detail } =
      fault === null
        ? await importRow(row, seen, dryRun, people, by, newKey)
        : { outcome: 'refused' as const, login: (row['login'] ?? '').slice(0, 200), detail: fault };
    rows.push({ line, outcome, login, detail });
    if (outcome === 'refused') rejected.push(raw);
  }
  return ok({
    created: rows.filter(({ outcome }) => outcome === 'created').length,
    refused: rejected.length,
    rows,
    rejectedCsv: rejected.length === 0 ? '' : [read.value.header, ...rejected, ''].join('\r\n'),
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
