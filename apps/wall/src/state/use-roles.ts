import type { Role } from '@clerestory/protocol';
import { useSession } from './use-session.ts';

const none: readonly Role[] = [];

/** The roles of who is signed in. */
export const useRoles = (): readonly Role[] => useSession(({ who }) => who?.me?.roles ?? none);
