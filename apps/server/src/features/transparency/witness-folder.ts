import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';

/** A name for a folder from an origin: what is no letter, digit, dot or dash becomes a dash. */
const folderName = (origin: string) => origin.replaceAll(/[^\w.-]+/g, '-');

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
    const file = path.join(this.dir, 'latest');
    return existsSync(file) ? readFileSync(file, 'utf8') : null;
  }

  /** Durable when it returns. Throws when the folder takes no writes. */
  keep(size: number, atMs: number, note: string): void {
    const month = path.join(this.dir, new Date(atMs).toISOString().slice(0, 7));
    mkdirSync(month, { recursive: true });
    this.#write(path.join(month, String(size).padStart(12, '0')), note);
    this.#write(path.join(this.dir, 'latest'), note);
  }

  #write(file: string, text: string): void {
    const draft = `${file}.draft`;
    const handle = openSync(draft, 'w', 0o644);
    try {
      writeSync(handle, text);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(draft, file);
  }
}
