import { useStore } from 'zustand';
import { consoleStore, type ConsoleState } from './console.ts';

/** Reads a part of what this console has chosen. */
export const useConsole = <T>(select: (state: ConsoleState) => T): T => useStore(consoleStore, select);
