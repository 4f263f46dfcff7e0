import {
  emptyRoot,
  equalBytes,
  formatCheckpoint,
  formatNote,
  formatVerifierKey,
  parseNote,
  parseVerifierKey,
  toBase64,
  type NoteSignature,
  type TileId,
  type VerifierKey,
} from '@clerestory/tlog';
import { problem, type Answer, type LogStatus, type RecordNote } from '@clerestory/protocol';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { sha256 } from '../../platform/hashing.ts';
import type { Write } from '../../platform/idempotency.ts';
import type { Logger } from '../../platform/logging.ts';
import type { WitnessAddress } from '../../platform/witnesses.ts';
import { Halts, type Halt } from './halts.ts';
import { KeyFiles, type LogKey } from './key.ts';
import { namedByLog } from './named.ts';
import { orderDone, readOrder } from './orders.ts';
import { faultOfRoot, largestAtOnce, lookThrough, SignedBefore, wayOn, type Fault } from './signed-before.ts';
import { checkpointStore, type StoredCheckpoint } from './store.ts';
import { WitnessFolder } from './witness-folder.ts';
import { WitnessPanel, type Objection, type Shown } from './witness-panel.ts';

/** An entry waits so long for its checkpoint at most, ms; a minute is promised. */
const tickMs = 30_000;
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
  record: {
    append(write: Write, note: RecordNote): Promise<void>;
    /** Has an entry lost its words without the log saying so? In words; null when none has. */
    erasureFault(): Promise<string | null>;
    /** How many have. */
    erasedNow(): Promise<number>;
  };
  dataDir: string;
  /** Where signed checkpoints are kept besides the database. */
  witnessFolder: string;
  witnesses: readonly WitnessAddress[];
  /** What a new log is called; an old one keeps its name. */
  newOrigin: () => string;
  /** How often it is signed, where something is new; tests wait for less. */
  everyMs?: number;
}

const otherKey =
  'The key in log.key is not the last one that this log has named: the database is an old copy, from before the key was changed, or the file is an old one. Put the newer one back. If it is lost, docs/guide/checking-the-log.md says how to go on.';

const shownOf = ({ size, note }: StoredCheckpoint): Shown => ({
  size,
  note,
  text: parseNote(note)?.text ?? '',
});

function withSignatures(checkpoint: StoredCheckpoint, added: readonly NoteSignature[]): StoredCheckpoint {
  const note = parseNote(checkpoint.note);
  if (!note) return checkpoint;
  const isAdded = ({ name, id }: NoteSignature) =>
    added.some((one) => one.name === name && equalBytes(one.id, id));
  const signatures = [...note.signatures.filter((one) => !isAdded(one)), ...added];
  return { ...checkpoint, note: formatNote({ text: note.text, signatures }) };
}

/**
 * Signs what the log has come to, at least once a minute, keeps it outside the database too, and sends it to witnesses.
 * It signs nothing that does not go on from the largest checkpoint that is known from anywhere.
 */
export class Checkpoints {
  readonly #parts: CheckpointParts;
  readonly #keys: KeyFiles;
  readonly #panel: WitnessPanel;
  readonly #halts: Halts;
  #origin = '';
  #key: LogKey | null = null;
  /** The key that was before, until the first checkpoint with the new one. */
  #leaving: LogKey | null = null;
  #known: VerifierKey[] = [];
  #latest: StoredCheckpoint | null = null;
  /** Why nothing is signed; null while all is well. */
  #halted: string | null = null;
  /** What has stopped it that only the word of a witness takes away; it is asked for with what would be signed next. */
  #doubts: Halt[] = [];
  /** Files of the witness folder that the start has not waited for. */
  #unseen: string[] = [];
  /** The witnesses have been asked since the start, each as far as it answered. */
  #hasAsked: boolean;
  #stopped = false;
  #timer: NodeJS.Timeout | undefined;
  #signing: Promise<void> = Promise.resolve();

  constructor(parts: CheckpointParts) {
    this.#parts = parts;
    this.#keys = new KeyFiles(parts.dataDir);
    this.#halts = new Halts(parts.dataDir);
    this.#panel = new WitnessPanel({
      ...{ addresses: parts.witnesses, clock: parts.clock, log: parts.log },
      consistency: (before, size) => parts.tree.consistency(before, size),
    });
    this.#hasAsked = this.#panel.isEmpty;
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
    // What stops it is asked in the order of what says most about it.
    for (const look of [
      () => this.#compareAll(),
      () => this.#compareKey(),
      () => this.#compareErased(),
      () => this.#remembered(),
    ])
      if (this.#halted === null) await look();
  }

  start(): void {
    this.#timer = setInterval(() => void this.tick(), this.#parts.everyMs ?? tickMs);
    this.#timer.unref();
    void this.tick();
    void this.#lookThrough();
  }

  /** Signs a last time. Witnesses that are being asked are not waited for. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#stopped = true;
    // One that has not asked the witnesses yet signs nothing in a hurry, and what they answer now comes too late.
    if (this.#hasAsked) await this.#sign();
  }

  /** Signs what is new, and asks the witnesses that lack it. Resolves when they have answered. */
  async tick(): Promise<void> {
    await this.#sign();
    const sent = this.#latest;
    if (!sent || this.#halted !== null) return;
    try {
      const { added, objections } = await this.#panel.show(shownOf(sent));
      this.#object(objections, sent.size);
      await this.#cosigned(sent, added);
    } catch (error) {
      if (!this.#stopped)
        this.#parts.log.error({ err: error }, 'the word of a witness is not kept; it is asked again');
    }
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

  /** The same for somebody who asks. That it was asked is recorded first. */
  async statusFor(by: string): Promise<LogStatus> {
    const { db, record } = this.#parts;
    await db.transaction().execute((write) =>
      record.append(write, {
        ...{ kind: 'audit-asked', actor: by, subject: 'log', detail: { question: 'log-status' } },
      }),
    );
    return this.status();
  }

  status(): LogStatus {
    return {
      origin: this.#origin,
      key: this.#key?.public ?? null,
      halted: this.#halted,
      checkpoint: this.#latest && { size: this.#latest.size, at: this.#latest.at },
      folder: this.#folder().dir,
      witnesses: this.#panel.status(),
    };
  }

  #folder(): WitnessFolder {
    return new WitnessFolder(this.#parts.witnessFolder, this.#origin);
  }

  #remember(keys: readonly string[]): void {
    this.#known = keys.flatMap((key) => parseVerifierKey(sha256, key) ?? []);
  }

  /** `known`: what would have to hold again; it is remembered until it does. */
  #halt(why: string, known?: Pick<Halt, 'size' | 'root' | 'witness'>): void {
    if (known) this.#halts.add({ origin: this.#origin, why, ...known });
    if (this.#halted === why) return;
    this.#halted = why;
    this.#parts.log.error({ origin: this.#origin }, `the log is not signed any more: ${why}`);
  }

  #haltBy({ why, size, root }: Fault): void {
    this.#halt(why, size === undefined ? undefined : { size, root: root ?? null, witness: null });
  }

  async #begin(): Promise<void> {
    const named = await namedByLog(this.#parts.db);
    if (named) {
      this.#origin = named.origin;
      this.#remember([...named.keys]);
      return this.#halt(
        `The database does not know any more what its log is called, and its entries say that it was begun as ${named.origin}: somebody has changed it. ${wayOn}`,
      );
    }
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
    const { dataDir, tree } = this.#parts;
    const order = readOrder(dataDir);
    if (!order) return;
    if (order.do === 'change-key') await this.#changeKey();
    else await this.#beginAnew(order.why);
    if (this.#halted !== null) return;
    await this.#signNow(await tree.head());
    // A witness may have said no.
    if (this.#isHalted()) return;
    this.#keys.adoptNext();
    this.#leaving = null;
    orderDone(dataDir);
  }

  /** A log that is not signed any more gets no new key either, so that none can be got around by changing it. */
  async #changeKey(): Promise<void> {
    for (const look of [() => this.#compareAll(), () => this.#compareErased(), () => this.#remembered()])
      if (this.#halted === null) await look();
    if (this.#halted !== null) return;
    const old = this.#key;
    const next = this.#keys.prepareNext(this.#origin);
    const named = await namedByLog(this.#parts.db);
    if (old && named && ![old.public, next.public].includes(named.key)) return this.#halt(otherKey);
    this.#leaving = old;
    const keys = this.#known.map(formatVerifierKey);
    const before = keys.findLast((key) => key !== next.public) ?? '';
    await this.#become(this.#origin, next, keys, {
      ...{ kind: 'log-key-changed', detail: { before, key: next.public } },
    });
  }

  async #beginAnew(why: string): Promise<void> {
    const { log, record } = this.#parts;
    const before = this.#origin;
    const keys = this.#known.map(formatVerifierKey);
    const lost = await this.#before().largest(this.#latest ? [this.#latest.note] : []);
    // Witnesses may have told of more than this machine has kept, and then without the root.
    const seen = Math.max(0, ...this.#halts.all(before).map(({ size }) => size));
    const isKept = lost !== null && lost.checkpoint.size >= seen;
    const count = Number(/-(\d+)$/.exec(before)?.[1] ?? 1) + 1;
    const origin = `${before.replace(/-\d+$/, '')}-${count}`;
    await this.#become(origin, this.#keys.prepareNext(origin), keys, {
      kind: 'log-begun-anew',
      detail: {
        ...{ before, keysBefore: keys.slice(-100), origin, key: this.#keys.prepareNext(origin).public, why },
        lostSize: isKept ? lost.checkpoint.size : seen,
        lostRoot: isKept ? toBase64(lost.checkpoint.root) : '',
        erased: await record.erasedNow(),
      },
    });
    this.#halted = null;
    this.#latest = null;
    this.#halts.clear(before);
    log.warn({ before, origin }, 'the log has begun anew, as was ordered');
  }

  #before(): SignedBefore {
    const { tree } = this.#parts;
    return new SignedBefore({ tree, folder: this.#folder(), origin: this.#origin, keys: this.#known });
  }

  /** Is the log still the one that was signed, by all that was kept of it and is named largest? */
  async #compareAll(): Promise<void> {
    const before = this.#before();
    let files: string[];
    try {
      files = await this.#folder().files();
    } catch (error) {
      return this.#halt(
        `The witness folder ${this.#folder().dir} cannot be read (${(error as Error).message}), so that nobody can say what was signed before. Make it readable and start again.`,
      );
    }
    if (files.length === 0 && this.#latest)
      this.#parts.log.warn(
        { folder: this.#folder().dir },
        'the witness folder has nothing of this log any more',
      );
    this.#unseen = files.slice(largestAtOnce);
    const faults = [
      this.#latest
        ? await before.faultOfNote(this.#latest.note, 'The last checkpoint in the database')
        : null,
      await before.faultOfFiles(files.slice(0, largestAtOnce)),
    ].flatMap((fault) => fault ?? []);
    const worst = faults.sort((a, b) => (b.size ?? -1) - (a.size ?? -1))[0];
    if (worst) this.#haltBy(worst);
  }

  /** Looks at the other files of the witness folder while the server runs. */
  async #lookThrough(): Promise<void> {
    const isOver = () => this.#stopped || (this.#halted !== null && this.#doubts.length === 0);
    try {
      const fault = await lookThrough(this.#before(), this.#unseen, isOver);
      if (fault && !isOver()) this.#haltBy(fault);
    } catch (error) {
      if (!this.#stopped)
        this.#parts.log.error({ err: error }, 'the witness folder could not be looked through');
    }
  }

  /** The same as `compareAll` of what was signed last, before each signature. */
  async #compare(): Promise<void> {
    const before = this.#before();
    const own =
      this.#latest && (await before.faultOfNote(this.#latest.note, 'The last checkpoint in the database'));
    const fault = own ?? (await before.faultOfFile('latest'));
    if (fault) this.#haltBy(fault);
  }

  /** Are name and keys those that the log has named in its entries, and is the key in its file the last of them? */
  async #compareKey(): Promise<void> {
    const { db } = this.#parts;
    const { keys } = await checkpointStore.identity(db);
    if (keys.at(-1) !== this.#key?.public) return this.#halt(otherKey);
    const named = await namedByLog(db);
    const isSame =
      named?.key === keys.at(-1) &&
      named?.origin === this.#origin &&
      this.#key?.verifier.name === this.#origin &&
      keys.every((key) => named.keys.has(key));
    if (!isSame)
      this.#halt(
        `The name of the log and its keys, as the database has them, are not those that its entries have named (${named?.origin ?? 'none'}): somebody has changed it. ${wayOn}`,
      );
  }

  /** Has any entry lost its words without the log saying so? */
  async #compareErased(): Promise<void> {
    const fault = await this.#parts.record.erasureFault();
    if (fault !== null) this.#halt(`The record was changed: ${fault}. ${wayOn}`);
  }

  /** Does what stopped it before the last start hold again? */
  async #remembered(): Promise<void> {
    const { tree, log } = this.#parts;
    const { size: here } = await tree.head();
    for (const one of this.#halts.all(this.#origin)) {
      const isFault =
        one.root !== null ? (await faultOfRoot(tree, one.size, one.root)) !== null : here < one.size;
      if (isFault) {
        this.#doubts = [];
        return this.#halt(one.why);
      }
      if (one.witness === null) {
        this.#halts.remove(one);
        log.info({ size: one.size }, 'the right database is back: what had stopped the log holds again');
      } else this.#doubts.push(one);
    }
    if (this.#doubts[0]) this.#halt(this.#doubts[0].why);
  }

  #isHalted(): boolean {
    return this.#halted !== null;
  }

  #sign(): Promise<void> {
    const mine = this.#signing.then(async () => {
      if (!this.#key || (this.#halted !== null && this.#doubts.length === 0)) return;
      try {
        const head = await this.#parts.tree.head();
        if (head.size === (this.#latest?.size ?? 0) && this.#doubts.length === 0) return;
        const halted = this.#halted;
        await this.#compare();
        if (this.#halted === halted) await this.#signNow(head);
        else this.#doubts = [];
      } catch (error) {
        if (!this.#stopped)
          this.#parts.log.error({ err: error }, 'the log could not be signed; it is tried again');
      }
    });
    this.#signing = mine;
    return mine;
  }

  /** Durable in the database, then in the witness folder, then shown. The first since the start is for witnesses first. */
  async #signNow(head: { size: number; root: Uint8Array }): Promise<void> {
    const { db, clock, log } = this.#parts;
    const { size } = head;
    const isAsked = this.#hasAsked && this.#doubts.length === 0;
    if (!isAsked && !(await this.#mayGoOn(size))) return;
    const checkpoint = { origin: this.#origin, size, at: clock.nowMs(), note: this.#signed(head) };
    const shown = isAsked ? checkpoint : await this.#allowed(checkpoint);
    if (!shown) return;
    const conflict = this.#folder().conflict(size, shown.at, shown.note);
    if (conflict !== null)
      return this.#halt(`The witness folder has another log: ${conflict}. Two servers may sign it. ${wayOn}`);
    await checkpointStore.put(db, shown);
    this.#keep(shown);
    this.#latest = shown;
    if (size % 1_000 === 0)
      await checkpointStore
        .thin(db, this.#origin, clock.nowMs() - keepAllMs)
        .catch((error: unknown) => log.warn({ err: error }, 'old checkpoints are not thinned out'));
  }

  #signed({ size, root }: { size: number; root: Uint8Array }): string {
    const text = formatCheckpoint({ origin: this.#origin, size, root, extensions: [] });
    const signatures = [this.#key, this.#leaving].flatMap((key) => key?.sign(text) ?? []);
    return formatNote({ text, signatures });
  }

  /** Has a witness seen more than there is? Each is asked before anything of the log is signed; none is waited for long. */
  async #mayGoOn(size: number): Promise<boolean> {
    const empty = this.#signed({ size: 0, root: emptyRoot(sha256) });
    const answers = await this.#panel.howFar({ note: empty, text: parseNote(empty)?.text ?? '' });
    if (this.#stopped) return false;
    const ahead = answers.filter((one) => one.size > size);
    this.#object(
      ahead.map(({ witness, size: seen }) => ({ witness, seen })),
      size,
    );
    return ahead.length === 0;
  }

  /** The checkpoint with what witnesses have added; null when one says no, or one whose word is needed is away. */
  async #allowed(checkpoint: StoredCheckpoint): Promise<StoredCheckpoint | null> {
    const { log } = this.#parts;
    const { added, objections, by } = await this.#panel.show(shownOf(checkpoint));
    if (this.#stopped) return null;
    this.#object(objections, checkpoint.size);
    if (objections.length > 0 || !this.#doubts.every(({ witness }) => by.includes(witness ?? '')))
      return null;
    if (this.#doubts.length > 0) {
      for (const one of this.#doubts) this.#halts.remove(one);
      this.#doubts = [];
      this.#halted = null;
      log.info('the witness has signed again: the log goes on');
    }
    const away = this.#panel.status().flatMap(({ name, fault }) => (fault === null ? [] : name));
    if (away.length > 0 && !this.#hasAsked)
      log.warn(
        { witnesses: away },
        'the log is signed without having heard from every witness since the start',
      );
    this.#hasAsked = true;
    return withSignatures(checkpoint, added);
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

  #object(objections: readonly Objection[], size: number): void {
    for (const { witness, seen } of objections) {
      this.#doubts = [];
      this.#halt(
        seen === null
          ? `The witness ${witness} has seen another log under this name: the database was changed, or runs in two places. ${wayOn}`
          : `The witness ${witness} has seen ${seen} entries of this log, and here are ${size}: the database is an old copy. ${wayOn}`,
        { witness, size: seen ?? size, root: null },
      );
    }
  }

  /** Adds a witness's word to the checkpoint that everybody is shown, unless there is a newer one already. */
  async #cosigned(sent: StoredCheckpoint, added: readonly NoteSignature[]): Promise<void> {
    if (added.length === 0) return;
    const after = withSignatures(this.#latest?.size === sent.size ? this.#latest : sent, added);
    await checkpointStore.put(this.#parts.db, after);
    if (this.#latest?.size === after.size) {
      this.#latest = after;
      this.#keep(after);
    }
  }
}
