import { z } from 'zod';
import { UnixMs } from './ids.ts';

/** How the public log is doing. */
export const LogStatus = z.object({
  /** Its name, the first line of each checkpoint. */
  origin: z.string(),
  /** The public key it signs with; null: the secret one is missing. */
  key: z.string().nullable(),
  /** Why nothing is signed any more, and what to do; null while all is well. */
  halted: z.string().nullable(),
  /** The last one that was signed. */
  checkpoint: z.object({ size: z.int().min(0), at: UnixMs }).nullable(),
  /** Where checkpoints are kept besides the database. */
  folder: z.string(),
  /** Why nothing gets there just now, in words; null while all is well. */
  folderFault: z.string().nullable(),
  witnesses: z.array(
    z.object({
      name: z.string(),
      url: z.string(),
      /** The largest it has signed, 0 for none since the start. */
      size: z.int().min(0),
      at: UnixMs.nullable(),
      /** What was wrong at the last try, in words. */
      fault: z.string().nullable(),
    }),
  ),
});
export type LogStatus = z.infer<typeof LogStatus>;

/** A bundle as a file: see docs/guide/checking-the-log.md. */
export const BundleFile = z.object({
  name: z.string(),
  text: z.string(),
  entries: z.int(),
  /** The size of the log at the checkpoint that the proofs end at. */
  size: z.int(),
  /** Where the next part begins; null: this is all. */
  next: z.string().nullable(),
  /** Entries that might have belonged here and have been erased: what they were about nobody can say any more. */
  erased: z.int().min(0),
  /** Why the log is not signed any more, so that nothing newer is in the file; null while it is. */
  halted: z.string().nullable(),
});
export type BundleFile = z.infer<typeof BundleFile>;
