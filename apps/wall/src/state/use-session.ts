import { useStore } from 'zustand';
import { sessionStore, type SessionState } from './session.ts';

/** A part of who is signed in; draws anew when that part changes. */
export const useSession = <T>(select: (state: SessionState) => T): T => useStore(sessionStore, select);
