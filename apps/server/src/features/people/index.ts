export { reachedOnlyFromHere } from './demo-people.ts';
export { People, type PeopleOptions, type Welcome } from './people.ts';
export type { PeopleEntry, PeopleEntryKind, PeopleRecord } from './ports.ts';
export type { EndReason, LockReason, Session } from './session-service.ts';
