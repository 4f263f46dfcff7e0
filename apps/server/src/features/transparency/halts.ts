import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { StoreError } from '../../platform/database.ts';
import { writeDurably } from '../../platform/durable.ts';

/** Why a log is not signed any more, and what would show that the right database is back. */
export const Halt = z.object({
  origin: z.string(),
  /** In words, with what to do. */
  why: z.string(),
  /** Entries that are known to have been signed, or seen by the witness. */
  size: z.int().min(0),
  /** base64; null where a witness has told the size alone. */
  root: z.string().nullable(),
  /** Whose word it was, and whose word is needed again; null: the witness folder’s or the database’s own. */
  witness: z.string().nullable(),
  /** Found by whoever checked the whole record: it stands until that finds nothing wrong any more. */
  isOfRecord: z.boolean().optional(),
});
export type Halt = z.infer<typeof Halt>;

/**
 * What has stopped the log, as a file beside the database: a restart forgets nothing, and a database that is put back is
 * asked about it. Each goes when what it says holds again.
 */
export class Halts {
  readonly #file: string;
  constructor(dataDir: string) {
    this.#file = path.join(dataDir, 'log-halted.json');
  }

  /** @throws StoreError for a file that cannot be read. */
  all(origin: string): Halt[] {
    return this.#read().filter((one) => one.origin === origin);
  }

  add(halt: Halt): void {
    const others = this.#read().filter(
      ({ origin, witness, size, root }) =>
        origin !== halt.origin || witness !== halt.witness || size !== halt.size || root !== halt.root,
    );
    this.#write([...others, halt]);
  }

  remove(halt: Halt): void {
    this.#write(this.#read().filter((one) => JSON.stringify(one) !== JSON.stringify(halt)));
  }

  /** A log that has begun anew begins without them. */
  clear(origin: string): void {
    this.#write(this.#read().filter((one) => one.origin !== origin));
  }

  #read(): Halt[] {
    if (!existsSync(this.#file)) return [];
    try {
      return z.array(Halt).parse(JSON.parse(readFileSync(this.#file, 'utf8')));
    } catch (error) {
      throw new StoreError(
        `${this.#file}, which says why the log was not signed any more, cannot be read. Put it back from a copy, or see docs/guide/checking-the-log.md.`,
        { cause: error },
      );
    }
  }

  #write(all: readonly Halt[]): void {
    if (all.length > 0) writeDurably(this.#file, `${JSON.stringify(all)}\n`, 0o600);
    else rmSync(this.#file, { force: true });
  }
}
