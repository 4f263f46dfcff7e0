import { emptyRoot, equalBytes, formatCheckpoint, formatNote, parseNote } from '@clerestory/tlog';
import type { NoteSignature, VerifierKey } from '@clerestory/tlog';
import { problem, type Answer, type LogStatus } from '@clerestory/protocol';
import { sha256 } from '../../platform/hashing.ts';
import { Comparison } from './comparison.ts';
import { shownOf, withSignatures } from './cosigned.ts';
import { LogIdentity } from './identity.ts';
import { giveOrder, orderDone, readOrder } from './orders.ts';
import type { CheckpointParts } from './ports.ts';
import { wayOn } from './signed-before.ts';
import { Standing } from './standing.ts';
import { checkpointStore, type StoredCheckpoint } from './store.ts';
import { WitnessPanel } from './witness-panel.ts';

/** An entry waits so long for its checkpoint at most, ms; a minute is promised. */
const tickMs = 30_000;
/** Checkpoints younger than this are all kept in the database; the witness folder keeps every one, ms. */
const keepAllMs = 7 * 86_400_000;

const stoppedForAll =
  'The log has stopped signing: what it holds does not fit what was signed before, or where it is signed is not in order. The auditors of this site can see why.';

/**
 * Signs what the log has come to, at least once a minute, keeps it outside the database too, and sends it to witnesses.
 * It signs nothing that does not go on from the largest checkpoint that is known from anywhere.
 */
export class Checkpoints {
  readonly #parts: CheckpointParts;
  readonly #identity: LogIdentity;
  readonly #standing: Standing;
  readonly #comparison: Comparison;
  readonly #panel: WitnessPanel;
  #latest: StoredCheckpoint | null = null;
  /** The witnesses have been asked since the start, each as far as it answered. */
  #hasAsked: boolean;
  #stopped = false;
  #timer: NodeJS.Timeout | undefined;
  #signing: Promise<void> = Promise.resolve();

  constructor(parts: CheckpointParts) {
    const { db, tree, log, record, dataDir, witnessFolder } = parts;
    this.#parts = parts;
    this.#identity = new LogIdentity(parts);
    this.#standing = new Standing({ log, tree, dataDir, origin: () => this.#identity.origin });
    this.#comparison = new Comparison({
      ...(parts.folderPatienceMs !== undefined && { folderPatienceMs: parts.folderPatienceMs }),
      ...{ db, log, tree, witnessFolder, identity: this.#identity, standing: this.#standing },
      erasureFault: () => record.erasureFault(),
      latest: () => this.#latest,
    });
    this.#panel = new WitnessPanel({
      ...{ addresses: parts.witnesses, clock: parts.clock, log },
      consistency: (before, size) => tree.consistency(before, size),
    });
    this.#hasAsked = this.#panel.isEmpty;
  }

  /** @throws StoreError when the key's file can be read by others, or is none. */
  async load(): Promise<void> {
    const fault = await this.#identity.load();
    if (fault !== null) this.#standing.halt(fault);
    this.#latest = (await checkpointStore.latest(this.#parts.db, this.#identity.origin)) ?? null;
    await this.#follow();
    if (!this.#identity.key && !this.#standing.isHalted)
      this.#standing.halt(
        'The key that signs the log is missing from the data folder. Put log.key back, or change the key.',
      );
    await this.#comparison.atStart();
  }

  start(): void {
    this.#timer = setInterval(() => void this.tick(), this.#parts.everyMs ?? tickMs);
    this.#timer.unref();
    void this.tick();
    this.#comparison
      .lookThrough(() => this.#stopped || this.#standing.isOver)
      .catch((error: unknown) => {
        if (!this.#stopped)
          this.#parts.log.error({ err: error }, 'the witness folder could not be looked through');
      });
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
    if (!sent || this.#standing.isHalted) return;
    try {
      const { added, objections } = await this.#panel.show(shownOf(sent));
      this.#standing.object(objections, sent.size);
      await this.#cosigned(sent, added);
    } catch (error) {
      if (!this.#stopped)
        this.#parts.log.error({ err: error }, 'the word of a witness is not kept; it is asked again');
    }
  }

  /** The signed checkpoint that everybody is shown, with what witnesses have added. */
  published(): Answer<StoredCheckpoint> {
    const { why } = this.#standing;
    // Why in full is for administrators and auditors: it names places on this machine.
    if (why !== null) return { ok: false, problem: problem('unavailable', stoppedForAll) };
    if (!this.#latest)
      return {
        ok: false,
        problem: problem('unavailable', 'The log has no checkpoint yet. Ask again in a minute.'),
      };
    return { ok: true, value: this.#latest };
  }

  /**
   * What an auditor's files are proved against: reading is not signing, and goes on while the log is halted. `size`: of the
   * one that the first file of several ended at; where it is not there any more, the last one.
   */
  async readable(size?: number): Promise<Answer<StoredCheckpoint & { halted: string | null }>> {
    const { why } = this.#standing;
    const held = why === null ? this.#latest : await this.#comparison.largestHeld();
    if (why === null && !held) return this.published() as Answer<never>;
    const earlier =
      size !== undefined && held && size < held.size
        ? await checkpointStore.at(this.#parts.db, held.origin, size)
        : undefined;
    if (held) return { ok: true, value: { ...(earlier ?? held), halted: why } };
    const words = `Nothing can be proved: no checkpoint of this database fits its log as it is. ${why}`;
    return { ok: false, problem: problem('unavailable', words) };
  }

  /** The whole record was walked; a fault halts the log, unless that has begun anew since and so has said it. */
  async recordChecked(found: { ok: true } | { ok: false; sequence: number; fault: string }): Promise<void> {
    if (found.ok) return this.#standing.recordChecked(null);
    const { entries } = await this.#parts.tree.said();
    const begun = entries.findLast(({ kind }) => kind === 'log-begun-anew')?.sequence ?? 0;
    if (found.sequence > begun) this.#standing.recordChecked(found.fault);
  }

  /** Public keys that the log has signed with, the present one last. */
  keys(): readonly VerifierKey[] {
    return this.#identity.known;
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
      origin: this.#identity.origin,
      key: this.#identity.key?.public ?? null,
      halted: this.#standing.why,
      checkpoint: this.#latest && { size: this.#latest.size, at: this.#latest.at },
      folder: this.#comparison.folder.dir,
      witnesses: this.#panel.status(),
    };
  }

  /** Does what an administrator of the machine has ordered with `npm run log`. */
  async #follow(): Promise<void> {
    const { dataDir, tree } = this.#parts;
    const order = readOrder(dataDir);
    if (!order) return;
    // Killed between the key's being put in its place and the end of the order: it must not be changed a second time.
    if (order.key !== undefined && order.key === this.#identity.key?.public) return orderDone(dataDir);
    if (order.do === 'change-key') await this.#changeKey();
    else await this.#beginAnew(order.why);
    const { key } = this.#identity;
    if (this.#standing.isHalted || !key) return;
    giveOrder(dataDir, { ...order, key: key.public });
    await this.#signNow(await tree.head());
    // A witness may have said no.
    if (this.#standing.isHalted) return;
    this.#identity.settle();
    orderDone(dataDir);
  }

  /** A log that is not signed any more gets no new key either, so that none can be got around by changing it. */
  async #changeKey(): Promise<void> {
    await this.#comparison.beforeChange();
    if (this.#standing.isHalted) return;
    const fault = await this.#identity.changeKey();
    if (fault !== null) this.#standing.halt(fault);
  }

  async #beginAnew(why: string): Promise<void> {
    const { log, record } = this.#parts;
    const before = this.#identity.origin;
    const lost = await this.#comparison.largest();
    await this.#identity.beginAnew(why, lost, await record.erasedNow());
    this.#standing.beginAnew(before);
    this.#latest = null;
    log.warn({ before, origin: this.#identity.origin }, 'the log has begun anew, as was ordered');
  }

  #sign(): Promise<void> {
    const standing = this.#standing;
    const mine = this.#signing.then(async () => {
      if (!this.#identity.key || standing.isOver) return;
      try {
        const head = await this.#parts.tree.head();
        if (head.size === (this.#latest?.size ?? 0) && !standing.isInDoubt) return;
        const { why } = standing;
        await this.#comparison.atSigning();
        if (standing.why === why) await this.#signNow(head);
        else standing.dropDoubts();
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
    const { origin } = this.#identity;
    const { size } = head;
    const own = await this.#parts.tree.rootAt(size);
    // What is signed can never be taken back.
    if (own === null || !equalBytes(own, head.root))
      return this.#standing.halt(
        `The root that the database keeps is not that of its own ${size} entries: it was changed. ${wayOn}`,
      );
    const isAsked = this.#hasAsked && !this.#standing.isInDoubt;
    if (!isAsked && !(await this.#mayGoOn(size))) return;
    const checkpoint = { origin, size, at: clock.nowMs(), note: this.#signed(head) };
    const shown = isAsked ? checkpoint : await this.#allowed(checkpoint);
    if (!shown) return;
    const conflict = await this.#comparison.folder.conflict(size, shown.at, shown.note);
    if (conflict !== null)
      return this.#standing.halt(
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
    const { origin, signing } = this.#identity;
    const text = formatCheckpoint({ origin, size, root, extensions: [] });
    return formatNote({ text, signatures: signing.map((key) => key.sign(text)) });
  }

  /** Has a witness seen more than there is? Each is asked before anything of the log is signed; none is waited for long. */
  async #mayGoOn(size: number): Promise<boolean> {
    const empty = this.#signed({ size: 0, root: emptyRoot(sha256) });
    const answers = await this.#panel.howFar({ note: empty, text: parseNote(empty)?.text ?? '' });
    if (this.#stopped) return false;
    const ahead = answers.filter((one) => one.size > size);
    this.#standing.object(
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
    this.#standing.object(objections, checkpoint.size);
    if (objections.length > 0 || !this.#standing.hear(by)) return null;
    const away = this.#panel.status().flatMap(({ name, fault }) => (fault === null ? [] : name));
    if (away.length > 0 && !this.#hasAsked)
      log.warn(
        { witnesses: away },
        'the log is signed without having heard from every witness since the start',
      );
    this.#hasAsked = true;
    return withSignatures(checkpoint, added);
  }

  async #keep({ size, at, note }: StoredCheckpoint): Promise<void> {
    const { folder } = this.#comparison;
    try {
      await folder.keep(size, at, note);
    } catch (error) {
      this.#parts.log.error({ err: error, folder: folder.dir }, 'a checkpoint is not in the witness folder');
    }
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
