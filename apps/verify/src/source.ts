import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { hashBytes, maxEntryBytes, tileWidth } from '@clerestory/tlog';

/** Something could not be read. The message says what, and is meant for people. */
export class CannotRead extends Error {
  override name = 'CannotRead';
}

/** Where a log's files come from: `checkpoint` and `tile/…`, by the names of C2SP tlog-tiles. */
export interface Source {
  read(name: string): Promise<Uint8Array>;
  /** A server that goes on while it is read, not a copy. */
  isLive?: boolean;
}

const patienceMs = 30_000;
/** Tries before a file is given up, since a whole log is many files. */
const tries = 3;
/** Largest checkpoint that is read, bytes; a hundred signatures are some 15 kB. */
export const mostCheckpointBytes = 100_000;
/** Largest bundle or report that is read, bytes. An export is handed out in files that are far smaller. */
export const mostTextBytes = 256 * 1024 * 1024;
/** Of what a server answers besides a refusal, only so much is told, characters. */
const mostReason = 500;

/** Tiles of hashes have one size; an entry has at most 65,535 bytes behind the two of its length. */
const mostBytesOf = (name: string): number => {
  if (name.startsWith('tile/entries/')) return tileWidth * (maxEntryBytes + 2);
  return name.startsWith('tile/') ? tileWidth * hashBytes : mostCheckpointBytes;
};

/** Reads to the end, and no further than a file of that sort can be long. */
async function whole(parts: AsyncIterable<Uint8Array>, place: string, mostBytes: number): Promise<Buffer> {
  const read: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of parts) {
    bytes += part.length;
    if (bytes > mostBytes)
      throw new CannotRead(
        `${place} has more than ${mostBytes} bytes, and what is asked for there never has: it is something else`,
      );
    read.push(part);
  }
  return Buffer.concat(read);
}

/** Node's streams of answers can be read part by part; the types of browsers do not say so. */
const bodyOf = ({ body }: Response) => (body ?? []) as unknown as AsyncIterable<Uint8Array>;

async function reasonOf(response: Response, place: string): Promise<string> {
  const said = await whole(bodyOf(response), place, mostCheckpointBytes).catch(() => Buffer.alloc(0));
  const words = said.toString('utf8').trim().slice(0, mostReason);
  return words === '' ? '' : `: ${words}`;
}

/** fetch itself says no more than that it failed. */
function whyNot(error: unknown): string {
  const { cause, message } = error as Error;
  return cause instanceof Error && cause.message !== '' ? cause.message : message;
}

async function fetched(url: URL, mostBytes: number): Promise<Buffer> {
  for (let left = tries - 1; ; left--) {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(patienceMs) });
      if (response.ok) return await whole(bodyOf(response), url.href, mostBytes);
      const reason = await reasonOf(response, url.href);
      if (response.status < 500 || left === 0)
        throw new CannotRead(`${url.href} answers ${response.status}${reason}`);
    } catch (error) {
      if (error instanceof CannotRead) throw error;
      if (left === 0) throw new CannotRead(`${url.href} does not answer: ${whyNot(error)}`);
    }
  }
}

async function readFile(file: string, mostBytes: number): Promise<Buffer> {
  try {
    if ((await stat(file)).isDirectory()) throw new CannotRead(`${file} is a folder; give a file`);
    return await whole(createReadStream(file), file, mostBytes);
  } catch (error) {
    if (error instanceof CannotRead) throw error;
    const isMissing = ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
    throw new CannotRead(
      isMissing ? `there is no file ${file}` : `${file} cannot be read: ${(error as Error).message}`,
    );
  }
}

export const isAddress = (place: string): boolean => /^https?:\/\//.test(place);
function addressOf(place: string, base?: string): URL {
  const url = URL.parse(place, base);
  if (!url) throw new CannotRead(`${place} is no address`);
  return url;
}

/** An address such as https://wall.example.org/log, or a folder with the same files. */
export function openSource(place: string): Source {
  if (isAddress(place)) {
    const base = place.endsWith('/') ? place : `${place}/`;
    return { isLive: true, read: (name) => fetched(addressOf(name, base), mostBytesOf(name)) };
  }
  return { read: (name) => readFile(path.join(place, name), mostBytesOf(name)) };
}

/** A text from an address or a file, without the mark (BOM) that some editors put before it. */
export async function readText(place: string, mostBytes = mostTextBytes): Promise<string> {
  const bytes = isAddress(place)
    ? await fetched(addressOf(place), mostBytes)
    : await readFile(place, mostBytes);
  return bytes.toString('utf8').replace(/^\uFEFF/, '');
}
