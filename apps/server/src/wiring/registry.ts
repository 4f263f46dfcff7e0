import { problem, type Answer, type Consent, type PlaceKind } from '@clerestory/protocol';
import { refuse } from '../platform/http.ts';
import type { Write } from '../platform/idempotency.ts';
import type { Notice } from './owner-news.ts';

/** What an owner is told of: whose it is, what it shows, and from where. Not its number or its tags. */
const concernsOwners: ReadonlySet<string> = new Set([
  ...['name', 'place', 'latitude', 'longitude', 'heading', 'viewAngle'],
  ...['placeKind', 'tier', 'owner', 'source'],
]);

/** A camera of the registry, as far as its owner is concerned. */
interface Whole {
  id: string;
  name: string;
  visibility: 'public' | 'private';
  owner: string | null;
  placeKind: PlaceKind;
  latitude: number | null;
  longitude: number | null;
  revision: number;
}
interface Change<C extends Whole> {
  before: C | null;
  after: C | null;
  by: string;
}
export interface RegistryParties<C extends Whole> {
  /** Names of what differs. */
  changedFields(before: C, after: C): string[];
  consents: { of(camera: string): readonly Consent[]; owners(camera: string): string[] };
  policy: { get(): { noLiveFrom: readonly PlaceKind[] } };
  notices: { enqueue(write: Write, notice: Notice): Promise<void> };
  clock: { nowMs(): number };
}
const theirs = (pointer: string, message: string): Answer<never> =>
  refuse(problem('unprocessable', `${message}.`, { errors: [{ pointer, message }] }));

/** What owners have to do with the registry: what it may not change without them, and what they are told. */
export function ownersInRegistry<C extends Whole>(parties: RegistryParties<C>) {
  const { changedFields, consents, policy, notices, clock } = parties;
  const lentBy = ({ id, owner }: { id: string; owner: string | null }): string[] => [
    ...new Set([...(owner === null ? [] : [owner]), ...consents.owners(id)]),
  ];
  return {
    lentBy,

    /** An owner has allowed what is allowed of this place: where it stands is theirs to say. */
    guard(before: Whole, after: Whole, by: string): Answer<never> | null {
      if (before.visibility !== 'private' || by.startsWith('owner:')) return null;
      if (after.owner !== before.owner && consents.owners(before.id).some((owner) => owner !== after.owner))
        return theirs('/owner', 'Another owner has been asked about this camera already: it stays with them');
      if (!consents.of(before.id).some(({ status }) => status !== 'pending')) return null;
      if (after.placeKind !== before.placeKind && !policy.get().noLiveFrom.includes(after.placeKind))
        return theirs(
          '/placeKind',
          'The owner has agreed for this kind of place. Only a kind that the site’s policy closes can be entered without them; anything else they enter on their page',
        );
      if (after.latitude !== before.latitude || after.longitude !== before.longitude)
        return theirs(
          after.latitude === before.latitude ? '/longitude' : '/latitude',
          'The owner has agreed for the place where the camera stands. If it is wrong, they correct it on their page',
        );
      return null;
    },

    /** Within the transaction of the change. */
    async tell(write: Write, { before, after, by }: Change<C>): Promise<void> {
      // What an owner does, the agency has not done; others of the camera hear of it where it concerns them.
      if (before?.visibility !== 'private' || by.startsWith('owner:')) return;
      const fields = after ? changedFields(before, after).filter((field) => concernsOwners.has(field)) : [];
      if (after && fields.length === 0) return;
      const kind = after ? 'camera-changed' : 'camera-removed';
      const { id: camera, name: cameraName } = before;
      for (const owner of lentBy(after ?? before))
        await notices.enqueue(write, {
          ...{ id: `${kind}:${camera}:${(after ?? before).revision}`, owner, kind, camera, cameraName },
          detail: {
            from: clock.nowMs(),
            fields: fields.join(' '),
            ...(after && after.placeKind !== before.placeKind && { placeKind: after.placeKind }),
          },
        });
    },
  };
}
