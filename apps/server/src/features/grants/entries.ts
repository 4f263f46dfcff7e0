import { smallest } from '@clerestory/public-log';
import type { Camera, Grant, RecordNote } from '@clerestory/protocol';
import type { GrantParts } from './ports.ts';

/**
 * What the public may know of a camera: no more than its kind and district, and of a private one the district only where
 * it is one among those of several owners, of its kind there.
 */
export const aboutOf = (camera: Camera | undefined, cameras: Pick<GrantParts['cameras'], 'alikeOwners'>) => ({
  placeKind: camera?.placeKind ?? 'other',
  district:
    camera && (camera.visibility === 'public' || cameras.alikeOwners(camera, smallest) >= smallest)
      ? camera.neighbourhood
      : '',
  tier: camera?.visibility === 'public' ? 'public' : (camera?.tier ?? 'integrated'),
});

/** What the record says of a grant. The names of its fields are those of the public log's table. */
export function detailOf(
  grant: Grant,
  about: ReturnType<typeof aboutOf>,
  rule: string | null,
): RecordNote['detail'] {
  const { id, request, purpose, viewer, role, state, end, startsAt, endsAt } = grant;
  return {
    ...{ grant: id, request, kind: purpose.kind, purpose: grant.type, role, ...about },
    ...{ viewer: viewer.kind, viewerId: viewer.id, askedBy: grant.askedBy.id },
    consentVersion: grant.consentVersion,
    selfOpened: grant.isOwnIncident,
    override: purpose.kind === 'exigent',
    approvedBy: grant.approvedBy?.id ?? null,
    ...(purpose.kind === 'incident' && { incident: purpose.incident }),
    ...(purpose.kind === 'exigent' && { reason: purpose.reason }),
    ...(state.startsWith('waiting') && { waitsFor: state.slice('waiting-'.length) }),
    ...(state === 'live' &&
      startsAt !== null &&
      endsAt !== null && { minutes: Math.round((endsAt - startsAt) / 6_000) / 10, endsAt }),
    ...(end && { code: end.code, why: end.why }),
    ...(rule !== null && { rule }),
  };
}
