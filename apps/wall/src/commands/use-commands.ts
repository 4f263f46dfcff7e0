import { useEffect } from 'react';
import { consoleStore, type ConsoleState } from '../state/console.ts';
import { sessionStore } from '../state/session.ts';
import { wallStore } from '../state/store.ts';
import type { Actions } from './actions.ts';
import type { ConsoleContext } from './context.ts';
import { consoleCommands } from './list.ts';
import { useActions } from './use-actions.ts';

/** What a menu was opened on, where that is not what is chosen. */
export type MenuTarget = Pick<ConsoleState, 'screen' | 'tile'>;

const contextNow = (actions: Actions, target?: MenuTarget | null): ConsoleContext => ({
  console: { ...consoleStore.getState(), ...target },
  wall: wallStore.getState(),
  actions,
  roles: sessionStore.getState().who?.me?.roles ?? [],
});

/** Runs a command by its id, if it may run now. */
export function useRun(target?: MenuTarget | null): (id: string) => void {
  const actions = useActions();
  return (id) => {
    const command = consoleCommands.get(id);
    const context = contextNow(actions, target);
    if (command.when(context)) command.run(context, '');
  };
}

/** Whether a command may run, asked when a menu opens. */
export function useCan(target?: MenuTarget | null): (id: string) => boolean {
  const actions = useActions();
  return (id) => consoleCommands.get(id).when(contextNow(actions, target));
}

const keepsKeys = 'input, textarea, select, [contenteditable], [role="menu"], [role="dialog"]';

/** Feeds key presses to the registry, unless something that takes text or a menu has the focus. */
export function useKeys(actions: Actions): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || consoleStore.getState().overlay) return;
      if (sessionStore.getState().who?.me?.session.locked) return;
      if (event.target instanceof Element && event.target.closest(keepsKeys)) return;
      const context = contextNow(actions);
      const command = consoleCommands.forPress(event, context);
      if (!command) return;
      event.preventDefault();
      command.run(context, event.key);
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [actions]);
}
