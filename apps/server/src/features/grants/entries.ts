import type { Camera, Grant, RecordNote } from '@clerestory/protocol';

/** What the public may know of a camera: no more than its kind and district. */
export const aboutOf = (camera: Camera | undefined) => ({
  placeKind: camera?.placeKind ?? 'other',
  district: camera?.neighbourhood ?? '',
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
