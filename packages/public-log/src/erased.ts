import type { PublicEntry } from './entry.ts';

/** Kinds without anything personal in them, which are never erased. */
export const impersonal: readonly string[] = [
  ...['log-begun', 'log-key-changed', 'log-begun-anew', 'record-erased', 'cameras-counted'],
];

interface Range {
  /** Of the entry that says so. */
  sequence: number;
  from: number;
  upTo: number;
}

/** Which entries a log says were erased, by what its `record-erased` entries show to everybody. */
export class SaidErased {
  readonly #ranges: Range[] = [];

  take({ sequence, kind, public: said }: PublicEntry): void {
    const { from = 1, upTo, erased } = said;
    if (kind === 'record-erased' && typeof from === 'number' && typeof upTo === 'number')
      this.#ranges.push({ sequence, from, upTo });
    // A log that begins anew says how many it has found without their words, and not which.
    if (kind === 'log-begun-anew' && typeof erased === 'number' && erased > 0)
      this.#ranges.push({ sequence, from: 1, upTo: sequence - 1 });
  }

  has({ sequence, kind }: Pick<PublicEntry, 'sequence' | 'kind'>): boolean {
    return (
      !impersonal.includes(kind) &&
      this.#ranges.some((one) => one.sequence > sequence && one.from <= sequence && sequence <= one.upTo)
    );
  }
}
