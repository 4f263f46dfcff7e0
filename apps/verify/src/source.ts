import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** Something could not be read. The message says what, and is meant for people. */
export class CannotRead extends Error {
  override name = 'CannotRead';
}

/** Where a log's files come from: `checkpoint` and `tile/…`, by the names of C2SP tlog-tiles. */
export interface Source {
  read(name: string): Promise<Uint8Array>;
}

const patienceMs = 30_000;
/** Tries before a file is given up, since a whole log is many files. */
const tries = 3;

async function fetched(url: URL): Promise<Uint8Array> {
  for (let left = tries - 1; ; left--) {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(patienceMs) });
      if (response.ok) return new Uint8Array(await response.arrayBuffer());
      if (response.status < 500 || left === 0) throw new CannotRead(`${url.href} answers ${response.status}`);
    } catch (error) {
      if (error instanceof CannotRead) throw error;
      if (left === 0) throw new CannotRead(`${url.href} does not answer: ${(error as Error).message}`);
    }
  }
}

/** An address such as https://wall.example.org/log, or a folder with the same files. */
export function openSource(place: string): Source {
  if (/^https?:\/\//.test(place)) {
    const base = place.endsWith('/') ? place : `${place}/`;
    return { read: (name) => fetched(new URL(name, base)) };
  }
  return {
    async read(name) {
      try {
        return await readFile(path.join(place, name));
      } catch {
        throw new CannotRead(`there is no file ${path.join(place, name)}`);
      }
    },
  };
}

/** A text from an address or a file. */
export async function readText(place: string): Promise<string> {
  if (/^https?:\/\//.test(place)) return Buffer.from(await fetched(new URL(place))).toString('utf8');
  try {
    return await readFile(place, 'utf8');
  } catch {
    throw new CannotRead(`there is no file ${place}`);
  }
}
