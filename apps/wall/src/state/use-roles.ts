import type { Role } from '@clerestory/protocol';
import { useSession } from './use-session.ts';

/** Roles that include watching and moving cameras at all; which cameras, the server says. */
export const watches = (roles: readonly Role[]): boolean =>
  roles.some((role) => role === 'operator' || role === 'supervisor' || role === 'investigator');

const none: readonly Role[] = [];

/** The roles of who is signed in. */
export const useRoles = (): readonly Role[] => useSession(({ who }) => who?.me?.roles ?? none);
