import type { VerifierKey } from '@clerestory/tlog';
import { problem, type Answer, type LogStatus } from '@clerestory/protocol';
import { repeat } from '../../platform/repeat.ts';
import { Comparison } from './comparison.ts';
import { followOrder } from './followed-order.ts';
import { LogIdentity } from './identity.ts';
import type { Checked, CheckpointParts } from './ports.ts';
import { Signing } from './signing.ts';
import { Standing } from './standing.ts';
import { checkpointStore, type StoredCheckpoint } from './store.ts';
import { WitnessPanel } from './witness-panel.ts';

/** An entry waits so long for its checkpoint at most, ms; a minute is promised. */
const tickMs = 30_000;
/** All that is kept is looked through at the start and then this often, ms. */
const lookThroughMs = 86_400_000;

const stoppedForAll =
  'The log has stopped signing: what it holds does not fit what was signed before, or where it is signed is not in order. The auditors of this site can see why.';

/** The log's checkpoints as the rest of the server knows them: signed at least once a minute, and what there is to say of them. */
export class Checkpoints {
  readonly #parts: CheckpointParts;
  readonly #identity: LogIdentity;
  readonly #standing: Standing;
  readonly #comparison: Comparison;
  readonly #panel: WitnessPanel;
  readonly #signing: Signing;
  #endings: (() => void)[] = [];
  #isLooking = false;
  #stopped = false;

  constructor(parts: CheckpointParts) {
    const { db, tree, log, clock, record, dataDir, witnessFolder } = parts;
    this.#parts = parts;
    this.#identity = new LogIdentity(parts);
    this.#standing = new Standing({ log, tree, dataDir, origin: () => this.#identity.origin });
    this.#comparison = new Comparison({
      ...(parts.folderPatienceMs !== undefined && { folderPatienceMs: parts.folderPatienceMs }),
      ...{ db, log, tree, record, witnessFolder, identity: this.#identity, standing: this.#standing },
      latest: () => this.#signing.latest,
    });
    this.#panel = new WitnessPanel({
      ...{ addresses: parts.witnesses, clock, log },
      consistency: (before, size) => tree.consistency(before, size),
    });
    this.#signing = new Signing({
      ...{ db, clock, log, tree, identity: this.#identity, standing: this.#standing },
      ...{ comparison: this.#comparison, panel: this.#panel },
    });
  }

  /** @throws StoreError when the key's file can be read by others, or is none. */
  async load(): Promise<void> {
    const fault = await this.#identity.load();
    if (fault !== null) this.#standing.halt(fault);
    await this.#signing.load();
    await followOrder({
      ...{ ...this.#parts, identity: this.#identity, standing: this.#standing },
      ...{ comparison: this.#comparison, signing: this.#signing },
    });
    if (!this.#identity.key && !this.#standing.isHalted)
      this.#standing.halt(
        'The key that signs the log is missing from the data folder. Put log.key back, or change the key.',
      );
    await this.#comparison.atStart();
  }

  start(): void {
    this.#endings = [
      repeat(this.#parts.everyMs ?? tickMs, () => this.tick()),
      repeat(lookThroughMs, () => this.#lookThrough()),
    ];
  }

  /** Signs a last time. Witnesses that are being asked are not waited for. */
  async stop(): Promise<void> {
    for (const end of this.#endings) end();
    this.#stopped = true;
    await this.#signing.stop();
  }

  /** Signs what is new, and asks the witnesses that lack it. Resolves when they have answered. */
  async tick(): Promise<void> {
    await this.#signing.sign();
    await this.#signing.showLatest();
  }

  /** All that is kept, bit by bit; the time before may still be at it. */
  async #lookThrough(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      await this.#comparison.lookThrough(() => this.#stopped || this.#standing.isOver);
    } catch (error) {
      if (!this.#stopped)
        this.#parts.log.error({ err: error }, 'what is kept of the log could not be looked through');
    } finally {
      this.#isLooking = false;
    }
  }

  /** The signed checkpoint that everybody is shown, with what witnesses have added. */
  published(): Answer<StoredCheckpoint> {
    const { why } = this.#standing;
    const { latest } = this.#signing;
    // Why in full is for administrators and auditors: it names places on this machine.
    if (why !== null) return { ok: false, problem: problem('unavailable', stoppedForAll) };
    if (!latest)
      return {
        ok: false,
        problem: problem('unavailable', 'The log has no checkpoint yet. Ask again in a minute.'),
      };
    return { ok: true, value: latest };
  }

  /**
   * What an auditor's files are proved against: reading is not signing, and goes on while the log is halted. `size`: of the
   * one that the first file of several ended at; where it is not there any more, the last one.
   */
  async readable(size?: number): Promise<Answer<StoredCheckpoint & { halted: string | null }>> {
    const { why } = this.#standing;
    const held = why === null ? this.#signing.latest : await this.#comparison.largestHeld();
    if (why === null && !held) return this.published() as Answer<never>;
    const earlier =
      size !== undefined && held && size < held.size
        ? await checkpointStore.at(this.#parts.db, held.origin, size)
        : undefined;
    if (held) return { ok: true, value: { ...(earlier ?? held), halted: why } };
    const words = `Nothing can be proved: no checkpoint of this database fits its log as it is. ${why}`;
    return { ok: false, problem: problem('unavailable', words) };
  }

  /** The whole record was walked; a fault halts the log. */
  recordChecked(found: Checked): Promise<void> {
    return this.#comparison.recordChecked(found);
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
    const { folder } = this.#comparison;
    const { latest } = this.#signing;
    return {
      origin: this.#identity.origin,
      key: this.#identity.key?.public ?? null,
      halted: this.#standing.why,
      checkpoint: latest && { size: latest.size, at: latest.at },
      folder: folder.dir,
      folderFault: folder.fault,
      witnesses: this.#panel.status(),
    };
  }
}
