import type { CommandRun } from '@clerestory/protocol';
import { useEffect } from 'react';
import { consoleStore, type ConsoleState } from '../state/console.ts';
import { deskStore } from '../state/desk.ts';
import { sessionStore } from '../state/session.ts';
import { wallStore } from '../state/store.ts';
import type { Actions } from './actions.ts';
import { chosenTile, type ConsoleContext } from './context.ts';
import { consoleCommands } from './list.ts';
import { writes, type Command } from './registry.ts';
import { noteRun } from './run-notes.ts';
import { chosenCamera } from './tile-commands.ts';
import { useActions } from './use-actions.ts';

/** What a menu was opened on, where that is not what is chosen. */
export type MenuTarget = Pick<ConsoleState, 'screen' | 'tile'>;

const contextNow = (actions: Actions, target?: MenuTarget | null): ConsoleContext => ({
  console: { ...consoleStore.getState(), ...target },
  wall: wallStore.getState(),
  actions,
  roles: sessionStore.getState().who?.me?.roles ?? [],
});

/** Runs a command, and tells the record of one that reaches beyond this window. */
function runNow(
  command: Command<ConsoleContext>,
  context: ConsoleContext,
  key: string,
  by: CommandRun['by'],
): void {
  const { wall } = context.wall;
  const at = chosenTile(context);
  const camera = chosenCamera(context);
  const idle = command.idle?.(context, key) ?? null;
  if (idle !== null) return context.actions.say({ tone: 'plain', title: 'Nothing was changed', text: idle });
  command.run(context, key);
  if (command.acts)
    noteRun({
      command: command.id,
      by,
      ...(wall && { wall: wall.id }),
      ...(at && at),
      ...(camera !== null && { camera }),
    });
}

/** Runs a command by its id, if it may run now. */
export function useRun(target?: MenuTarget | null, by: CommandRun['by'] = 'menu'): (id: string) => void {
  const actions = useActions();
  return (id) => {
    const command = consoleCommands.get(id);
    const context = contextNow(actions, target);
    if (command.when(context)) runNow(command, context, '', by);
  };
}

/** What commands look at, as it is while something is drawn. */
export function useContextNow(): ConsoleContext {
  return contextNow(useActions());
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
      // The arrow keys and digits are the camera's.
      if (deskStore.getState().moving !== null) return;
      if (sessionStore.getState().who?.me?.session.locked) return;
      if (writes(event) && event.target instanceof Element && event.target.closest(keepsKeys)) return;
      const context = contextNow(actions);
      const command = consoleCommands.forPress(event, context);
      if (!command) return;
      event.preventDefault();
      runNow(command, context, event.key, 'key');
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [actions]);
}
