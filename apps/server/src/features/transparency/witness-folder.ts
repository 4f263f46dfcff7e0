import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { parseCheckpoint, type Checkpoint } from '@clerestory/tlog';
import { writeDurablyAside } from '../../platform/durable.ts';

/** A name for a folder from an origin: what is no letter, digit, dot or dash becomes a dash. */
const folderName = (origin: string) => origin.replaceAll(/[^\w.-]+/g, '-');
/** A checkpoint with a hundred signatures is far smaller, bytes. */
const largestNote = 64 * 1024;
const latestName = 'latest';

/** The checkpoint of a note, whoever signed it; null for what is none. */
export const checkpointOf = (note: string): Checkpoint | null =>
  parseCheckpoint(`${note.split('\n\n')[0]}\n`);

const isMissing = (error: unknown) => (error as NodeJS.ErrnoException).code === 'ENOENT';
/** The folder may be on another machine; so long it is waited for, ms. The listing of a month is longer than a file. */
const patienceMs = 10_000;

/** The folder does not answer, as one of a machine that is away. */
export class FolderHangs extends Error {
  override name = 'FolderHangs';
}

/**
 * Signed checkpoints as files, in a folder that may lie on another disk or machine: what the database itself cannot
 * remember once somebody puts an old copy in its place. One file for each checkpoint, and `latest`. Nothing here holds up
 * the server, also where the folder hangs: then each call throws FolderHangs until it answers again.
 */
export class WitnessFolder {
  readonly dir: string;
  readonly origin: string;
  readonly #patienceMs: number;
  /** Something is asked of the folder that it has not answered in time; each more would occupy another thread. */
  #hangs = false;
  #turn: Promise<void> = Promise.resolve();
  /** Why the last checkpoint is not in it, in words; null when it is. */
  #unkept: string | null = null;
  /** Size of the log in `latest`, as far as it was written from here. */
  #newest = 0;

  constructor(folder: string, origin: string, patience = patienceMs) {
    this.origin = origin;
    this.dir = path.join(folder, folderName(origin));
    this.#patienceMs = patience;
  }

  /** Why it does not do its part just now, in words; null when nothing is known against it. */
  get fault(): string | null {
    if (this.#hangs)
      return `It does not answer within ${this.#patienceMs / 1_000} s. Nothing new is signed until it does.`;
    return this.#unkept && `The last checkpoint is not in it (${this.#unkept}). It is tried again.`;
  }

  /** The last checkpoint did not get into it. */
  get lacksLast(): boolean {
    return this.#unkept !== null;
  }

  /**
   * Every file that there is: those of `dir` itself with `latest` first, then month by month from the last one back, in each
   * the largest log by its name first. A month is listed when its turn comes, so that whoever takes the first hundred waits
   * for one or two listings, of which none has more than some 90,000 files, two a minute, however old the log is. Not ours is
   * what begins with a dot, and drafts that were never finished.
   */
  async *files(below = ''): AsyncGenerator<string, void> {
    const found = await this.#patiently(() =>
      readdir(path.join(this.dir, below), { withFileTypes: true }).catch((error: unknown) => {
        if (isMissing(error)) return [];
        throw error;
      }),
    );
    const ours = found.filter(({ name }) => !name.startsWith('.') && !name.endsWith('.draft'));
    const files = ours
      .filter((one) => !one.isDirectory())
      .map(({ name }) => ({ name, size: name === latestName ? Infinity : Number(name) || 0 }))
      .sort((a, b) => b.size - a.size);
    for (const { name } of files) yield path.join(below, name);
    const folders = ours.flatMap((one) => (one.isDirectory() ? one.name : []));
    for (const name of folders.sort().toReversed()) yield* this.files(path.join(below, name));
  }

  /** Throws when it cannot be read, is no file, or is too large to be a checkpoint. */
  read(file: string): Promise<string> {
    const at = path.join(this.dir, file);
    return this.#patiently(async () => {
      const found = await stat(at);
      // A pipe would be waited for without end.
      if (!found.isFile()) throw new RangeError(`${at} is no file`);
      if (found.size > largestNote)
        throw new RangeError(`${at} has ${found.size} bytes, which no checkpoint has`);
      return readFile(at, 'utf8');
    });
  }

  /** Would keeping this one put another log over what is there? What is there, in words; null when not. */
  async conflict(size: number, atMs: number, note: string): Promise<string | null> {
    const [text] = note.split('\n\n');
    for (const file of [this.#fileOf(size, atMs), latestName]) {
      const there = await this.read(file).catch((error: unknown) => {
        if (isMissing(error)) return null;
        throw error;
      });
      if (there === null) continue;
      const known = checkpointOf(there);
      if (!known || known.size > size || (known.size === size && there.split('\n\n')[0] !== text))
        return `${path.join(this.dir, file)} is of ${known ? `a log of ${known.size} entries` : 'no log'}, and not of this one`;
    }
    return null;
  }

  /** Durable when it resolves. Throws when the folder takes no writes, or would lose another log’s word. */
  keep(size: number, atMs: number, note: string): Promise<void> {
    // One after the other: a witness's word may come while the next checkpoint is written, and both go into `latest`.
    const mine = this.#turn.then(() => this.#keepNow(size, atMs, note));
    this.#turn = mine.then(
      () => void (this.#unkept = null),
      (error: unknown) => void (this.#unkept = (error as Error).message),
    );
    return mine;
  }

  async #keepNow(size: number, atMs: number, note: string): Promise<void> {
    // The word of a witness on one that is not the last any more; it says its word on the next.
    if (size < this.#newest) return;
    const conflict = await this.conflict(size, atMs, note);
    if (conflict !== null) throw new RangeError(conflict);
    const file = path.join(this.dir, this.#fileOf(size, atMs));
    await this.#patiently(async () => {
      await mkdir(path.dirname(file), { recursive: true });
      await writeDurablyAside(file, note, 0o644);
      await writeDurablyAside(path.join(this.dir, latestName), note, 0o644);
      this.#newest = size;
    });
  }

  async #patiently<T>(work: () => Promise<T>): Promise<T> {
    if (this.#hangs) throw new FolderHangs(`${this.dir} still does not answer`);
    const mine = work();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        this.#hangs = true;
        const over = () => void (this.#hangs = false);
        mine.then(over, over);
        reject(new FolderHangs(`${this.dir} does not answer within ${this.#patienceMs / 1_000} s`));
      }, this.#patienceMs);
    });
    try {
      return await Promise.race([mine, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  #fileOf(size: number, atMs: number): string {
    return path.join(new Date(atMs).toISOString().slice(0, 7), String(size).padStart(12, '0'));
  }
}
