import type { Answer, Camera, Consent, ConsentChange, PastCamera } from '@clerestory/protocol';
import { newId, type Clock } from '../platform/clock.ts';
import { ok } from '../platform/http.ts';
import type { Write } from '../platform/idempotency.ts';
import type { Notice } from './owner-news.ts';

export interface LeavingParties {
  clock: Clock;
  cameras: {
    list(): Camera[];
    update(
      id: string,
      patch: { owner: string },
      base: null,
      key: string,
      by: string,
    ): Promise<Answer<Camera>>;
    remove(id: string, by: string): Promise<Answer<void>>;
    past(owner: string, ids: readonly string[]): Promise<PastCamera[]>;
    forgetPast(write: Write, ids: readonly string[]): Promise<void>;
  };
  consents: {
    of(camera: string): readonly Consent[];
    ofOwner(owner: string): Consent[];
    history(camera: string): Promise<Consent[]>;
    everOf(owner: string): Promise<string[]>;
    ownerChanges(owner: string, camera: string, change: ConsentChange, key: string): Promise<Answer<Consent>>;
  };
  owners: { get(owner: string): unknown };
  notices: {
    enqueue(write: Write, notice: Notice): Promise<void>;
    forgetOwner(write: Write, owner: string): Promise<() => void>;
  };
  footage: { forgetOwner(write: Write, owner: string): Promise<void> };
}

/** What an owner who leaves has in other features. */
export function belongingsOfOwners(parties: LeavingParties) {
  const { clock, cameras, consents, owners, notices, footage } = parties;
  /** Who else has it: one who was only asked has it not. */
  const othersOf = (owner: string, { id, owner: first }: Camera): string[] => [
    ...new Set(
      [
        ...(first !== null && first !== owner ? [first] : []),
        ...consents.of(id).flatMap((one) => (one.status !== 'pending' ? [one.owner] : [])),
      ].filter((one) => one !== owner && owners.get(one) !== undefined),
    ),
  ];
  const camerasOf = (owner: string) => {
    const asked = new Set(consents.ofOwner(owner).map(({ camera }) => camera));
    return cameras
      .list()
      .filter((camera) => camera.owner === owner || asked.has(camera.id))
      .map((camera) => ({ camera, others: othersOf(owner, camera) }));
  };
  const names = (some: { camera: Camera }[]) => some.map(({ camera }) => camera.name);
  const isShared = (one: { others: string[] }) => one.others.length > 0;

  /** Out of the registry, and nobody's to read but this owner's. */
  const unreadPast = async (owner: string): Promise<string[]> => {
    const found: string[] = [];
    for (const { id } of await cameras.past(owner, await consents.everOf(owner))) {
      const given = (await consents.history(id)).filter(({ status }) => status !== 'pending');
      if (given.every((one) => one.owner === owner || owners.get(one.owner) === undefined)) found.push(id);
    }
    return found;
  };
  const erase = async (
    write: Write,
    owner: string,
    shared: ReturnType<typeof camerasOf>,
    past: readonly string[],
  ): Promise<() => void> => {
    const from = clock.nowMs();
    for (const { camera, others } of shared)
      for (const other of others)
        await notices.enqueue(write, {
          ...{ id: `owner-left:${camera.id}:${owner}`, owner: other, kind: 'camera-changed' },
          ...{ camera: camera.id, cameraName: camera.name, detail: { from, left: true } },
        });
    await cameras.forgetPast(write, past);
    await footage.forgetOwner(write, owner);
    return notices.forgetOwner(write, owner);
  };

  return {
    of(owner: string) {
      const all = camerasOf(owner);
      return {
        removed: names(all.filter((one) => !isShared(one))),
        shared: names(all.filter(isShared)),
      };
    },

    async takeBack(owner: string): Promise<Answer<(write: Write) => Promise<() => void>>> {
      const lent = consents.ofOwner(owner).filter(({ status }) => status !== 'revoked');
      // All at once: each holds in memory before any of them is written.
      const back = await Promise.all(
        lent.map(({ camera }) => consents.ownerChanges(owner, camera, { type: 'revoke' }, newId())),
      );
      const by = `owner:${owner}`;
      for (const answer of back) if (!answer.ok) return answer;
      for (const { camera, others } of camerasOf(owner)) {
        const [next] = others;
        if (next === undefined) {
          const gone = await cameras.remove(camera.id, by);
          if (!gone.ok) return gone;
        } else if (camera.owner === owner) {
          const given = await cameras.update(camera.id, { owner: next }, null, newId(), by);
          if (!given.ok) return given;
        }
      }
      const shared = camerasOf(owner);
      const past = await unreadPast(owner);
      return ok((write) => erase(write, owner, shared, past));
    },
  };
}
