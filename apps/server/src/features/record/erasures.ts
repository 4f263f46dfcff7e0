import { impersonal } from '@clerestory/public-log';
import { type Database } from '../../platform/database.ts';
import { saidByLog } from './about-log.ts';
import { isTombstone } from './chain.ts';

type Read = Pick<Database, 'selectFrom'>;

/** What one `record-erased` entry says: how many between two sequences lost their words. */
interface Erasure {
  sequence: number;
  from: number;
  upTo: number;
  entries: number;
}

/**
 * What the log says that was erased, by its leaves. An entry without its words is in order only where a later entry of the log says
 * so: anybody who can write to the file can put a leaf in the place of an entry and drop its salt, but the log then has
 * more such entries than it says. Pure but for the reading.
 */
export class Erasures {
  readonly #all: readonly Erasure[];
  /** Why what the log says cannot be believed, in words; null when it can. */
  readonly #fault: string | null;
  constructor(all: readonly Erasure[], fault: string | null = null) {
    this.#all = all;
    this.#fault = fault;
  }

  static async of(db: Read): Promise<Erasures> {
    const said = await saidByLog(db);
    const all: Erasure[] = [];
    for (const { sequence, kind, public: detail } of said.entries) {
      if (kind === 'record-erased') {
        const { from = 1, upTo: last, entries } = detail;
        all.push({ sequence, from: Number(from), upTo: Number(last), entries: Number(entries) });
      } else if (kind === 'log-begun-anew' && typeof detail['erased'] === 'number') {
        // A log that begins anew says in the open how many it found without words, also those nobody had said.
        const before = all.reduce((sum, { entries }) => sum + entries, 0);
        all.push({ sequence, from: 1, upTo: sequence - 1, entries: detail['erased'] - before });
      }
    }
    return new Erasures(all, said.fault);
  }

  /** Entries that were erased, by what the record says. */
  get entries(): number {
    return this.#all.reduce((sum, { entries }) => sum + entries, 0);
  }

  /** What is wrong with a row that has lost its words; null for one that has them, or has lost them lawfully. */
  faultOf({ sequence, entry }: { sequence: number; entry: string }): string | null {
    if (!isTombstone(entry)) return null;
    const { kind } = JSON.parse(entry) as { kind: unknown };
    const isSaid = this.#all.some(
      (one) => one.sequence > sequence && one.from <= sequence && sequence <= one.upTo,
    );
    return isSaid && !impersonal.includes(String(kind))
      ? null
      : `entry ${sequence} has lost its words and its salt, and no entry of the log says that it was erased`;
  }

  /** What is wrong with so many erased entries; null when it is as many as the record says. */
  faultOfCount(found: number): string | null {
    return found === this.entries
      ? null
      : `${found} entries have lost their words, and the log says that ${this.entries} were erased`;
  }

  /** The same of the whole store, by its indexes, without walking the record. */
  async faultOfStore(db: Read): Promise<string | null> {
    if (this.#fault !== null) return this.#fault;
    // The words gone, nobody has done it and nothing is it about: see the columns of the table.
    const rows = await db
      .selectFrom('record_entries')
      .select(['sequence', 'entry'])
      .where('actor', 'is', null)
      .orderBy('sequence')
      .execute();
    for (const row of rows) {
      const fault = this.faultOf(row);
      if (fault !== null) return fault;
    }
    const { salts } = await db
      .selectFrom('log_salts')
      .select(({ fn }) => fn.countAll<number>().as('salts'))
      .executeTakeFirstOrThrow();
    const { size } = await db.selectFrom('log_head').select('size').executeTakeFirstOrThrow();
    if (salts !== size - rows.length)
      return `${size - rows.length} entries have their words, and ${salts} have the salt that their words are checked with`;
    return this.faultOfCount(rows.length);
  }
}
