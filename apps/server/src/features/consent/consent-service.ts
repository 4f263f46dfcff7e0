import {
  problem,
  type Answer,
  type Camera,
  type Consent,
  type ConsentChange,
  type ConsentProposal,
} from '@clerestory/protocol';
import { applyChange, consentStateOf, expireConsent, propose, wordsThatCount } from '@clerestory/consent';
import type { Database } from '../../platform/database.ts';
import { fingerprint, ok, refuse } from '../../platform/http.ts';
import { once, type Write } from '../../platform/idempotency.ts';
import { atClock } from './at-clock.ts';
import type { ConsentParts, Recorder } from './ports.ts';
import { consentStore, type KeptConsent } from './store.ts';

/** What has expired, or ended a pause, is looked for this often, ms. */
const sweepMs = 500;
/** Owners of one camera. */
const maxOwners = 10;

const noCamera = (camera: string) => problem('not-found', `There is no camera "${camera}".`);

/**
 * What owners allow. Versions are kept for good; the newest of each owner is held in memory. Taking away never waits: a
 * pause or a revocation holds in memory before the store is asked, and stays so when the store fails.
 */
export class ConsentService {
  readonly #parts: ConsentParts;
  /** Camera → owner → newest version. */
  readonly #current = new Map<string, Map<string, KeptConsent>>();
  readonly #versions = new Map<string, number>();
  readonly #listeners = new Set<(camera: string) => void>();
  #tail: Promise<unknown> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #states = new Map<string, string>();

  constructor(parts: ConsentParts) {
    this.#parts = parts;
  }

  async load(): Promise<void> {
    for (const kept of await consentStore.all(this.#parts.db)) this.#keep(kept);
  }

  start(): void {
    this.#timer = setInterval(() => this.sweep(), sweepMs);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#tail.catch(() => undefined);
  }

  /** What is allowed for a camera has changed. */
  onChange(listener: (camera: string) => void): void {
    this.#listeners.add(listener);
  }

  /** The newest version of every owner whose word counts. */
  of(camera: string): readonly Consent[] {
    const newest = [...(this.#current.get(camera)?.values() ?? [])].map((kept) => this.#asNow(kept));
    return wordsThatCount(newest, (owner) => !this.#isThere(owner));
  }

  /** Counts up with each version of any owner; 0: nobody was asked yet. */
  versionOf(camera: string): number {
    return this.#versions.get(camera) ?? 0;
  }

  /** Without those who have left. */
  owners(camera: string): string[] {
    return [...(this.#current.get(camera)?.keys() ?? [])].filter((owner) => this.#isThere(owner));
  }

  /** Of one owner, the newest of each camera. */
  ofOwner(owner: string): Consent[] {
    return [...this.#current.values()].flatMap((byOwner) => {
      const kept = byOwner.get(owner);
      return kept ? [this.#asNow(kept)] : [];
    });
  }

  /** As the registry shows it: of several owners, the one who allows least. */
  summary(camera: string): NonNullable<Camera['consent']> | null {
    const nowMs = this.#parts.clock.nowMs();
    const all = this.of(camera).map((consent) => ({ consent, state: consentStateOf(consent, nowMs) }));
    const [first] = all;
    if (!first) return null;
    const order = [
      ...(['revoked', 'expired', 'pending', 'paused', 'registered', 'on-request', 'incident'] as const),
      ...(['scheduled', 'standing'] as const),
    ];
    const least = all.reduce((a, b) => (order.indexOf(b.state) < order.indexOf(a.state) ? b : a), first);
    const purposes = least.consent.purposes.filter((purpose) =>
      all.every(({ consent }) => consent.purposes.includes(purpose)),
    );
    return { state: least.state, purposes, version: this.versionOf(camera) };
  }

  async history(camera: string): Promise<Consent[]> {
    return (await consentStore.historyOf(this.#parts.db, camera)).map(({ consent }) => consent);
  }

  /** Every camera that this owner ever had a word in, also one that is removed. */
  everOf(owner: string): Promise<string[]> {
    return consentStore.camerasOf(this.#parts.db, owner);
  }

  /** An owner's own word. A camera that is not theirs does not exist for them. */
  ownerChanges(owner: string, camera: string, change: ConsentChange, key: string): Promise<Answer<Consent>> {
    const mine = this.#current.get(camera)?.get(owner) ?? null;
    const registered = this.#parts.cameras.get(camera);
    if (!registered || registered.visibility !== 'private' || (!mine && registered.owner !== owner))
      return Promise.resolve(refuse(noCamera(camera)));
    if (mine && (change.type === 'revoke' || change.type === 'pause')) this.#cutNow(mine, change);
    return this.#inTurn(async () => {
      const { db, clock, record } = this.#parts;
      const nowMs = clock.nowMs();
      let made: KeptConsent | undefined;
      let stored: KeptConsent | null = mine;
      const print = fingerprint('consent', owner, camera, change);
      const { answer, repeated } = await once<Consent>(
        db,
        { key, fingerprint: print, nowMs },
        async (write) => {
          stored = await this.#newestIn(write, camera, owner);
          const before = stored && this.#asNow(stored);
          const moment = { version: this.versionOf(camera) + 1, nowMs, by: `owner:${owner}` };
          const changed = applyChange(before, change, camera, owner, moment);
          if (!changed.ok) return refuse(problem('unprocessable', changed.why));
          made = this.#madeNow(changed.consent);
          await consentStore.add(write, made);
          await this.#note(write, record, changed.consent, change.type);
          return ok(changed.consent);
        },
      );
      if (repeated) stored = await this.#newestIn(db, camera, owner);
      // Refused or repeated: what was cut meanwhile is as the store has it.
      const kept = made ?? stored;
      if (kept) {
        this.#keep(kept);
        this.#tell(camera);
      }
      return answer;
    });
  }

  /** The agency's proposal to an owner. */
  propose(camera: string, proposal: ConsentProposal, by: string): Promise<Answer<Consent>> {
    return this.#inTurn(async () => {
      const { db, clock, record } = this.#parts;
      const registered = this.#parts.cameras.get(camera);
      if (!registered) return refuse(noCamera(camera));
      if (registered.visibility !== 'private')
        return refuse(problem('unprocessable', 'A public camera needs no consent.'));
      const owners = this.#current.get(camera);
      if (registered.owner !== null && registered.owner !== proposal.owner && !owners?.has(registered.owner))
        return refuse(problem('unprocessable', 'This camera has another owner. Ask that one first.'));
      if (!this.#isThere(proposal.owner))
        return refuse(
          problem(
            'unprocessable',
            `There is no owner "${proposal.owner}". Register the owner first, then propose to them.`,
          ),
        );
      if ((owners?.size ?? 0) >= maxOwners)
        return refuse(problem('unprocessable', `A camera has at most ${maxOwners} owners.`));
      const moment = { version: this.versionOf(camera) + 1, nowMs: clock.nowMs(), by };
      const before = owners?.get(proposal.owner)?.consent ?? null;
      const made = propose(before, proposal, camera, moment);
      if (!made.ok) return refuse(problem('conflict', made.why));
      const kept = this.#madeNow(made.consent);
      await db.transaction().execute(async (write) => {
        await consentStore.add(write, kept);
        await record.append(write, {
          kind: 'consent-proposed',
          actor: by,
          subject: `camera:${camera}`,
          detail: {
            owner: proposal.owner,
            version: made.consent.version,
            level: made.consent.level,
            basis: made.consent.basis,
          },
        });
      });
      this.#keep(kept);
      this.#tell(camera);
      return ok(made.consent);
    });
  }

  /** The camera is gone, and with it what was allowed; the store has done so already. */
  forgetCamera(camera: string): void {
    this.#current.delete(camera);
    this.#versions.delete(camera);
    this.#states.delete(camera);
    for (const listener of this.#listeners) listener(camera);
  }

  /** Marks what has expired, and tells of pauses that are over. */
  sweep(): void {
    const nowMs = this.#parts.clock.nowMs();
    for (const [camera, byOwner] of this.#current) {
      for (const kept of byOwner.values())
        if (expireConsent(this.#asNow(kept), 0, nowMs)) void this.#expire(kept);
      const state = this.summary(camera)?.state ?? '';
      const before = this.#states.get(camera);
      this.#states.set(camera, state);
      if (before !== undefined && before !== state) this.#tell(camera);
    }
  }

  async #expire(kept: KeptConsent): Promise<void> {
    const { clock, db, record, log } = this.#parts;
    const consent = this.#asNow(kept);
    const { camera, owner } = consent;
    // In memory at once: a clock that is set back meanwhile revives nothing.
    if (this.#current.get(camera)?.get(owner) !== kept) return;
    this.#current.get(camera)?.set(owner, { ...kept, consent: { ...kept.consent, status: 'expired' } });
    this.#tell(camera);
    await this.#inTurn(async () => {
      const now = this.#current.get(camera)?.get(owner);
      if (now?.consent.version !== consent.version) return;
      // It was over when it was seen: a clock that was set back since then changes nothing of that.
      const version = this.versionOf(camera) + 1;
      const expired = this.#madeNow({
        ...kept.consent,
        ...{ status: 'expired', version, at: clock.nowMs(), by: 'server' },
      });
      await db.transaction().execute(async (write) => {
        await consentStore.add(write, expired);
        await this.#note(write, record, expired.consent, 'expire');
      });
      this.#keep(expired);
      this.#tell(camera);
    }).catch((error: unknown) => log.error({ err: error, camera }, 'an expired consent could not be marked'));
  }

  /** Holds at once; the version that says so follows. */
  #cutNow(kept: KeptConsent, change: ConsentChange): void {
    const consent = this.#asNow(kept);
    const { camera, owner } = consent;
    const moment = { version: consent.version, nowMs: this.#parts.clock.nowMs(), by: `owner:${owner}` };
    const changed = applyChange(consent, change, camera, owner, moment);
    if (!changed.ok) return;
    this.#current.get(camera)?.set(owner, this.#madeNow(changed.consent));
    this.#tell(camera);
  }

  async #note(write: Write, record: Recorder, consent: Consent, change: string): Promise<void> {
    const { camera, owner, version, status, level, basis, purposes, by } = consent;
    await record.append(write, {
      kind: 'consent-changed',
      actor: by,
      subject: `camera:${camera}`,
      detail: {
        ...{ owner, version, status, level, basis, change, purposes: [...purposes] },
        by: by === 'server' ? 'server' : 'owner',
      },
    });
  }

  #isThere(owner: string): boolean {
    return this.#parts.owners.get(owner) !== undefined;
  }

  #asNow({ consent, movedMs }: KeptConsent): Consent {
    return atClock(consent, this.#parts.steps.movedMs() - movedMs);
  }

  #madeNow(consent: Consent): KeptConsent {
    return { consent, movedMs: this.#parts.steps.movedMs() };
  }

  async #newestIn(
    db: Pick<Database, 'selectFrom'>,
    camera: string,
    owner: string,
  ): Promise<KeptConsent | null> {
    const all = await consentStore.historyOf(db, camera);
    return all.find(({ consent }) => consent.owner === owner) ?? null;
  }

  #keep(kept: KeptConsent): void {
    const { camera, owner, version } = kept.consent;
    const byOwner = this.#current.get(camera) ?? new Map<string, KeptConsent>();
    byOwner.set(owner, kept);
    this.#current.set(camera, byOwner);
    this.#versions.set(camera, Math.max(version, this.versionOf(camera)));
  }

  #tell(camera: string): void {
    this.#states.set(camera, this.summary(camera)?.state ?? '');
    for (const listener of this.#listeners) listener(camera);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#tail.then(work, work);
    this.#tail = mine.catch(() => undefined);
    return mine;
  }
}
