import { createHmac, randomBytes } from 'node:crypto';
import { problem, type Answer, type CameraSource, type PastCamera } from '@clerestory/protocol';
import { hostsIn, streamsIn } from '../../platform/addresses/source.ts';
import type { Database } from '../../platform/database.ts';
import { refuse } from '../../platform/http.ts';
import type { Write } from '../../platform/idempotency.ts';
import { readSetting, writeSetting } from '../../platform/settings.ts';
import { unfitFor } from './entry-rules.ts';
import type { StoredCamera } from './store.ts';

type Lent = Pick<StoredCamera, 'id' | 'source' | 'visibility' | 'owner'>;
interface Kept {
  address: string;
  camera: string;
  owner: string;
}

/** Who is an owner here, and who of them was seen to read the own address. */
export interface OwnersKnown {
  isOwner(owner: string): boolean;
  isProven(owner: string): boolean;
}

const saltName = 'lent-addresses-salt';

/** Where a camera's picture comes from; one that sends to us, by its port. */
const placesOf = ({ source }: Pick<Lent, 'source'>): string[] => {
  if (source.kind === 'none') return [];
  return source.kind === 'push' ? [`push:${source.port}`] : streamsIn(source);
};

/** Before the hash of a device: no test picture is taken of it, while other streams of it may be registered. */
const deviceMark = 'device ';

/**
 * What stays of private cameras that somebody owned: their ids, which no other camera is ever given, since the history
 * under an id is its owner's to read; and their addresses as salted hashes, so that none is opened under another name
 * once its camera is removed or pointed elsewhere.
 */
export class PastCameras {
  readonly #db: Database;
  readonly #ids = new Set<string>();
  /** Hash → what was lent there. */
  readonly #kept = new Map<string, Kept[]>();
  #salt = '';
  #owners: OwnersKnown = { isOwner: () => true, isProven: () => false };

  constructor(db: Database) {
    this.#db = db;
  }

  async load(): Promise<void> {
    this.#salt = (await readSetting(this.#db, saltName)) ?? '';
    if (this.#salt === '') {
      this.#salt = randomBytes(32).toString('base64url');
      await writeSetting(this.#db, saltName, this.#salt);
    }
    for (const { id } of await this.#db.selectFrom('removed_cameras').select('id').execute())
      this.#ids.add(id);
    this.kept(await this.#db.selectFrom('lent_addresses').selectAll().execute());
  }

  ownersKnownBy(owners: OwnersKnown): void {
    this.#owners = owners;
  }

  hasId(id: string): boolean {
    return this.#ids.has(id);
  }

  unfitId(id: string): Answer<never> | null {
    if (!this.#ids.has(id)) return null;
    return refuse(
      problem(
        'exists',
        `"${id}" was a private camera whose history belongs to its owner, so the id is given to no other. Choose another id.`,
        { errors: [{ pointer: '/id', message: 'it belonged to a private camera that was removed' }] },
      ),
    );
  }

  /**
   * Refuses a camera (`id` null: a new one) at an address that somebody has lent, unless it is private and theirs again.
   * Of who has left nobody can be asked any more: such an address goes on to another owner, whose yes the picture then
   * needs; to one who was seen to read their mail, since that is who says yes. `by`: an owner hands on what is theirs.
   */
  unfit(camera: Omit<Lent, 'id'> & { id: string | null }, by = ''): Answer<never> | null {
    const { owner } = camera;
    const isPrivate = camera.visibility === 'private';
    const others = this.#at(camera).filter(
      (kept) => !isPrivate || (kept.owner !== owner && by !== `owner:${kept.owner}`),
    );
    if (others.length === 0) return null;
    if (others.some((kept) => this.#owners.isOwner(kept.owner)))
      return unfitFor(
        '/source',
        'its address was that of a private camera; it can be registered as private and for the same owner, or as anything once that owner has given it free on their page',
      );
    if (isPrivate && owner !== null && this.#owners.isProven(owner)) return null;
    return unfitFor(
      '/source',
      'its address was that of a private camera whose owner has left; it can be registered as private, for an owner who has signed in at the pages for owners',
    );
  }

  /** Cameras of owners who have left, whose addresses `after` comes to have for its owner by a change. */
  inherited(before: Lent | null, after: Lent): string[] {
    const had = new Set(before?.owner === after.owner ? this.#at(before) : []);
    const all = this.#at(after).filter((kept) => kept.owner !== after.owner && !had.has(kept));
    return [...new Set(all.filter(({ owner }) => !this.#owners.isOwner(owner)).map(({ camera }) => camera))];
  }

  /** What is to be kept when `before` becomes `after` (null: is removed). `owner`: who lent it. */
  leaving(before: Lent, after: Lent | null, owner: string | null): Kept[] {
    if (before.visibility !== 'private' || owner === null) return [];
    const left = new Set(after ? this.#marksOf(after) : []);
    return this.#marksOf(before)
      .filter((address) => !left.has(address))
      .map((address) => ({ address, camera: before.id, owner }));
  }

  /** Whether a private camera was lent from where this source is. `devices`: what its names resolve to. */
  wasLent(source: CameraSource, devices: readonly string[]): boolean {
    const all = [...this.#marksOf({ source }), ...devices.map((device) => this.#device(device))];
    return all.some((address) => this.#kept.has(address));
  }

  #marksOf({ source }: Pick<Lent, 'source'>): string[] {
    const hosts = source.kind === 'none' ? [] : hostsIn(source);
    return [
      ...placesOf({ source }).map((address) => this.#hash(address)),
      ...hosts.map((host) => this.#device(host)),
    ];
  }

  #device(host: string): string {
    return deviceMark + this.#hash(host);
  }

  /** Out of the registry: of this owner, and of `ids`. Newest first. */
  async of(owner: string, ids: readonly string[]): Promise<PastCamera[]> {
    const rows = await this.#db
      .selectFrom('removed_cameras')
      .selectAll()
      .where((one) =>
        one.or([one('owner', '=', owner), ...(ids.length > 0 ? [one('id', 'in', [...ids])] : [])]),
      )
      .orderBy('removed_at', 'desc')
      .execute();
    return rows.map(({ id, name, place, removed_at }) => ({
      ...{ id, name, place, removedAt: removed_at },
      isHeld: this.isHeldBy(owner, id),
    }));
  }

  isHeldBy(owner: string, camera: string): boolean {
    return [...this.#kept.values()].some((there) =>
      there.some((one) => one.camera === camera && one.owner === owner),
    );
  }

  async keep(write: Write, all: readonly Kept[]): Promise<void> {
    if (all.length > 0)
      await write
        .insertInto('lent_addresses')
        .values([...all])
        .onConflict((conflict) => conflict.columns(['address', 'camera']).doNothing())
        .execute();
  }

  async keepRemoved(
    write: Write,
    { id, name, place, owner }: Pick<StoredCamera, 'id' | 'name' | 'place' | 'owner'>,
    atMs: number,
  ): Promise<void> {
    await write.insertInto('removed_cameras').values({ id, name, place, owner, removed_at: atMs }).execute();
  }

  /** After the transaction of `keepRemoved`. */
  removed(id: string): void {
    this.#ids.add(id);
  }

  /** After the transaction of `keep`. */
  kept(all: readonly Kept[]): void {
    for (const one of all) {
      const there = this.#kept.get(one.address) ?? [];
      if (!there.some(({ camera }) => camera === one.camera)) this.#kept.set(one.address, [...there, one]);
    }
  }

  /** Nobody who could read it is left: what it was called, and where it stood. */
  async forgetWords(write: Write, ids: readonly string[]): Promise<void> {
    if (ids.length > 0)
      await write
        .updateTable('removed_cameras')
        .set({ name: '', place: '' })
        .where('id', 'in', [...ids])
        .execute();
  }

  /** An owner gives the addresses of a camera free, with what those who have left had there before. */
  async release(write: Write, camera: string): Promise<void> {
    for (const { address, camera: there } of this.#freedWith(camera))
      await write
        .deleteFrom('lent_addresses')
        .where('address', '=', address)
        .where('camera', '=', there)
        .execute();
  }

  /** After the transaction of `release`. */
  released(camera: string): void {
    const freed = new Set(this.#freedWith(camera));
    for (const [address, there] of this.#kept) {
      const left = there.filter((one) => !freed.has(one));
      if (left.length > 0) this.#kept.set(address, left);
      else this.#kept.delete(address);
    }
  }

  #freedWith(camera: string): Kept[] {
    const all = [...this.#kept.values()].filter((there) => there.some((one) => one.camera === camera));
    return all.flatMap((there) =>
      there.filter(
        (one) =>
          one.camera === camera ||
          // A device may have been that of others, too.
          (!one.address.startsWith(deviceMark) && !this.#owners.isOwner(one.owner)),
      ),
    );
  }

  #at(camera: Pick<Lent, 'source'>): Kept[] {
    return placesOf(camera).flatMap((address) => this.#kept.get(this.#hash(address)) ?? []);
  }

  #hash(address: string): string {
    return createHmac('sha256', this.#salt).update(address).digest('base64url');
  }
}
