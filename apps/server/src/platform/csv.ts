/** The first name that two columns have, or undefined: the cells of one of them would be lost. */
export const doubledName = (names: readonly string[]): string | undefined =>
  names.find((name, at) => name !== '' && names.indexOf(name) !== at);

/** The cells of a row that stand under no named column; empty ones, as spreadsheets leave them, are none. */
export const surplusOf = (record: readonly string[], names: readonly string[]): string[] =>
  record.filter((cell, at) => cell !== '' && !names[at]);

/**
 * The line on which the row begins that follows the one that ended on `ended`, both from 1. Of a quotation mark that is
 * not closed, a parser knows only where it gave up.
 */
export function beginOfRow(text: string, ended: number): number {
  const rest = text.split(/\r\n|\r|\n/).slice(ended);
  return (
    ended +
    1 +
    Math.max(
      rest.findIndex((line) => line.trim() !== ''),
      0,
    )
  );
}
