import type { Consent } from '@clerestory/protocol';
import { once, type Write } from '../../platform/idempotency.ts';
import { ok } from '../../platform/http.ts';
import { aboutOf, detailOf } from './entries.ts';
import type { GrantParts, GrantWitness } from './ports.ts';
import { grantStore, type StoredGrant } from './store.ts';

/** An end that the store did not take is written again after this time, ms. */
const againMs = 5_000;

/** Whose answer is remembered, so that it can be sent again. */
export interface Request {
  key: string;
  fingerprint: string;
  nowMs: number;
}

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
    const detail = detailOf(grant, aboutOf(cameras.get(grant.camera), cameras), stored.rule ?? null);
    await record.append(write, { kind, actor: by, subject: `camera:${grant.camera}`, detail });
    const owners = consents.owners(grant.camera);
    if (grant.state === 'live') await this.#witness.granted(write, grant, owners);
    if (grant.state === 'refused') await this.#witness.refused(write, grant, owners);
    if (grant.state === 'waiting-owner')
      await this.#witness.waiting(write, grant, asksToBeAsked(consents.of(grant.camera), stored.owners));
    if (grant.state === 'ended') await this.#witness.ended(write, grant, owners);
  }

  /** In one transaction. Call it in turn. */
  async writeAll(all: readonly StoredGrant[], by: string): Promise<void> {
    await this.#parts.db.transaction().execute(async (write) => {
      for (const stored of all) await this.write(write, stored, by);
    });
  }

  /** An end that comes sooner now. It holds in memory already; null: it has ended meanwhile. */
  async shortened(now: () => StoredGrant | false): Promise<void> {
    await this.inTurn(async () => {
      const stored = now();
      if (stored) await this.#parts.db.transaction().execute((write) => grantStore.put(write, stored));
    }).catch((error: unknown) =>
      this.#parts.log.error({ err: error }, 'the sooner end of a grant could not be written down'),
    );
  }

  /** What has ended in memory already, until the store has it. */
  async ended(stored: StoredGrant, by: string, request?: Request): Promise<void> {
    const write = async () => {
      if (!request) return this.writeAll([stored], by);
      const { repeated } = await once(this.#parts.db, request, async (writing) => {
        await this.write(writing, stored, by);
        return ok(null);
      });
      // It has ended, whatever that key was used for before.
      if (repeated) await this.writeAll([stored], by);
    };
    await this.inTurn(write).catch((error: unknown) => {
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

/** Owners whose yes to this one is missing. */
export const asksToBeAsked = (consents: readonly Consent[], said: readonly string[]): string[] =>
  consents
    .filter(({ level, owner }) => level === 'on-request' && !said.includes(owner))
    .map(({ owner }) => owner);
