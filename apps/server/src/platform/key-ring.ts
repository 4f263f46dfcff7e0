import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { StoreError } from './database.ts';
import { writeDurably } from './durable.ts';

/** AES-256-GCM with a nonce of 96 random bits and a tag of 128 (NIST SP 800-38D). */
const cipher = 'aes-256-gcm';
const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;
const idBytes = 4;
/** First byte of everything sealed. */
const version = 1;
/** Older keys that are kept until nothing is sealed with them. */
const maxKeys = 8;

const KeyFile = z.strictObject({
  keys: z
    .array(z.strictObject({ id: z.string().regex(/^[0-9a-f]{8}$/), key: z.base64() }))
    .min(1)
    .max(maxKeys),
});
interface Key {
  id: Buffer;
  key: Buffer;
}

/** Readable for the server's own user alone. */
const fileMode = 0o600;

/**
 * Seals small texts for the store, with keys that lie beside it in a file of their own: whoever gets a copy of the
 * database alone reads nothing of them. The first key seals; all of them open.
 */
export class KeyRing {
  readonly #file: string;
  #keys: Key[];

  private constructor(file: string, keys: Key[]) {
    this.#file = file;
    this.#keys = keys;
  }

  /**
   * Opens the file, or makes it with a fresh key. `needed`: something is sealed already, so that a missing file is a loss.
   * @throws StoreError with what to do: missing, unreadable, or readable for others.
   */
  static open(folder: string, name: string, needed: boolean): KeyRing {
    const file = path.join(folder, name);
    if (!existsSync(file)) {
      if (needed)
        throw new StoreError(
          `The key file ${file} is gone, and without it nobody can read how owners are reached. Put it back from a backup, then start again; nothing was changed.`,
        );
      const ring = new KeyRing(file, []);
      ring.#write([newKey()]);
      return ring;
    }
    const mode = statSync(file).mode & 0o777;
    if ((mode & 0o077) !== 0)
      throw new StoreError(
        `The key file ${file} can be read by other users of this machine (mode ${mode.toString(8)}). Run: chmod 600 ${file}, and consider new keys.`,
      );
    try {
      const { keys } = KeyFile.parse(JSON.parse(readFileSync(file, 'utf8')));
      const read = keys.map(({ id, key }) => ({
        id: Buffer.from(id, 'hex'),
        key: Buffer.from(key, 'base64'),
      }));
      if (read.some(({ key }) => key.length !== keyBytes)) throw new Error('a key has another length');
      return new KeyRing(file, read);
    } catch (error) {
      throw new StoreError(
        `The key file ${file} cannot be read (${(error as Error).message}). Put it back from a backup.`,
        { cause: error },
      );
    }
  }

  /** `place` says what it belongs to, such as `owner:<id>`: moved elsewhere it does not open. */
  seal(text: string, place: string): Buffer {
    const { id, key } = this.#first;
    const nonce = randomBytes(nonceBytes);
    const sealing = createCipheriv(cipher, key, nonce, { authTagLength: tagBytes }).setAAD(
      Buffer.from(place),
    );
    const body = Buffer.concat([sealing.update(text, 'utf8'), sealing.final()]);
    return Buffer.concat([Buffer.from([version]), id, nonce, body, sealing.getAuthTag()]);
  }

  /** @throws StoreError when it was sealed with another key or for another place, or was changed. */
  open(sealed: Uint8Array, place: string): string {
    const bytes = Buffer.from(sealed);
    const id = bytes.subarray(1, 1 + idBytes);
    const found = this.#keys.find((one) => one.id.equals(id));
    const from = 1 + idBytes + nonceBytes;
    try {
      if (!found || bytes[0] !== version) throw new Error('no such key');
      const nonce = bytes.subarray(1 + idBytes, from);
      const opening = createDecipheriv(cipher, found.key, nonce, { authTagLength: tagBytes })
        .setAAD(Buffer.from(place))
        .setAuthTag(bytes.subarray(-tagBytes));
      return Buffer.concat([opening.update(bytes.subarray(from, -tagBytes)), opening.final()]).toString(
        'utf8',
      );
    } catch (error) {
      throw new StoreError(
        `What is sealed for ${place} does not open with the keys of ${this.#file}. Database and key file belong together: restore both from the same backup.`,
        { cause: error },
      );
    }
  }

  /** Whether it was sealed with the key that seals now. */
  isCurrent(sealed: Uint8Array): boolean {
    return this.#first.id.equals(Buffer.from(sealed).subarray(1, 1 + idBytes));
  }

  /** From now on a fresh key seals; it is on the disk before it does. */
  add(): void {
    if (this.#keys.length >= maxKeys) throw new Error('too many keys: seal everything anew first');
    this.#write([newKey(), ...this.#keys]);
  }

  /** Once everything is sealed anew: only the key that seals is left. */
  dropOlder(): void {
    this.#write([this.#first]);
  }

  get #first(): Key {
    const first = this.#keys[0];
    if (!first) throw new Error('a ring without keys');
    return first;
  }

  /** Whole or not at all: a new file takes the place of the old one. */
  #write(keys: Key[]): void {
    const text = JSON.stringify({
      keys: keys.map(({ id, key }) => ({ id: id.toString('hex'), key: key.toString('base64') })),
    });
    writeDurably(this.#file, text, fileMode);
    this.#keys = keys;
  }
}

const newKey = (): Key => ({ id: randomBytes(idBytes), key: randomBytes(keyBytes) });
