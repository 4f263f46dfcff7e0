import { formatVerifierKey, parseVerifierKey, type VerifierKey } from '@clerestory/tlog';
import type { RecordNote } from '@clerestory/protocol';
import type { Database } from '../../platform/database.ts';
import { sha256 } from '../../platform/hashing.ts';
import type { Write } from '../../platform/idempotency.ts';
import { KeyFiles, type LogKey } from './key.ts';
import { namedByLog } from './named.ts';
import type { TreeSource } from './ports.ts';
import { wayOn, type Lost } from './signed-before.ts';
import { checkpointStore } from './store.ts';

const otherKey =
  'The key in log.key is not the last one that this log has named: the database is an old copy, from before the key was changed, or the file is an old one. Put the newer one back. If it is lost, docs/guide/checking-the-log.md says how to go on.';
const changed = (fault: string) => `The record was changed: ${fault}. ${wayOn}`;
/** Keys that a log which begins anew names of the one before. */
const mostKeysBefore = 100;

export interface IdentityParts {
  db: Database;
  tree: Pick<TreeSource, 'said'>;
  record: { append(write: Write, note: RecordNote): Promise<void> };
  dataDir: string;
  /** What a new log is called; an old one keeps its name. */
  newOrigin: () => string;
}

/** What the log is called and signs with: in the settings and in the key's file, held to what its own entries name. */
export class LogIdentity {
  readonly #parts: IdentityParts;
  readonly #files: KeyFiles;
  #origin = '';
  #key: LogKey | null = null;
  /** The key that was before, until the first checkpoint with the new one. */
  #leaving: LogKey | null = null;
  #known: VerifierKey[] = [];

  constructor(parts: IdentityParts) {
    this.#parts = parts;
    this.#files = new KeyFiles(parts.dataDir);
  }

  get origin(): string {
    return this.#origin;
  }
  /** Null: it is missing. */
  get key(): LogKey | null {
    return this.#key;
  }
  /** Public keys that the log has signed with, the present one last. */
  get known(): readonly VerifierKey[] {
    return this.#known;
  }
  /** Those that sign the next checkpoint: two while the key is changed. */
  get signing(): readonly LogKey[] {
    return [this.#key, this.#leaving].flatMap((key) => key ?? []);
  }

  /**
   * A log that has no name yet begins.
   * @returns why it may not be signed, in words; null when it may.
   * @throws StoreError when the key's file can be read by others, or is none.
   */
  async load(): Promise<string | null> {
    const { origin, keys } = await checkpointStore.identity(this.#parts.db);
    this.#origin = origin ?? '';
    this.#key = this.#files.current();
    // A database from before a change of the key does not know the one that has signed since.
    const { public: here } = this.#key ?? {};
    this.#remember(here === undefined || keys.includes(here) ? keys : [...keys, here]);
    return origin === null ? this.#begin() : null;
  }

  async #begin(): Promise<string | null> {
    const named = await namedByLog(this.#parts.tree);
    if (named) {
      this.#origin = named.origin || (this.#key?.verifier.name ?? this.#parts.newOrigin());
      this.#remember([...named.keys]);
      if (named.fault !== null) return changed(named.fault);
      return `The database does not know any more what its log is called, and its entries say that it was begun as ${named.origin}: somebody has changed it. ${wayOn}`;
    }
    const origin = this.#key?.verifier.name ?? this.#parts.newOrigin();
    const key = this.#key ?? this.#files.create(origin);
    await this.#become(origin, key, [], { kind: 'log-begun', detail: { origin, key: key.public } });
    return null;
  }

  /** The next key signs too, and an entry names it. `settle` lets the one before go. @returns why that may not be, in words. */
  async changeKey(): Promise<string | null> {
    const old = this.#key;
    const next = this.#files.prepareNext(this.#origin);
    const named = await namedByLog(this.#parts.tree);
    if (named && named.fault !== null) return changed(named.fault);
    if (old && named && ![old.public, next.public].includes(named.key)) return otherKey;
    this.#leaving = old;
    const keys = this.#known.map(formatVerifierKey);
    const before = keys.findLast((key) => key !== next.public) ?? '';
    await this.#become(this.#origin, next, keys, {
      ...{ kind: 'log-key-changed', detail: { before, key: next.public } },
    });
    return null;
  }

  /** Another log, with another name and key; its first entry says what is `lost` of the one before. */
  async beginAnew(why: string, lost: Lost, erased: number): Promise<void> {
    const before = this.#origin;
    const keys = this.#known.map(formatVerifierKey);
    const count = Number(/-(\d+)$/.exec(before)?.[1] ?? 1) + 1;
    const origin = `${before.replace(/-\d+$/, '')}-${count}`;
    const key = this.#files.prepareNext(origin);
    await this.#become(origin, key, keys, {
      kind: 'log-begun-anew',
      detail: {
        ...{ before, keysBefore: keys.slice(-mostKeysBefore), origin, key: key.public, why },
        ...{ lostSize: lost.size, lostRoot: lost.root, erased },
        ...(!lost.isVerified && { lostUnverified: true }),
      },
    });
  }

  /** The first checkpoint with the next key is durable: it takes the place of the one before. */
  settle(): void {
    this.#files.adoptNext();
    this.#leaving = null;
  }

  /** Are name and keys those that the log has named in its entries, and is the key in its file the last of them? In words. */
  async fault(): Promise<string | null> {
    const { db, tree } = this.#parts;
    const { keys } = await checkpointStore.identity(db);
    if (keys.at(-1) !== this.#key?.public) return otherKey;
    const named = await namedByLog(tree);
    if (named && named.fault !== null) return changed(named.fault);
    const isSame =
      named?.key === keys.at(-1) &&
      named?.origin === this.#origin &&
      this.#key?.verifier.name === this.#origin &&
      keys.every((key) => named.keys.has(key));
    return isSame
      ? null
      : `The name of the log and its keys, as the database has them, are not those that its entries have named (${named?.origin ?? 'none'}): somebody has changed it. ${wayOn}`;
  }

  #remember(keys: readonly string[]): void {
    this.#known = keys.flatMap((key) => parseVerifierKey(sha256, key) ?? []);
  }

  /** The log has this name and key from now on, and says so in an entry of its own. */
  async #become(
    origin: string,
    key: LogKey,
    before: readonly string[],
    note: Pick<RecordNote, 'kind' | 'detail'>,
  ): Promise<void> {
    const { db, record } = this.#parts;
    const keys = [...before.filter((one) => one !== key.public), key.public];
    await db.transaction().execute(async (write) => {
      await checkpointStore.setIdentity(write, origin, keys);
      await record.append(write, { ...note, actor: 'server', subject: 'log' });
    });
    this.#origin = origin;
    this.#key = key;
    this.#remember(keys);
  }
}
