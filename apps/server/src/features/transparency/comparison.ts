import type { Database } from '../../platform/database.ts';
import type { Logger } from '../../platform/logging.ts';
import type { LogIdentity } from './identity.ts';
import type { Checked, CheckpointParts, TreeSource } from './ports.ts';
import { largestAtOnce, SignedBefore, taken, wayOn, type Fault, type Lost } from './signed-before.ts';
import type { Standing } from './standing.ts';
import { checkpointStore, type StoredCheckpoint } from './store.ts';
import { WitnessFolder } from './witness-folder.ts';

export interface ComparisonParts {
  db: Database;
  log: Logger;
  tree: TreeSource;
  identity: LogIdentity;
  standing: Standing;
  /** Where signed checkpoints are kept besides the database. */
  witnessFolder: string;
  folderPatienceMs?: number;
  record: Pick<CheckpointParts['record'], 'erasureFault' | 'verify'>;
  /** The last checkpoint that the database has. */
  latest(): StoredCheckpoint | null;
}

/** Files and entries that are looked at in one go while the server runs. */
const [filesAtOnce, entriesAtOnce] = [5, 50];
/** The pause between two goes, ms: nobody waits for them, and others have the machine meanwhile. */
const pauseMs = 100;
const pause = () => new Promise((done) => setTimeout(done, pauseMs).unref());

/** Is the log that there is the one that was signed? What is not so halts it. */
export class Comparison {
  readonly #parts: ComparisonParts;
  /** Files of the witness folder that the start has not waited for. */
  #unseen: AsyncGenerator<string, void> | null = null;
  #folder: WitnessFolder | null = null;
  constructor(parts: ComparisonParts) {
    this.#parts = parts;
  }

  get folder(): WitnessFolder {
    const { witnessFolder, folderPatienceMs, identity } = this.#parts;
    // One that hangs is remembered by it; another log has another.
    if (this.#folder?.origin !== identity.origin)
      this.#folder = new WitnessFolder(witnessFolder, identity.origin, folderPatienceMs);
    return this.#folder;
  }

  get #before(): SignedBefore {
    const { tree, identity } = this.#parts;
    return new SignedBefore({ tree, folder: this.folder, origin: identity.origin, keys: identity.known });
  }

  /** All that a start looks at, in the order of what says most about it. */
  async atStart(): Promise<void> {
    const { identity, standing } = this.#parts;
    await this.#first([
      () => this.#kept(),
      async () => {
        const fault = await identity.fault();
        if (fault !== null) standing.halt(fault);
      },
      () => this.#erased(),
      () => standing.recall(),
    ]);
  }

  /** The same but for the key, which is about to be changed. */
  async beforeChange(): Promise<void> {
    const { standing } = this.#parts;
    await this.#first([() => this.#kept(), () => this.#erased(), () => standing.recall()]);
  }

  async #first(looks: readonly (() => Promise<void>)[]): Promise<void> {
    for (const look of looks) if (!this.#parts.standing.isHalted) await look();
  }

  /** Before each signature: what was signed last. */
  async atSigning(): Promise<void> {
    const before = this.#before;
    const latest = this.#parts.latest();
    const own = latest && (await before.faultOfNote(latest.note, 'The last checkpoint in the database'));
    const fault = own ?? (await before.faultOfFile('latest'));
    if (fault) this.#parts.standing.haltBy(fault);
  }

  /**
   * While the server runs, bit by bit: the files of the witness folder that the start has left, or else all, and the whole
   * record, of which a start and a signature see the edge alone. A fault halts the log and ends it.
   */
  async lookThrough(isOver: () => boolean): Promise<void> {
    await Promise.all([this.#lookThroughFolder(isOver), this.#lookThroughRecord(isOver)]);
  }

  async #lookThroughFolder(isOver: () => boolean): Promise<void> {
    const before = this.#before;
    const listing = this.#unseen ?? this.folder.files();
    this.#unseen = null;
    for (let isAll = false; !isAll && !isOver(); await pause()) {
      const files = await taken(listing, filesAtOnce);
      const fault = await before.faultOfFiles(files);
      if (fault && !isOver()) return this.#parts.standing.haltBy(fault);
      isAll = files.length < filesAtOnce;
    }
  }

  async #lookThroughRecord(isOver: () => boolean): Promise<void> {
    if (isOver()) return;
    const found = await this.#parts.record.verify(undefined, { entries: entriesAtOnce, pause });
    if (!found.ok && !isOver()) await this.recordChecked(found);
  }

  /**
   * The whole record was walked. A fault halts the log, unless that has begun anew since and so has said it: then it is told
   * in the server's own log, and what is wrong behind it halts the log that there is now.
   */
  async recordChecked(found: Checked): Promise<void> {
    const { tree, standing, log } = this.#parts;
    if (found.ok) return standing.recordChecked(null);
    const { entries } = await tree.said();
    const begun = entries.findLast(({ kind }) => kind === 'log-begun-anew')?.sequence ?? 0;
    const faults = [found, ...found.anew.flatMap(({ fault }) => fault ?? [])];
    if (found.sequence <= begun)
      log.warn({ begun }, `from before the log began anew, as it was then or changed since: ${found.fault}`);
    standing.recordChecked(faults.find(({ sequence }) => sequence > begun)?.fault ?? null);
  }

  /** The largest log that is known to have been signed, or seen. */
  async largest(): Promise<Lost> {
    const { standing, latest } = this.#parts;
    const here = latest();
    const kept = await this.#before.largest(here ? [here.note] : []);
    // Witnesses may have told of more than this machine has kept, and then without the root.
    const seen = standing.largestSeen;
    return kept.size >= seen ? kept : { size: seen, root: '', isVerified: true };
  }

  /** The largest checkpoint of the database that its log, as it is, still leads to; null when there is none. */
  async largestHeld(): Promise<StoredCheckpoint | null> {
    const { db, tree, identity } = this.#parts;
    const { size: here } = await tree.head();
    const sizes = await checkpointStore.sizes(db, identity.origin, here);
    let held: StoredCheckpoint | null = null;
    let [from, to] = [0, sizes.length];
    // From an entry that was changed on none of them holds.
    while (from < to) {
      const middle = Math.floor((from + to) / 2);
      const stored = await checkpointStore.at(db, identity.origin, sizes[middle] ?? 0);
      if (stored && (await this.#before.faultOfNote(stored.note, '')) === null) {
        held = stored;
        from = middle + 1;
      } else to = middle;
    }
    return held;
  }

  /** By all that was kept of it and is named largest. */
  async #kept(): Promise<void> {
    const { standing, log, latest } = this.#parts;
    const [before, here] = [this.#before, latest()];
    const listing = this.folder.files();
    let files: string[];
    let kept: Fault | null;
    try {
      files = await taken(listing, largestAtOnce);
      kept = await before.faultOfFiles(files);
    } catch (error) {
      return standing.halt(
        `The witness folder ${this.folder.dir} cannot be read (${(error as Error).message}), so that nobody can say what was signed before. Make it readable and start again.`,
      );
    }
    if (files.length === 0 && here)
      log.warn({ folder: this.folder.dir }, 'the witness folder has nothing of this log any more');
    this.#unseen = listing;
    const faults: (Fault | null)[] = [
      here ? await before.faultOfNote(here.note, 'The last checkpoint in the database') : null,
      kept,
    ];
    const worst = faults.flatMap((fault) => fault ?? []).sort((a, b) => (b.size ?? -1) - (a.size ?? -1))[0];
    if (worst) standing.haltBy(worst);
  }

  async #erased(): Promise<void> {
    const fault = await this.#parts.record.erasureFault();
    if (fault !== null) this.#parts.standing.halt(`The record was changed: ${fault}. ${wayOn}`);
  }
}
