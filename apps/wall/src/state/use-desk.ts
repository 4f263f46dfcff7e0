import { useStore } from 'zustand';
import { deskStore, type DeskState } from './desk.ts';

export const useDesk = <T>(select: (state: DeskState) => T): T => useStore(deskStore, select);
