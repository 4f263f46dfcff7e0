import type { Grant } from '@clerestory/protocol';
import type { Write } from '../../platform/idempotency.ts';
import { aboutOf, detailOf } from './entries.ts';
import type { GrantParts, GrantWitness } from './ports.ts';
import { grantStore, type StoredGrant } from './store.ts';

/** An end that the store did not take is written again after this time, ms. */
const againMs = 5_000;

const silent: GrantWitness = {
  granted: async () => undefined,
  waiting: async () => undefined,
  ended: async () => undefined,
  refused: async () => undefined,
};

const kinds = { live: 'grant-given', refused: 'grant-refused', ended: 'grant-ended' } as const;

/** Writes grants down, one after the other: the row, its entry in the record, and the word to the owner, all or nothing. */
export class GrantJournal {
  readonly #parts: Pick<GrantParts, 'db' | 'log' | 'record' | 'consents' | 'cameras'>;
  #witness: GrantWitness = silent;
  #tail: Promise<unknown> = Promise.resolve();

  constructor(parts: Pick<GrantParts, 'db' | 'log' | 'record' | 'consents' | 'cameras'>) {
    this.#parts = parts;
  }

  witnessedBy(witness: GrantWitness): void {
    this.#witness = witness;
  }

  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#tail.then(work, work);
    this.#tail = mine.catch(() => undefined);
    return mine;
  }

  async done(): Promise<void> {
    await this.#tail.catch(() => undefined);
  }

  async write(write: Write, stored: StoredGrant & { rule?: string | null }, by: string): Promise<void> {
    const { record, consents, cameras } = this.#parts;
    const { grant } = stored;
    await grantStore.put(write, stored);
    const kind = grant.state in kinds ? kinds[grant.state as keyof typeof kinds] : 'grant-asked';
    const detail = detailOf(grant, aboutOf(cameras.get(grant.camera)), stored.rule ?? null);
    await record.append(write, { kind, actor: by, subject: `camera:${grant.camera}`, detail });
    const owners = consents.owners(grant.camera);
    if (grant.state === 'live') await this.#witness.granted(write, grant, owners);
    if (grant.state === 'refused') await this.#witness.refused(write, grant, owners);
    if (grant.state === 'waiting-owner') await this.#witness.waiting(write, grant, owners);
    if (grant.state === 'ended') await this.#witness.ended(write, grant, owners);
  }

  /** In one transaction. Call it in turn. */
  async writeAll(all: readonly StoredGrant[], by: string): Promise<void> {
    await this.#parts.db.transaction().execute(async (write) => {
      for (const stored of all) await this.write(write, stored, by);
    });
  }

  /** What has ended in memory already, until the store has it. */
  async ended(grant: Grant, boot: string, by: string): Promise<void> {
    const stored = { grant, endsUptimeMs: null, boot };
    await this.inTurn(() => this.writeAll([stored], by)).catch((error: unknown) => {
      this.#parts.log.error(
        { err: error },
        'the end of a grant could not be written down; it is tried again',
      );
      this.#later(stored, by);
    });
  }

  #later(stored: StoredGrant, by: string): void {
    setTimeout(() => {
      this.inTurn(() => this.writeAll([stored], by)).catch(() => this.#later(stored, by));
    }, againMs).unref();
  }
}
