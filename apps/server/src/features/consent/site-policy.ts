import { problem, SitePolicy, type Answer, type Role } from '@clerestory/protocol';
import { policyOf } from '@clerestory/consent';
import type { Database } from '../../platform/database.ts';
import { ok, refuse } from '../../platform/http.ts';
import type { Write } from '../../platform/idempotency.ts';
import type { Recorder } from './ports.ts';

const settingName = 'site-policy';

const cannotWatch = (role: Role): boolean => role === 'administrator' || role === 'auditor';

/** The site's switches for private cameras. The kill switch holds in memory before the store is asked. */
export class SitePolicyService {
  readonly #db: Database;
  readonly #record: Recorder;
  readonly #listeners = new Set<() => void>();
  #policy: SitePolicy = policyOf('clerestory');

  constructor(db: Database, record: Recorder) {
    this.#db = db;
    this.#record = record;
  }

  async load(): Promise<void> {
    const row = await this.#db
      .selectFrom('settings')
      .select('value')
      .where('name', '=', settingName)
      .executeTakeFirst();
    if (row) this.#policy = SitePolicy.parse(JSON.parse(row.value));
  }

  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  get(): SitePolicy {
    return this.#policy;
  }

  async set(policy: SitePolicy, by: string): Promise<Answer<SitePolicy>> {
    if (policy.approvers.length === 0 && (policy.approval !== 'never' || policy.exigentHours > 0))
      return refuse(
        problem('unprocessable', 'Name a role that approves, or nothing could ever be approved.'),
      );
    if (policy.askers.some(cannotWatch))
      return refuse(
        problem('unprocessable', 'Who administers or audits cannot watch, so cannot ask either.'),
      );
    // The door at which a second person answers lets in those alone who work at the wall.
    if (policy.approvers.some(cannotWatch))
      return refuse(
        problem(
          'unprocessable',
          'Who administers or audits does not answer requests: choose operators, supervisors or investigators as approvers.',
        ),
      );
    // The kill switch has its own door.
    const { isPrivateOff, offReason } = this.#policy;
    return this.#put({ ...policy, isPrivateOff, offReason }, by);
  }

  async switchPrivate(off: boolean, reason: string, by: string): Promise<Answer<SitePolicy>> {
    const policy = { ...this.#policy, isPrivateOff: off, offReason: off ? reason : '' };
    if (off) this.#take(policy);
    return this.#put(policy, by, reason);
  }

  async #put(policy: SitePolicy, by: string, why = ''): Promise<Answer<SitePolicy>> {
    await this.#db.transaction().execute(async (write) => this.#write(write, policy, by, why));
    this.#take(policy);
    return ok(policy);
  }

  async #write(write: Write, policy: SitePolicy, by: string, why: string): Promise<void> {
    const value = JSON.stringify(policy);
    await write
      .insertInto('settings')
      .values({ name: settingName, value })
      .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
      .execute();
    await this.#record.append(write, {
      kind: 'site-policy-changed',
      actor: by,
      subject: 'server',
      detail: {
        preset: policy.preset,
        off: policy.isPrivateOff,
        why,
        noLiveFrom: [...policy.noLiveFrom],
        approval: policy.approval,
        standing: policy.allowsStanding,
        exigentHours: policy.exigentHours,
        grantMinutes: policy.grantMinutes,
        radiusM: policy.radiusM,
      },
    });
  }

  #take(policy: SitePolicy): void {
    this.#policy = policy;
    for (const listener of this.#listeners) listener();
  }
}
