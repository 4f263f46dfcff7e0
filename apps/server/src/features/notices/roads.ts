import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { problem, PushSubscription, type Answer, type NoticeRoads } from '@clerestory/protocol';
import { newId, type Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { ok, refuse } from '../../platform/http.ts';
import type { Write } from '../../platform/idempotency.ts';
import { readSetting, writeSetting } from '../../platform/settings.ts';
import type { Lane } from './lanes.ts';
import { mayGoTo, type Outside } from './outside.ts';
import type { OwnerBook } from './ports.ts';
import { maxPushes } from './rules.ts';

const Road = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('webhook'), url: z.string(), host: z.string(), secret: z.string() }),
  z.object({ kind: z.literal('push'), subscription: PushSubscription }),
]);
export type Road = z.infer<typeof Road>;
interface Kept {
  id: string;
  owner: string;
  createdAt: number;
  road: Road;
}

const Vapid = z.object({ publicKey: z.string(), privateKey: z.string() });
const vapidSetting = 'notice-push-keys';
const placeOf = (id: string) => `notice-road:${id}`;
const unfit = problem(
  'unprocessable',
  'We cannot send to this address. Give an https address that can be reached from the internet.',
  { errors: [{ pointer: '/url', message: 'give an https address on the internet' }] },
);

const hostOf = (road: Road): string =>
  new URL(road.kind === 'webhook' ? road.url : road.subscription.endpoint).host;

/** The addresses that owners gave us to be told at, besides their mail. Sealed in the store, like the mail's. */
export class Roads {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #owners: OwnerBook;
  readonly #outside: Outside;
  readonly #mail: { readonly isSetUp: boolean };
  readonly #byId = new Map<string, Kept>();
  #vapid: z.infer<typeof Vapid> = { publicKey: '', privateKey: '' };

  constructor(
    db: Database,
    clock: Clock,
    owners: OwnerBook,
    outside: Outside,
    mail: { readonly isSetUp: boolean },
  ) {
    this.#db = db;
    this.#clock = clock;
    this.#owners = owners;
    this.#outside = outside;
    this.#mail = mail;
  }

  async load(): Promise<void> {
    const { ring } = this.#owners;
    for (const row of await this.#db.selectFrom('notice_roads').selectAll().execute()) {
      const road = Road.parse(JSON.parse(ring.open(row.address, placeOf(row.id))));
      this.#byId.set(row.id, { id: row.id, owner: row.owner, createdAt: row.created_at, road });
    }
    const stored = await readSetting(this.#db, vapidSetting);
    if (stored !== undefined)
      this.#vapid = Vapid.parse(JSON.parse(ring.open(Buffer.from(stored, 'base64'), vapidSetting)));
    else {
      this.#vapid = newVapidKeys();
      await writeSetting(this.#db, vapidSetting, this.#sealedVapid());
    }
  }

  get vapid(): { publicKey: string; privateKey: string } {
    return this.#vapid;
  }

  get(id: string): Kept | undefined {
    return this.#byId.get(id);
  }
  of(owner: string): Kept[] {
    return [...this.#byId.values()].filter((one) => one.owner === owner);
  }

  /** Of one kind: each with the host behind which it is. */
  lanes(kind: Road['kind']): Lane[] {
    return [...this.#byId.values()].flatMap(({ id, road }) =>
      road.kind === kind ? [{ road: id, host: hostOf(road) }] : [],
    );
  }
  lane(id: string): Lane | null {
    const kept = this.#byId.get(id);
    return kept ? { road: id, host: hostOf(kept.road) } : null;
  }

  view(owner: string): NoticeRoads {
    const mine = this.of(owner);
    const hook = mine.find(({ road }) => road.kind === 'webhook');
    return {
      mail: this.#mail.isSetUp,
      webhook: hook?.road.kind === 'webhook' ? { host: hook.road.host, createdAt: hook.createdAt } : null,
      pushes: mine.filter(({ road }) => road.kind === 'push').map(({ id, createdAt }) => ({ id, createdAt })),
      pushKey: this.#vapid.publicKey,
    };
  }

  /** The one webhook of an owner; takes the place of the one before. */
  async setWebhook(owner: string, url: string): Promise<Answer<{ secret: string }>> {
    const found = await mayGoTo(url, this.#outside);
    if (!found) return refuse(unfit);
    const secret = randomBytes(32).toString('base64url');
    const before = this.of(owner).filter(({ road }) => road.kind === 'webhook');
    await this.#add(owner, { kind: 'webhook', url, host: found.host, secret }, before);
    return ok({ secret });
  }

  async removeWebhook(owner: string): Promise<void> {
    for (const { id, road } of this.of(owner)) if (road.kind === 'webhook') await this.forget(id);
  }

  async addPush(owner: string, subscription: PushSubscription): Promise<Answer<{ id: string }>> {
    if (!(await mayGoTo(subscription.endpoint, this.#outside))) return refuse(unfit);
    const mine = this.of(owner).filter(({ road }) => road.kind === 'push');
    const same = mine.find(
      ({ road }) => road.kind === 'push' && road.subscription.endpoint === subscription.endpoint,
    );
    const dropped = same ? [same] : mine.slice(0, Math.max(0, mine.length + 1 - maxPushes));
    return ok({ id: await this.#add(owner, { kind: 'push', subscription }, dropped) });
  }

  async removePush(owner: string, id: string): Promise<Answer<void>> {
    const found = this.#byId.get(id);
    if (found?.owner !== owner || found.road.kind !== 'push')
      return refuse(problem('not-found', 'There is no such push address.'));
    await this.forget(id);
    return ok(undefined);
  }

  /** After the transaction in which they went. */
  forgotten(owner: string): void {
    for (const { id } of this.of(owner)) this.#byId.delete(id);
  }

  async forget(id: string): Promise<void> {
    await this.#db.deleteFrom('notice_roads').where('id', '=', id).execute();
    this.#byId.delete(id);
  }

  /** With the key that seals now. */
  async sealAnew(write: Write): Promise<void> {
    const { ring } = this.#owners;
    for (const { id, road } of this.#byId.values())
      await write
        .updateTable('notice_roads')
        .set({ address: ring.seal(JSON.stringify(road), placeOf(id)) })
        .where('id', '=', id)
        .execute();
    await write
      .updateTable('settings')
      .set({ value: this.#sealedVapid() })
      .where('name', '=', vapidSetting)
      .execute();
  }

  #sealedVapid(): string {
    return this.#owners.ring.seal(JSON.stringify(this.#vapid), vapidSetting).toString('base64');
  }

  async #add(owner: string, road: Road, instead: readonly Kept[]): Promise<string> {
    const kept: Kept = { id: newId(), owner, createdAt: this.#clock.nowMs(), road };
    await this.#db.transaction().execute(async (write) => {
      for (const { id } of instead) await write.deleteFrom('notice_roads').where('id', '=', id).execute();
      await write
        .insertInto('notice_roads')
        .values({
          id: kept.id,
          owner,
          address: this.#owners.ring.seal(JSON.stringify(road), placeOf(kept.id)),
          created_at: kept.createdAt,
        })
        .execute();
    });
    for (const { id } of instead) this.#byId.delete(id);
    this.#byId.set(kept.id, kept);
    return kept.id;
  }
}

/** Keys by which push services know this server: P-256 as RFC 8292 section 3.2 writes it, base64url. */
function newVapidKeys(): { publicKey: string; privateKey: string } {
  const {
    x = '',
    y = '',
    d = '',
  } = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
    format: 'jwk',
  });
  const uncompressed = Buffer.concat([
    Buffer.of(4),
    Buffer.from(x, 'base64url'),
    Buffer.from(y, 'base64url'),
  ]);
  return { publicKey: uncompressed.toString('base64url'), privateKey: d };
}
