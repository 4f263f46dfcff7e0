import { appendFileSync } from 'node:fs';
import path from 'node:path';

/** A claim of docs/ref/assurance.md, as the test that has just held it says it. */
export interface Assured {
  /** Of the test matrix, such as `A1`. */
  row: string;
  claim: string;
  /** Independent tries of this run, all of which held. */
  trials: number;
  /** They are every case that there is, and no sample of many, so that no rate follows from their number. */
  whole?: true;
  /** The seeded defect that the same test, or the one beside it, turns red at. */
  control: string;
}

/** Notes a claim when the whole suite runs (the folder is in the environment); else does nothing. Call it last in a test. */
export function assured(claim: Assured): void {
  const folder = process.env['ASSURANCE_FOLDER'];
  if (folder !== undefined && folder !== '')
    appendFileSync(path.join(folder, `${process.pid}.jsonl`), `${JSON.stringify(claim)}\n`);
}
