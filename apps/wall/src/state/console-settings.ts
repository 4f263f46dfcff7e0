import { ConsoleSettings } from '@clerestory/protocol';
import { createStore } from 'zustand/vanilla';
import { callRoute } from './call-route.ts';
import type { ToastMessage } from './toasts.ts';

type Say = (message: Omit<ToastMessage, 'id'>) => void;

/** What the server keeps for whoever is signed in. Null until it has been read. */
export const settingsStore = createStore<{ settings: ConsoleSettings | null }>(() => ({ settings: null }));

export const noSettings: ConsoleSettings = ConsoleSettings.parse({});

export async function loadSettings(): Promise<void> {
  const answer = await callRoute('getMyConsole', {});
  if (answer.ok) settingsStore.setState({ settings: answer.value });
}

/** Shown at once, kept on the server; what it does not take is shown as it was, with the reason. */
export async function changeSettings(part: Partial<ConsoleSettings>, say: Say): Promise<void> {
  const before = settingsStore.getState().settings;
  const settings = { ...(before ?? noSettings), ...part };
  settingsStore.setState({ settings });
  const answer = await callRoute('setMyConsole', { body: settings });
  if (answer.ok) return;
  if (settingsStore.getState().settings === settings) settingsStore.setState({ settings: before });
  say({ tone: 'warn', title: 'This was not kept', text: answer.problem.detail });
}

export function toggleFavourite(camera: string, say: Say): void {
  const { favourites } = settingsStore.getState().settings ?? noSettings;
  const had = favourites.includes(camera);
  const next = had ? favourites.filter((one) => one !== camera) : [...favourites, camera];
  void changeSettings({ favourites: next }, say);
}
