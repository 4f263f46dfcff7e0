import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  type KeyObject,
} from 'node:crypto';
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import {
  formatVerifierKey,
  fromBase64,
  signedBytes,
  toBase64,
  verifierKey,
  concat,
  type NoteSignature,
  type SignatureType,
  type VerifierKey,
} from '@clerestory/tlog';
import { StoreError } from '../../platform/database.ts';
import { renameDurably, writeDurably } from '../../platform/durable.ts';
import { sha256 } from '../../platform/hashing.ts';

const keyFile = 'log.key';
/** The key that is to follow, until the first checkpoint with it is durable. */
const nextFile = 'log.key.next';
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');
const seedBytes = 32;
const othersMay = 0o077;

/** What a new log is called: by the address people type, or by chance where there is none. */
export const newLogName = (origin: string | undefined): string =>
  origin === undefined
    ? `clerestory.invalid/${randomBytes(4).toString('hex')}/log`
    : `${new URL(origin).host}/log`;

/** A secret key that signs notes under its name. */
export class LogKey {
  readonly verifier: VerifierKey;
  readonly #secret: KeyObject;
  readonly #seed: Uint8Array;

  constructor(name: string, seed: Uint8Array, type: SignatureType = 1) {
    this.#seed = seed;
    this.#secret = createPrivateKey({
      key: Buffer.concat([pkcs8Prefix, seed]),
      format: 'der',
      type: 'pkcs8',
    });
    const spki = createPublicKey(this.#secret).export({ format: 'der', type: 'spki' });
    this.verifier = verifierKey(sha256, name, type, Uint8Array.from(spki.subarray(-32)));
  }

  static fresh(name: string): LogKey {
    const { privateKey } = generateKeyPairSync('ed25519');
    const der = privateKey.export({ format: 'der', type: 'pkcs8' });
    return new LogKey(name, Uint8Array.from(der.subarray(-seedBytes)));
  }

  /** The public key, as others are told it. */
  get public(): string {
    return formatVerifierKey(this.verifier);
  }

  sign(text: string): NoteSignature {
    const { name, id } = this.verifier;
    return { name, id, signature: sign(null, signedBytes(this.verifier, text, 0), this.#secret) };
  }

  /** As Go's note package writes it, so that its tools read it too. */
  toText(): string {
    const id = Buffer.from(this.verifier.id).toString('hex');
    return `PRIVATE+KEY+${this.verifier.name}+${id}+${toBase64(concat(Uint8Array.of(1), this.#seed))}\n`;
  }

  /** Null for what is no such text. */
  static fromText(text: string): LogKey | null {
    const [, name = '', id = '', encoded = ''] =
      /^PRIVATE\+KEY\+([^+]+)\+([0-9a-f]{8})\+(\S+)\n?$/u.exec(text) ?? [];
    const bytes = fromBase64(encoded);
    if (bytes?.length !== seedBytes + 1 || bytes[0] !== 1) return null;
    const key = new LogKey(name, bytes.slice(1));
    return Buffer.from(key.verifier.id).toString('hex') === id ? key : null;
  }
}

function read(file: string): LogKey | null {
  if (!existsSync(file)) return null;
  if ((statSync(file).mode & othersMay) !== 0)
    throw new StoreError(
      `Others on this machine can read ${file}, the key that signs the log. Run chmod 600 ${file}; if somebody may have read it, change the key with npm run log -- change-key.`,
    );
  const key = LogKey.fromText(readFileSync(file, 'utf8'));
  if (!key)
    throw new StoreError(
      `${file} is no key of the log. Put the right file back, or see docs/guide/checking-the-log.md.`,
    );
  return key;
}

const write = (file: string, key: LogKey) => writeDurably(file, key.toText(), 0o600);

/** The log's secret keys in the data folder, outside the database, so that no copy of it holds them. */
export class KeyFiles {
  readonly #dir: string;
  constructor(dataDir: string) {
    this.#dir = dataDir;
  }
  get #current(): string {
    return path.join(this.#dir, keyFile);
  }
  get #next(): string {
    return path.join(this.#dir, nextFile);
  }

  /**
   * Null when there is none.
   * @throws StoreError when others can read it, or when it is no key.
   */
  current(): LogKey | null {
    return read(this.#current);
  }
  create(name: string): LogKey {
    const key = LogKey.fresh(name);
    write(this.#current, key);
    return key;
  }
  /** The key that follows; the same again when a change was cut short. */
  prepareNext(name: string): LogKey {
    const begun = read(this.#next);
    if (begun?.verifier.name === name) return begun;
    rmSync(this.#next, { force: true });
    const key = LogKey.fresh(name);
    write(this.#next, key);
    return key;
  }
  /** Puts the next key in the place of the current one, which is gone then. */
  adoptNext(): void {
    renameDurably(this.#next, this.#current);
  }
}
