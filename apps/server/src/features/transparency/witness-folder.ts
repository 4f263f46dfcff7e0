import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { parseCheckpoint, type Checkpoint } from '@clerestory/tlog';
import { writeDurably } from '../../platform/durable.ts';

/** A name for a folder from an origin: what is no letter, digit, dot or dash becomes a dash. */
const folderName = (origin: string) => origin.replaceAll(/[^\w.-]+/g, '-');
/** A checkpoint with a hundred signatures is far smaller, bytes. */
const largestNote = 64 * 1024;
const latestName = 'latest';

/** The checkpoint of a note, whoever signed it; null for what is none. */
export const checkpointOf = (note: string): Checkpoint | null =>
  parseCheckpoint(`${note.split('\n\n')[0]}\n`);

/**
 * Signed checkpoints as files, in a folder that may lie on another disk or machine: what the database itself cannot
 * remember once somebody puts an old copy in its place. One file for each checkpoint, and `latest`.
 */
export class WitnessFolder {
  readonly dir: string;
  constructor(folder: string, origin: string) {
    this.dir = path.join(folder, folderName(origin));
  }

  /** The note of the last one; null when there is none yet. */
  latest(): string | null {
    return existsSync(path.join(this.dir, latestName)) ? this.read(latestName) : null;
  }

  /**
   * Every file that there is, below `dir`; the largest log by its name first, `latest` before all. Not ours are those that
   * begin with a dot, and drafts that were never finished.
   */
  async files(): Promise<string[]> {
    if (!existsSync(this.dir)) return [];
    const found = await readdir(this.dir, { recursive: true, withFileTypes: true });
    const sizeOf = (file: string) => (file === latestName ? Infinity : Number(path.basename(file)) || 0);
    return found
      .filter((one) => !one.isDirectory() && !one.name.startsWith('.') && !one.name.endsWith('.draft'))
      .map(({ parentPath, name }) => path.relative(this.dir, path.join(parentPath, name)))
      .sort((a, b) => sizeOf(b) - sizeOf(a));
  }

  /** Throws when it cannot be read, or is too large to be a checkpoint. */
  read(file: string): string {
    const at = path.join(this.dir, file);
    const { size } = statSync(at);
    if (size > largestNote) throw new RangeError(`${at} has ${size} bytes, which no checkpoint has`);
    return readFileSync(at, 'utf8');
  }

  /** Would keeping this one put another log over what is there? What is there, in words; null when not. */
  conflict(size: number, atMs: number, note: string): string | null {
    const [text] = note.split('\n\n');
    for (const file of [this.#fileOf(size, atMs), latestName]) {
      if (!existsSync(path.join(this.dir, file))) continue;
      const there = this.read(file);
      const known = checkpointOf(there);
      if (!known || known.size > size || (known.size === size && there.split('\n\n')[0] !== text))
        return `${path.join(this.dir, file)} is of ${known ? `a log of ${known.size} entries` : 'no log'}, and not of this one`;
    }
    return null;
  }

  /** Durable when it returns. Throws when the folder takes no writes, or would lose another log’s word. */
  keep(size: number, atMs: number, note: string): void {
    const conflict = this.conflict(size, atMs, note);
    if (conflict !== null) throw new RangeError(conflict);
    const file = path.join(this.dir, this.#fileOf(size, atMs));
    mkdirSync(path.dirname(file), { recursive: true });
    writeDurably(file, note, 0o644);
    writeDurably(path.join(this.dir, latestName), note, 0o644);
  }

  #fileOf(size: number, atMs: number): string {
    return path.join(new Date(atMs).toISOString().slice(0, 7), String(size).padStart(12, '0'));
  }
}
