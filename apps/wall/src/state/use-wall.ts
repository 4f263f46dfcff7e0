import { useStore } from 'zustand';
import { wallStore, type WallStore } from './store.ts';

/** Reads a part of the store; re-renders when that part changes (select primitives or stable objects). */
export const useWall = <T>(select: (store: WallStore) => T): T => useStore(wallStore, select);
