export type EntriesByGrant = ReadonlyMap<string, readonly number[]>;

/**
 * From the lines of a bundle (docs/guide/checking-the-log.md), together with what was `known` from others of the same
 * log: for each grant, the numbers of the entries about it, oldest first.
 */
export function entriesByGrant(bundle: string, known: EntriesByGrant = new Map()): EntriesByGrant {
  const found = new Map(known);
  const [, ...lines] = bundle.split('\n');
  for (const line of lines.filter((one) => one !== '')) {
    const { index, openings } = JSON.parse(line) as {
      index: number;
      openings: { name: string; value: unknown }[];
    };
    const grant = openings.find(({ name }) => name === 'detail.grant')?.value;
    if (typeof grant !== 'string') continue;
    const entries = new Set([...(found.get(grant) ?? []), index + 1]);
    found.set(
      grant,
      [...entries].sort((a, b) => a - b),
    );
  }
  return found;
}
