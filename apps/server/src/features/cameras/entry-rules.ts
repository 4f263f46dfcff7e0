import { problem, type Answer } from '@clerestory/protocol';
import { refuse } from '../../platform/http.ts';
import type { StoredCamera } from './store.ts';

/** Refuses a source for one of its fields. */
export const unfit = (field: string, detail: string, message: string): Answer<never> =>
  refuse(problem('unprocessable', detail, { errors: [{ pointer: `/source/${field}`, message }] }));

/** What lists know nothing of, so that an import leaves it as it is. */
export const ownedAs = ({ visibility, tier, owner }: StoredCamera) => ({ visibility, tier, owner });

/** Refuses a camera for what stands at `pointer`. */
export const unfitFor = (pointer: string, message: string): Answer<never> =>
  refuse(
    problem('unprocessable', `This camera cannot be so: ${message}.`, { errors: [{ pointer, message }] }),
  );

/** What the registry refuses of a camera, whoever asks. `before` undefined: a new one. */
export function unfitEntry(
  after: Pick<StoredCamera, 'visibility' | 'tier' | 'owner' | 'source'>,
  before?: StoredCamera,
): Answer<never> | null {
  // An administrator must not open what an owner has lent on conditions.
  if (before?.visibility === 'private' && after.visibility === 'public')
    return unfitFor('/visibility', 'a private camera stays private; remove it if its owner lends it no more');
  if (after.visibility === 'public' && after.owner !== null)
    return unfitFor('/owner', 'only a private camera has an owner');
  if ((before?.owner ?? null) !== null && after.owner !== before?.owner)
    return unfitFor('/owner', 'a camera stays with its owner; remove it and register it anew for another');
  if (after.visibility === 'public' && after.tier === 'registered')
    return unfitFor('/tier', 'a public camera has a stream; a camera that is only registered is private');
  if ((after.tier === 'registered') !== (after.source.kind === 'none'))
    return unfitFor('/tier', 'a camera that is only registered has no source, every other one has');
  return null;
}
