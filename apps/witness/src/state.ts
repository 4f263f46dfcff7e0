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

/** What a witness remembers of a log: how large it was, and its root, base64. */
export interface Seen {
  size: number;
  root: string;
}

/** The largest checkpoint of each log, a file each. Durable before a cosignature leaves. */
export class SeenLogs {
  readonly #dir: string;
  readonly #seen = new Map<string, Seen>();
  constructor(dir: string) {
    this.#dir = dir;
    mkdirSync(dir, { recursive: true, mode: 0o700 });
  }

  of(origin: string): Seen {
    const known = this.#seen.get(origin);
    if (known) return known;
    const file = this.#file(origin);
    const seen = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Seen) : { size: 0, root: '' };
    this.#seen.set(origin, seen);
    return seen;
  }

  remember(origin: string, seen: Seen): void {
    const draft = `${this.#file(origin)}.draft`;
    const handle = openSync(draft, 'w', 0o600);
    try {
      writeSync(handle, JSON.stringify(seen));
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(draft, this.#file(origin));
    // The new name is durable once its folder is.
    const folder = openSync(this.#dir, 'r');
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
    this.#seen.set(origin, seen);
  }

  #file(origin: string): string {
    return path.join(this.#dir, `${Buffer.from(origin).toString('base64url')}.json`);
  }
}
