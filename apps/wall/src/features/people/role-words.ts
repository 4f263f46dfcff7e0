import type { Role } from '@clerestory/protocol';

/** Roles as people say them. */
export const roleWords: Record<Role, string> = {
  operator: 'Operator',
  supervisor: 'Supervisor',
  investigator: 'Investigator',
  auditor: 'Auditor',
  administrator: 'Administrator',
};

/** What each role is for, in one sentence. */
export const roleTexts: Record<Role, string> = {
  operator: 'Watches cameras and puts them on tiles.',
  supervisor: 'Arranges the wall, its screens and its cameras, and pairs screens.',
  investigator: 'Watches and replays, and takes pictures out.',
  auditor: 'Reads the record, and changes nothing.',
  administrator: 'Manages people, rights and settings, and watches nothing by that right.',
};
