import {
  cosignatureTimeS,
  equalBytes,
  formatCheckpoint,
  formatNote,
  formatVerifierKey,
  openCheckpoint,
  parseNote,
  parseVerifierKey,
  toBase64,
  type NoteSignature,
  type SignedCheckpoint,
  type TileId,
  type VerifierKey,
} from '@clerestory/tlog';
import { problem, type Answer, type LogStatus, type RecordNote } from '@clerestory/protocol';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { ed25519, sha256 } from '../../platform/hashing.ts';
import type { Write } from '../../platform/idempotency.ts';
import type { Logger } from '../../platform/logging.ts';
import { KeyFiles, type LogKey } from './key.ts';
import { orderDone, readOrder } from './orders.ts';
import { checkpointStore, type StoredCheckpoint } from './store.ts';
import type { WitnessAddress } from '../../platform/witnesses.ts';
import { WitnessClient, type WitnessAnswer } from './witness-client.ts';
import { WitnessFolder } from './witness-folder.ts';

/** An entry waits so long for its checkpoint at most, ms; a minute is promised. */
const tickMs = 30_000;
/** A witness that has nothing new to sign is asked again after this, so that its word stays fresh, ms. */
const refreshMs = 10 * 60_000;
/** Checkpoints younger than this are all kept in the database; the witness folder keeps every one, ms. */
const keepAllMs = 7 * 86_400_000;

/** The tree of the record, as this feature needs it. */
export interface TreeSource {
  head(): Promise<{ size: number; root: Uint8Array }>;
  rootAt(size: number): Promise<Uint8Array | null>;
  consistency(before: number, size: number): Promise<Uint8Array[]>;
  tile(id: TileId): Promise<Uint8Array>;
}

export interface CheckpointParts {
  db: Database;
  clock: Clock;
  log: Logger;
  tree: TreeSource;
  record: { append(write: Write, note: RecordNote): Promise<void> };
  dataDir: string;
  /** Where signed checkpoints are kept besides the database. */
  witnessFolder: string;
  witnesses: readonly WitnessAddress[];
  /** What a new log is called; an old one keeps its name. */
  newOrigin: () => string;
  /** How often it is signed, where something is new; tests wait for less. */
  everyMs?: number;
}

interface Witness {
  client: WitnessClient;
  busy: boolean;
  signedSize: number;
  signedAtMs: number | null;
  fault: string | null;
}

const rank = ({ size }: { size: number }) => size;

/**
 * Signs what the log has come to, at least once a minute, keeps it outside the database too, and sends it to witnesses.
 * It signs nothing that does not go on from the largest checkpoint that is known from anywhere.
 */
export class Checkpoints {
  readonly #parts: CheckpointParts;
  readonly #keys: KeyFiles;
  readonly #witnesses: Witness[];
  #origin = '';
  #key: LogKey | null = null;
  /** The key that was before, until the first checkpoint with the new one. */
  #leaving: LogKey | null = null;
  #known: VerifierKey[] = [];
  #latest: StoredCheckpoint | null = null;
  /** Why nothing is signed; null while all is well. */
  #halted: string | null = null;
  #timer: NodeJS.Timeout | undefined;
  #signing: Promise<void> = Promise.resolve();

  constructor(parts: CheckpointParts) {
    this.#parts = parts;
    this.#keys = new KeyFiles(parts.dataDir);
    this.#witnesses = parts.witnesses.map((address) => ({
      ...{ client: new WitnessClient(address), busy: false, signedSize: 0, signedAtMs: null, fault: null },
    }));
  }

  /** @throws StoreError when the key's file can be read by others, or is none. */
  async load(): Promise<void> {
    const { db } = this.#parts;
    const { origin, keys } = await checkpointStore.identity(db);
    this.#origin = origin ?? '';
    this.#key = this.#keys.current();
    // A database from before a change of the key does not know the one that has signed since.
    const { public: here } = this.#key ?? {};
    this.#remember(here === undefined || keys.includes(here) ? keys : [...keys, here]);
    if (origin === null) await this.#begin();
    this.#latest = (await checkpointStore.latest(db, this.#origin)) ?? null;
    await this.#follow();
    if (!this.#key && this.#halted === null)
      this.#halt(
        'The key that signs the log is missing from the data folder. Put log.key back, or change the key.',
      );
    if (this.#halted === null) await this.#compare();
    if (this.#halted === null) await this.#compareKey();
  }

  start(): void {
    this.#timer = setInterval(() => void this.tick(), this.#parts.everyMs ?? tickMs);
    this.#timer.unref();
    void this.tick();
  }

  /** Signs a last time. Witnesses that are being asked are not waited for. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#sign();
  }

  /** Signs what is new, and asks the witnesses that lack it. Resolves when they have answered. */
  async tick(): Promise<void> {
    await this.#sign();
    await Promise.all(this.#witnesses.map((witness) => this.#submit(witness)));
  }

  /** The signed checkpoint that everybody is shown, with what witnesses have added. */
  published(): Answer<StoredCheckpoint> {
    if (this.#halted !== null) return { ok: false, problem: problem('unavailable', this.#halted) };
    if (!this.#latest)
      return {
        ok: false,
        problem: problem('unavailable', 'The log has no checkpoint yet. Ask again in a minute.'),
      };
    return { ok: true, value: this.#latest };
  }

  /** Public keys that the log has signed with, the present one last. */
  keys(): readonly VerifierKey[] {
    return this.#known;
  }

  status(): LogStatus {
    return {
      origin: this.#origin,
      key: this.#key?.public ?? null,
      halted: this.#halted,
      checkpoint: this.#latest && { size: this.#latest.size, at: this.#latest.at },
      folder: this.#folder().dir,
      witnesses: this.#witnesses.map(({ client, signedSize, signedAtMs, fault }) => ({
        ...{
          name: client.address.key.name,
          url: client.address.url,
          size: signedSize,
          at: signedAtMs,
          fault,
        },
      })),
    };
  }

  #folder(): WitnessFolder {
    return new WitnessFolder(this.#parts.witnessFolder, this.#origin);
  }

  #remember(keys: readonly string[]): void {
    this.#known = keys.flatMap((key) => parseVerifierKey(sha256, key) ?? []);
  }

  #halt(why: string): void {
    if (this.#halted === why) return;
    this.#halted = why;
    this.#parts.log.error({ origin: this.#origin }, `the log is not signed any more: ${why}`);
  }

  async #begin(): Promise<void> {
    const origin = this.#key?.verifier.name ?? this.#parts.newOrigin();
    const key = this.#key ?? this.#keys.create(origin);
    await this.#become(origin, key, [], { kind: 'log-begun', detail: { origin, key: key.public } });
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

  /** Does what an administrator of the machine has ordered with `npm run log`. */
  async #follow(): Promise<void> {
    const { dataDir, log, tree } = this.#parts;
    const order = readOrder(dataDir);
    if (!order) return;
    const keys = this.#known.map(formatVerifierKey);
    const old = this.#key;
    if (order.do === 'change-key') {
      const next = this.#keys.prepareNext(this.#origin);
      await this.#become(this.#origin, next, keys, {
        ...{ kind: 'log-key-changed', detail: { before: keys.at(-1) ?? '', key: next.public } },
      });
      this.#leaving = old;
      await this.#compare();
    } else {
      const lost = this.#largestKnown();
      const count = Number(/-(\d+)$/.exec(this.#origin)?.[1] ?? 1) + 1;
      const origin = `${this.#origin.replace(/-\d+$/, '')}-${count}`;
      const next = this.#keys.prepareNext(origin);
      const before = this.#origin;
      await this.#become(origin, next, keys, {
        kind: 'log-begun-anew',
        detail: {
          ...{ before, origin, key: next.public, why: order.why },
          lostSize: lost?.checkpoint.size ?? 0,
          lostRoot: lost ? toBase64(lost.checkpoint.root) : '',
        },
      });
      this.#latest = null;
      log.warn({ before, origin }, 'the log has begun anew, as was ordered');
    }
    if (this.#halted !== null) return;
    await this.#signNow(await tree.head());
    this.#keys.adoptNext();
    this.#leaving = null;
    orderDone(dataDir);
  }

  /** The largest checkpoint of this log that this machine has kept, in the database or beside it. */
  #largestKnown(): SignedCheckpoint | null {
    const notes = [this.#latest?.note ?? null, this.#folder().latest()];
    const opened = notes.flatMap((note) => {
      const one = note === null ? null : openCheckpoint(ed25519, note, { log: this.#known });
      return one?.ok && one.value.checkpoint.origin === this.#origin ? [one.value] : [];
    });
    return opened.sort((a, b) => rank(b.checkpoint) - rank(a.checkpoint))[0] ?? null;
  }

  /** Is the log still the one that was signed? */
  async #compare(): Promise<void> {
    const known = this.#largestKnown();
    if (!known) return;
    const { size, root } = known.checkpoint;
    const now = await this.#parts.tree.rootAt(size);
    if (now === null) {
      const { size: here } = await this.#parts.tree.head();
      this.#halt(
        `The database has ${here} entries, but ${size} were signed before: it is an old copy, or entries were cut off. Put the newer database back. If it is lost, docs/guide/checking-the-log.md says how to go on.`,
      );
    } else if (!equalBytes(now, root))
      this.#halt(
        `The first ${size} entries are not those that were signed: the database was changed. Put the right one back. If it is lost, docs/guide/checking-the-log.md says how to go on.`,
      );
  }

  /** Is the key in its file the last that the log has said it signs with? */
  async #compareKey(): Promise<void> {
    const { keys } = await checkpointStore.identity(this.#parts.db);
    if (keys.at(-1) === this.#key?.public) return;
    this.#halt(
      'The key in log.key is not the last one that this log has named: the database is an old copy, from before the key was changed, or the file is an old one. Put the newer one back. If it is lost, docs/guide/checking-the-log.md says how to go on.',
    );
  }

  #sign(): Promise<void> {
    const mine = this.#signing.then(async () => {
      if (this.#halted !== null || !this.#key) return;
      try {
        const head = await this.#parts.tree.head();
        if (head.size === (this.#latest?.size ?? 0)) return;
        await this.#compare();
        if (this.#halted === null) await this.#signNow(head);
      } catch (error) {
        this.#parts.log.error({ err: error }, 'the log could not be signed; it is tried again');
      }
    });
    this.#signing = mine;
    return mine;
  }

  /** Durable in the database, then in the witness folder, then shown. */
  async #signNow({ size, root }: { size: number; root: Uint8Array }): Promise<void> {
    const { db, clock, log } = this.#parts;
    const text = formatCheckpoint({ origin: this.#origin, size, root, extensions: [] });
    const signatures = [this.#key, this.#leaving].flatMap((key) => key?.sign(text) ?? []);
    const checkpoint = {
      origin: this.#origin,
      size,
      at: clock.nowMs(),
      note: formatNote({ text, signatures }),
    };
    await checkpointStore.put(db, checkpoint);
    this.#keep(checkpoint);
    this.#latest = checkpoint;
    if (size % 1_000 === 0)
      await checkpointStore
        .thin(db, this.#origin, clock.nowMs() - keepAllMs)
        .catch((error: unknown) => log.warn({ err: error }, 'old checkpoints are not thinned out'));
  }

  #keep({ size, at, note }: StoredCheckpoint): void {
    try {
      this.#folder().keep(size, at, note);
    } catch (error) {
      this.#parts.log.error(
        { err: error, folder: this.#folder().dir },
        'a checkpoint is not in the witness folder',
      );
    }
  }

  async #submit(witness: Witness): Promise<void> {
    const sent = this.#latest;
    const note = sent && parseNote(sent.note);
    if (!sent || !note || witness.busy || this.#halted !== null) return;
    const isFresh = this.#parts.clock.nowMs() - (witness.signedAtMs ?? -Infinity) < refreshMs;
    if (witness.signedSize === sent.size && isFresh) return;
    witness.busy = true;
    try {
      const answer = await witness.client.submit({
        ...{ size: sent.size, text: note.text, note: sent.note },
        consistency: (before) => this.#parts.tree.consistency(before, sent.size),
      });
      await this.#heard(witness, sent, answer);
    } catch (error) {
      witness.fault = (error as Error).message;
      this.#parts.log.warn(
        { err: error, witness: witness.client.address.url },
        'a witness could not be asked',
      );
    } finally {
      witness.busy = false;
    }
  }

  async #heard(witness: Witness, sent: StoredCheckpoint, answer: WitnessAnswer): Promise<void> {
    const { name } = witness.client.address.key;
    const fault = answer.said === 'away' ? answer.fault : null;
    if (fault !== witness.fault) this.#tell(witness, fault);
    witness.fault = fault;
    switch (answer.said) {
      case 'away':
        return;
      case 'ahead':
        return this.#halt(
          `The witness ${name} has seen ${answer.size} entries of this log, and here are ${sent.size}: the database is an old copy. Put the newer one back. If it is lost, docs/guide/checking-the-log.md says how to go on.`,
        );
      case 'other':
        return this.#halt(
          `The witness ${name} has seen another log under this name: the database was changed, or runs in two places. docs/guide/checking-the-log.md says how to go on.`,
        );
      case 'signed': {
        witness.signedSize = sent.size;
        witness.signedAtMs =
          (answer.signatures.map(cosignatureTimeS)[0] ?? 0) * 1_000 || this.#parts.clock.nowMs();
        await this.#cosigned(sent, answer.signatures);
      }
    }
  }

  /** Once when it goes away and once when it is back, not at each try. */
  #tell({ client }: Witness, fault: string | null): void {
    const { log } = this.#parts;
    const witness = client.address.key.name;
    if (fault === null) log.info({ witness }, 'the witness signs again');
    else log.warn({ witness, url: client.address.url }, `the witness does not sign: ${fault}`);
  }

  /** Adds a witness's word to the checkpoint that everybody is shown, unless there is a newer one already. */
  async #cosigned(sent: StoredCheckpoint, added: readonly NoteSignature[]): Promise<void> {
    const before = this.#latest?.size === sent.size ? this.#latest : sent;
    const note = parseNote(before.note);
    if (!note) return;
    const isAdded = ({ name, id }: NoteSignature) =>
      added.some((one) => one.name === name && equalBytes(one.id, id));
    const signatures = [...note.signatures.filter((one) => !isAdded(one)), ...added];
    const after = { ...before, note: formatNote({ text: note.text, signatures }) };
    await checkpointStore.put(this.#parts.db, after);
    if (this.#latest?.size === after.size) {
      this.#latest = after;
      this.#keep(after);
    }
  }
}
