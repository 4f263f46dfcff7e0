import {
  equalBytes,
  openCheckpoint,
  toBase64,
  type SignedCheckpoint,
  type VerifierKey,
} from '@clerestory/tlog';
import { ed25519 } from '../../platform/hashing.ts';
import { checkpointOf, FolderHangs, type WitnessFolder } from './witness-folder.ts';

/** What to do after any of the faults below. */
export const wayOn =
  'Put the right database back. If it is lost, docs/guide/checking-the-log.md says how to go on.';

/** A log that is not, or no longer, the one that was signed. `root`: base64; without a size nothing was to be read. */
export interface Fault {
  why: string;
  size?: number;
  root?: string;
}

/** What there was of a log that begins anew. `root`: base64, empty where nobody has kept it. */
export interface Lost {
  size: number;
  root: string;
  /** A key that is still known has signed it, or a witness has told it. */
  isVerified: boolean;
}

export interface TreeNow {
  head(): Promise<{ size: number; root: Uint8Array }>;
  rootAt(size: number): Promise<Uint8Array | null>;
}

/** Opens a checkpoint of this log. The key's name is the log's, so that no other log passes for it. */
export function openOwn(
  note: string,
  origin: string,
  keys: readonly VerifierKey[],
): { ok: true; value: SignedCheckpoint } | { ok: false; fault: string } {
  const opened = openCheckpoint(ed25519, note, { log: keys });
  if (!opened.ok) return opened;
  if (opened.value.checkpoint.origin !== origin)
    return { ok: false, fault: `it is of the log ${opened.value.checkpoint.origin}` };
  if (!opened.value.signed.some(({ key }) => key.name === origin))
    return { ok: false, fault: 'its key is that of another log' };
  return opened;
}

/** Does the log hold these entries still? */
export async function faultOfRoot(tree: TreeNow, size: number, root: string): Promise<Fault | null> {
  const now = await tree.rootAt(size);
  if (now !== null && toBase64(now) === root) return null;
  if (now !== null)
    return {
      ...{ size, root },
      why: `The first ${size} entries are not those that were signed: the database was changed. ${wayOn}`,
    };
  const { size: here } = await tree.head();
  return {
    ...{ size, root },
    why: `The database has ${here} entries, but ${size} were signed before: it is an old copy, or entries were cut off. ${wayOn}`,
  };
}

/** Is the root that the database keeps that of its own entries? What is wrong, in words; null when nothing is. */
export async function faultOfHead(
  tree: TreeNow,
  head: { size: number; root: Uint8Array },
): Promise<string | null> {
  const own = await tree.rootAt(head.size);
  return own !== null && equalBytes(own, head.root)
    ? null
    : `The root that the database keeps is not that of its own ${head.size} entries: it was changed.`;
}

/** Looks at what was signed before, in the database and in the witness folder. */
export class SignedBefore {
  readonly #tree: TreeNow;
  readonly #folder: WitnessFolder;
  readonly #origin: string;
  readonly #keys: readonly VerifierKey[];
  constructor(parts: { tree: TreeNow; folder: WitnessFolder; origin: string; keys: readonly VerifierKey[] }) {
    this.#tree = parts.tree;
    this.#folder = parts.folder;
    this.#origin = parts.origin;
    this.#keys = parts.keys;
  }

  /** What is wrong with a note that was kept somewhere, or with the log that it is of; null when nothing is. */
  async faultOfNote(note: string, where: string): Promise<Fault | null> {
    const opened = openOwn(note, this.#origin, this.#keys);
    if (!opened.ok)
      return {
        why: `${where} is no checkpoint that a known key of this log has signed (${opened.fault}): the database is not the one that it was signed with, or the file was changed. ${wayOn} A file that does not belong there is to be moved away.`,
      };
    const { size, root } = opened.value.checkpoint;
    return faultOfRoot(this.#tree, size, toBase64(root));
  }

  async faultOfFile(file: string): Promise<Fault | null> {
    const where = `The file ${file} in the witness folder ${this.#folder.dir}`;
    let note: string;
    try {
      note = await this.#folder.read(file);
    } catch (error) {
      // Of what is in it nothing is known then.
      if (error instanceof FolderHangs) throw error;
      // Gone since the folder was listed: another process of ours, or a hand, has tidied up.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      return { why: `${where} cannot be read (${(error as Error).message}). ${wayOn}` };
    }
    return this.faultOfNote(note, where);
  }

  /** The worst of several: one that names the largest log, or else the first that could not be read. */
  async faultOfFiles(files: readonly string[]): Promise<Fault | null> {
    const faults: Fault[] = [];
    for (const file of files) {
      const fault = await this.faultOfFile(file);
      if (fault) faults.push(fault);
    }
    return faults.sort((a, b) => (b.size ?? -1) - (a.size ?? -1))[0] ?? null;
  }

  /**
   * The largest checkpoint of this log among these notes and the files of the folder that are named largest, whoever has
   * signed it: the key may be lost with the database, and what was signed with it is lost all the same.
   */
  async largest(notes: readonly string[]): Promise<Lost> {
    const files = await taken(this.#folder.files(), largestAtOnce);
    const kept: string[] = [];
    for (const file of files) kept.push(await this.#folder.read(file).catch(() => ''));
    const found = [...notes, ...kept].flatMap((note) => {
      const checkpoint = checkpointOf(note);
      if (checkpoint?.origin !== this.#origin) return [];
      const { size, root } = checkpoint;
      return { size, root: toBase64(root), isVerified: openOwn(note, this.#origin, this.#keys).ok };
    });
    // Of two that are as large, the one that can be checked.
    found.sort((a, b) => b.size - a.size || Number(b.isVerified) - Number(a.isVerified));
    return found[0] ?? { size: 0, root: '', isVerified: true };
  }
}

/** Files of the witness folder that a start waits for; the others are looked at while the server runs. */
export const largestAtOnce = 100;
/** The next `count` of a listing, or fewer when it ends. The listing stays where it is, for whoever goes on with it. */
export async function taken(listing: AsyncGenerator<string, void>, count: number): Promise<string[]> {
  const files: string[] = [];
  while (files.length < count) {
    const next = await listing.next();
    if (next.done === true) break;
    files.push(next.value);
  }
  return files;
}
