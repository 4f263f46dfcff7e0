import { createContext, useContext } from 'react';
import type { Actions } from './actions.ts';

export const ActionsContext = createContext<Actions | null>(null);

/** What a person can cause from here. Throws outside a console. */
export function useActions(): Actions {
  const actions = useContext(ActionsContext);
  if (!actions) throw new Error('useActions is for what lies inside the console');
  return actions;
}
