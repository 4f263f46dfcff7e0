import { parse } from 'csv-parse';
import { maxImportedCameras, type ImportInput } from '@clerestory/protocol';
import { beginOfRow, doubledName, surplusOf } from '../../platform/csv.ts';

/** One row as it came: column → text. `line` is where it is in the file. */
export interface RawRow {
  line: number;
  cells: Record<string, string>;
  /** What is wrong with it as a row; absent: nothing. */
  fault?: string;
  /** Columns whose text is not whole: it is too long, or no text at all; absent: none. */
  lost?: Record<string, 'long' | 'no-text'>;
}
export interface ReadFile {
  columns: string[];
  rows: RawRow[];
}
/** The file as a whole cannot be read; the message says what to do. */
export class ImportFileError extends Error {
  override name = 'ImportFileError';
}

/** Columns of one row. */
const maxColumns = 200;
/** Columns of a file whose rows have different ones. */
const maxFileColumns = 1_000;
/** Groups within groups of a JSON file. */
const maxDepth = 6;
/** Characters of a column's name. */
const maxName = 200;
/** Characters of one cell that are looked at. */
export const maxCell = 4_096;
/** Rows after which others get their turn. */
const turnRows = 500;

const tooMany = () =>
  new ImportFileError(
    `The file has more than ${maxImportedCameras} cameras. Split it; each part can be imported by itself.`,
  );
const otherTurn = () => new Promise<void>((resolve) => setImmediate(resolve));
const wholeText = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : Array.isArray(value)
      ? value.map(wholeText).filter(Boolean).join(';')
      : '';
/** Whether `wholeText` leaves nothing out. */
const isText = (value: unknown): boolean =>
  Array.isArray(value) ? value.every(isText) : typeof value !== 'object' || value === null;

/** A row of named values: their texts, and which of them are not whole. */
function rowOf(values: readonly (readonly [name: string, value: unknown])[]): Omit<RawRow, 'line'> {
  const lost: Record<string, 'long' | 'no-text'> = {};
  const cells = values.map(([name, value]): [string, string] => {
    const text = wholeText(value);
    if (text.length > maxCell) lost[name] = 'long';
    else if (!isText(value)) lost[name] = 'no-text';
    return [name, text.slice(0, maxCell)];
  });
  return { cells: Object.fromEntries(cells), ...(Object.keys(lost).length > 0 && { lost }) };
}

/** The same of an object, whose names nobody has looked at yet. */
function rowOfObject(object: Record<string, unknown>): Omit<RawRow, 'line'> {
  const entries = Object.entries(object);
  const fault =
    entries.length > maxColumns
      ? `it has more than ${maxColumns} properties: take out those you do not need`
      : entries.some(([name]) => name.length > maxName)
        ? `one of its properties has a name of more than ${maxName} characters: shorten it`
        : null;
  return fault === null ? rowOf(entries) : { cells: {}, fault };
}

/** Reads a file into rows, whatever is in them. @throws ImportFileError */
export async function readFile({ format, text }: Pick<ImportInput, 'format' | 'text'>): Promise<ReadFile> {
  const rows = await (format === 'csv' ? readCsv(text) : readJson(text, format));
  if (rows.length === 0) throw new ImportFileError('There are no cameras in this file.');
  const columns = new Set<string>();
  for (const { cells } of rows)
    for (const name of Object.keys(cells)) {
      columns.add(name);
      if (columns.size > maxFileColumns)
        throw new ImportFileError(
          `The file has more than ${maxFileColumns} different columns. Take out those you do not need.`,
        );
    }
  return { columns: [...columns], rows };
}

/** The separator that is most frequent in the first line, outside quotes. */
function delimiterOf(text: string): string {
  const head = (/^[^\r\n]*/.exec(text.replace(/^\ufeff/, ''))?.[0] ?? '').replaceAll(/"[^"]*"/g, '');
  const count = (sign: string) => head.split(sign).length;
  return [',', ';', '\t'].sort((a, b) => count(b) - count(a))[0] ?? ',';
}

/** @throws ImportFileError where cells would be lost */
function namesOf(record: readonly string[]): string[] {
  if (record.length > maxColumns)
    throw new ImportFileError(
      `The file has more than ${maxColumns} columns. Take out those you do not need.`,
    );
  const names = record.map((name, at) => name.slice(0, maxName) || `column ${at + 1}`);
  const doubled = doubledName(names);
  if (doubled !== undefined)
    throw new ImportFileError(
      `The first line names the column "${doubled}" twice: rename or take out one of them, then upload it again.`,
    );
  return names;
}

async function readCsv(text: string): Promise<RawRow[]> {
  let ended = 0;
  const parser = parse(text, {
    bom: true,
    delimiter: delimiterOf(text),
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
    max_record_size: 64 * 1024,
    // The parser is ahead of what is read from it.
    on_record: (record: string[], { lines }) => {
      ended = lines;
      return record;
    },
  });
  let names: string[] | null = null;
  const rows: RawRow[] = [];
  try {
    for await (const { record, info } of parser as AsyncIterable<{
      record: string[];
      info: { lines: number };
    }>) {
      if (!names) {
        names = namesOf(record);
        continue;
      }
      if (rows.length >= maxImportedCameras) throw tooMany();
      if (rows.length % turnRows === 0) await otherTurn();
      const known = names;
      const surplus = surplusOf(record, known).length;
      rows.push({
        line: info.lines,
        // Not which: it may be an address or a login.
        ...(surplus > 0 && {
          fault: `it has ${surplus} more ${surplus === 1 ? 'cell' : 'cells'} than the first line has columns: put a cell that has the separator in it between quotation marks`,
        }),
        ...rowOf(record.slice(0, known.length).map((cell, at) => [known[at] ?? '', cell])),
      });
    }
  } catch (error) {
    if (error instanceof ImportFileError) throw error;
    throw new ImportFileError(
      `The file is no valid CSV in the row that begins on line ${beginOfRow(text, ended)}: look for a quotation mark that is not closed, then upload it again.`,
    );
  }
  return rows;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

async function readJson(text: string, format: 'geojson' | 'json'): Promise<RawRow[]> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ImportFileError(
      'The file is not valid JSON. Export it again, or open it and look for a cut end.',
    );
  }
  const geo = isObject(value) && Array.isArray(value['features']) ? value['features'] : null;
  if (format === 'geojson' && !geo)
    throw new ImportFileError(
      'The file is no GeoJSON: it has no "features". Choose JSON if it is a plain list.',
    );
  const found = geo ? geo.map(cellsOfFeature) : [...listsIn(value, [])];
  if (found.length > maxImportedCameras) throw tooMany();
  const rows: RawRow[] = [];
  for (const [at, row] of found.entries()) {
    if (at % turnRows === 0) await otherTurn();
    rows.push({ line: at + 1, ...row });
  }
  return rows;
}

const noObject = { cells: {}, fault: 'it is no camera: an object with names and values is needed' };

/** RFC 7946: properties, the feature's id, and the point. Longitude comes first. */
function cellsOfFeature(feature: unknown): Omit<RawRow, 'line'> {
  if (!isObject(feature)) return noObject;
  const row = rowOfObject(isObject(feature['properties']) ? feature['properties'] : {});
  if (feature['id'] !== undefined) row.cells['id'] ??= wholeText(feature['id']).slice(0, maxCell);
  const geometry = isObject(feature['geometry']) ? feature['geometry'] : {};
  if (geometry['type'] === 'Point' && Array.isArray(geometry['coordinates'])) {
    const [longitude, latitude] = geometry['coordinates'] as unknown[];
    row.cells['longitude'] = wholeText(longitude);
    row.cells['latitude'] = wholeText(latitude);
  }
  return row;
}

/** Every object in a list, however deep the lists are grouped; the groups' names become columns. */
function* listsIn(value: unknown, groups: readonly string[]): Generator<Omit<RawRow, 'line'>> {
  if (Array.isArray(value)) {
    // A list of numbers or words is none of cameras.
    if (!value.some(isObject)) return;
    for (const item of value) {
      if (!isObject(item)) {
        yield noObject;
        continue;
      }
      const own = rowOfObject(item);
      const above = groups.map((group, at) => [`group ${at + 1}`, group.slice(0, maxCell)]);
      yield { ...own, cells: { ...Object.fromEntries(above), ...own.cells } };
    }
  } else if (isObject(value))
    for (const [name, inner] of Object.entries(value)) {
      if (groups.length >= maxDepth && typeof inner === 'object' && inner !== null)
        throw new ImportFileError(
          `The lists of the file lie more than ${maxDepth} groups deep. Give the list of cameras alone.`,
        );
      yield* listsIn(inner, [...groups, name]);
    }
}
