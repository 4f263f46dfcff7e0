/** What a bench has found: `figures` as they are, and a table of them for people. */
export interface Table {
  /** Of the place in a document that it is published to: `<!-- bench:name -->`. */
  name: string;
  title: string;
  /** What the columns mean and how it was measured; one or two sentences. */
  note: string;
  columns: readonly string[];
  rows: readonly (readonly (string | number)[])[];
  figures: unknown;
}

/** `when`: date, machine and how busy it was. */
export function markdown(table: Table, when: string): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  return [
    `## ${table.title}`,
    `${when} ${table.note}`,
    [line(table.columns), line(table.columns.map(() => '---')), ...table.rows.map(line)].join('\n'),
  ].join('\n\n');
}

/**
 * The document with the table in its place, between `<!-- bench:name -->` and `<!-- /bench:name -->`; at the end where
 * it has no place yet.
 */
export function publish(document: string, name: string, text: string): string {
  const [open, close] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`];
  const block = `${open}\n\n${text}\n\n${close}`;
  const [from, to] = [document.indexOf(open), document.indexOf(close)];
  if (from < 0) return `${document.trimEnd()}\n\n${block}\n`;
  if (to < from) throw new Error(`the document has no ${close} after ${open}`);
  return document.slice(0, from) + block + document.slice(to + close.length);
}
