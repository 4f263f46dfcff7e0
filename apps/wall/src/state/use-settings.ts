import type { ConsoleSettings } from '@clerestory/protocol';
import { useStore } from 'zustand';
import { noSettings, settingsStore } from './console-settings.ts';

export const useSettings = <T>(select: (settings: ConsoleSettings) => T): T =>
  useStore(settingsStore, ({ settings }) => select(settings ?? noSettings));
