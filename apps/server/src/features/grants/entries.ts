import type { Grant, PlaceKind, RecordNote } from '@clerestory/protocol';

/** What the record says of a grant. The names of its fields are those of the public log's table. */
export function detailOf(grant: Grant, placeKind: PlaceKind, rule: string | null): RecordNote['detail'] {
  const { id, request, purpose, viewer, role, state, end, startsAt, endsAt } = grant;
  return {
    ...{ grant: id, request, kind: purpose.kind, purpose: grant.type, placeKind, role },
    ...{ viewer: viewer.kind, viewerId: viewer.id, askedBy: grant.askedBy.id },
    version: grant.consentVersion,
    ownIncident: grant.isOwnIncident,
    ...(purpose.kind === 'incident' && { incident: purpose.incident }),
    ...(purpose.kind === 'exigent' && { reason: purpose.reason }),
    ...(grant.approvedBy && { approved: true, approvedBy: grant.approvedBy.id }),
    ...(state.startsWith('waiting') && { waitsFor: state.slice('waiting-'.length) }),
    ...(state === 'live' &&
      startsAt !== null &&
      endsAt !== null && { minutes: Math.round((endsAt - startsAt) / 6_000) / 10, endsAt }),
    ...(end && { code: end.code, why: end.why }),
    ...(rule !== null && { rule }),
  };
}
