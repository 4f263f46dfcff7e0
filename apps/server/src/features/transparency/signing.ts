import { emptyRoot, formatCheckpoint, formatNote, parseNote } from '@clerestory/tlog';
import type { NoteSignature } from '@clerestory/tlog';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { sha256 } from '../../platform/hashing.ts';
import type { Logger } from '../../platform/logging.ts';
import type { Comparison } from './comparison.ts';
import { shownOf, withSignatures } from './cosigned.ts';
import type { LogIdentity } from './identity.ts';
import type { TreeSource } from './ports.ts';
import { faultOfHead, wayOn } from './signed-before.ts';
import type { Standing } from './standing.ts';
import { checkpointStore, type StoredCheckpoint } from './store.ts';
import type { WitnessPanel } from './witness-panel.ts';

/** Checkpoints younger than this are all kept in the database; the witness folder keeps every one, ms. */
const keepAllMs = 7 * 86_400_000;

export interface SigningParts {
  db: Database;
  clock: Clock;
  log: Logger;
  tree: TreeSource;
  identity: LogIdentity;
  standing: Standing;
  comparison: Comparison;
  panel: WitnessPanel;
}

/**
 * Signs what the log has come to, keeps it outside the database too, and shows it to the witnesses. It signs nothing that
 * does not go on from the largest checkpoint that is known from anywhere.
 */
export class Signing {
  readonly #parts: SigningParts;
  #latest: StoredCheckpoint | null = null;
  /** The witnesses have been asked since the start, each as far as it answered. */
  #hasAsked: boolean;
  #stopped = false;
  #turn: Promise<void> = Promise.resolve();

  constructor(parts: SigningParts) {
    this.#parts = parts;
    this.#hasAsked = parts.panel.isEmpty;
  }

  /** The last one that was signed. */
  get latest(): StoredCheckpoint | null {
    return this.#latest;
  }

  async load(): Promise<void> {
    const { db, identity } = this.#parts;
    this.#latest = (await checkpointStore.latest(db, identity.origin)) ?? null;
  }

  /** Another log begins, of which nothing is signed yet. */
  beginAnew(): void {
    this.#latest = null;
  }

  /** Signs a last time. Witnesses that are being asked are not waited for. */
  async stop(): Promise<void> {
    this.#stopped = true;
    // One that has not asked the witnesses yet signs nothing in a hurry, and what they answer now comes too late.
    if (this.#hasAsked) await this.sign();
  }

  /** Signs what is new. Resolves when it is durable, or is not to be. */
  sign(): Promise<void> {
    const { identity, standing, comparison, tree, log } = this.#parts;
    const mine = this.#turn.then(async () => {
      if (!identity.key || standing.isOver) return;
      try {
        await this.#keepAgain();
        const head = await tree.head();
        if (head.size === (this.#latest?.size ?? 0) && !standing.isInDoubt) return;
        const { why } = standing;
        await comparison.atSigning();
        if (standing.why === why) await this.signNow(head);
        else standing.dropDoubts();
      } catch (error) {
        if (!this.#stopped) log.error({ err: error }, 'the log could not be signed; it is tried again');
      }
    });
    this.#turn = mine;
    return mine;
  }

  /** Asks the witnesses that lack the last one. Resolves when they have answered. */
  async showLatest(): Promise<void> {
    const { standing, panel, log } = this.#parts;
    const sent = this.#latest;
    if (!sent || standing.isHalted) return;
    try {
      const { added, objections } = await panel.show(shownOf(sent));
      standing.object(objections, sent.size);
      await this.#cosigned(sent, added);
    } catch (error) {
      if (!this.#stopped) log.error({ err: error }, 'the word of a witness is not kept; it is asked again');
    }
  }

  /** Durable in the database, then in the witness folder, then shown. The first since the start is for witnesses first. */
  async signNow(head: { size: number; root: Uint8Array }): Promise<void> {
    const { db, clock, log, tree, identity, standing, comparison } = this.#parts;
    const { origin } = identity;
    const { size } = head;
    // What is signed can never be taken back.
    const fault = await faultOfHead(tree, head);
    if (fault !== null) return standing.halt(`${fault} ${wayOn}`);
    const isAsked = this.#hasAsked && !standing.isInDoubt;
    if (!isAsked && !(await this.#mayGoOn(size))) return;
    const checkpoint = { origin, size, at: clock.nowMs(), note: this.#signed(head) };
    const shown = isAsked ? checkpoint : await this.#allowed(checkpoint);
    if (!shown) return;
    const conflict = await comparison.folder.conflict(size, shown.at, shown.note);
    if (conflict !== null)
      return standing.halt(
        `The witness folder has another log: ${conflict}. Two servers may sign it. ${wayOn}`,
      );
    await checkpointStore.put(db, shown);
    await this.#keep(shown);
    this.#latest = shown;
    if (size % 1_000 === 0)
      await checkpointStore
        .thin(db, origin, clock.nowMs() - keepAllMs)
        .catch((error: unknown) => log.warn({ err: error }, 'old checkpoints are not thinned out'));
  }

  #signed({ size, root }: { size: number; root: Uint8Array }): string {
    const { origin, signing } = this.#parts.identity;
    const text = formatCheckpoint({ origin, size, root, extensions: [] });
    return formatNote({ text, signatures: signing.map((key) => key.sign(text)) });
  }

  /** Has a witness seen more than there is? Each is asked before anything of the log is signed; none is waited for long. */
  async #mayGoOn(size: number): Promise<boolean> {
    const { panel, standing } = this.#parts;
    const empty = this.#signed({ size: 0, root: emptyRoot(sha256) });
    const answers = await panel.howFar({ note: empty, text: parseNote(empty)?.text ?? '' });
    if (this.#stopped) return false;
    const ahead = answers.filter((one) => one.size > size);
    standing.object(
      ahead.map(({ witness, size: seen }) => ({ witness, seen })),
      size,
    );
    return ahead.length === 0;
  }

  /** The checkpoint with what witnesses have added; null when one says no, or one whose word is needed is away. */
  async #allowed(checkpoint: StoredCheckpoint): Promise<StoredCheckpoint | null> {
    const { log, panel, standing } = this.#parts;
    const { added, objections, by } = await panel.show(shownOf(checkpoint));
    if (this.#stopped) return null;
    standing.object(objections, checkpoint.size);
    if (objections.length > 0 || !standing.hear(by)) return null;
    const away = panel.status().flatMap(({ name, fault }) => (fault === null ? [] : name));
    if (away.length > 0 && !this.#hasAsked)
      log.warn(
        { witnesses: away },
        'the log is signed without having heard from every witness since the start',
      );
    this.#hasAsked = true;
    return withSignatures(checkpoint, added);
  }

  async #keep({ size, at, note }: StoredCheckpoint): Promise<void> {
    const { log, comparison } = this.#parts;
    const { folder } = comparison;
    try {
      await folder.keep(size, at, note);
    } catch (error) {
      log.error({ err: error, folder: folder.dir }, 'a checkpoint is not in the witness folder');
    }
  }

  /** A folder that did not take the last one is given it again, also where nothing new comes. */
  async #keepAgain(): Promise<void> {
    if (this.#latest && this.#parts.comparison.folder.lacksLast) await this.#keep(this.#latest);
  }

  /** Adds a witness's word to the checkpoint that everybody is shown, unless there is a newer one already. */
  async #cosigned(sent: StoredCheckpoint, added: readonly NoteSignature[]): Promise<void> {
    if (added.length === 0) return;
    const after = withSignatures(this.#latest?.size === sent.size ? this.#latest : sent, added);
    await checkpointStore.put(this.#parts.db, after);
    if (this.#latest?.size === after.size) {
      this.#latest = after;
      await this.#keep(after);
    }
  }
}
