export { Access, type AccessOptions } from './access.ts';
export { decide } from './rules.ts';
export { policy, type DoorId, type PolicyRow } from './policy.ts';
export { assertPolicy, mountedDoors, type MountedDoor } from './doors.ts';
