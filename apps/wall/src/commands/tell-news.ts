import type { OrderStatus } from '@clerestory/protocol';
import type { StoreApi } from 'zustand/vanilla';
import { newlyUndone, undoneWords } from '../features/screen-commands/words.ts';
import type { WallStore } from '../state/store.ts';
import type { ToastMessage } from '../state/toasts.ts';

/** What fails together is told together, ms. */
const gatherMs = 300;

export interface NewsLinks {
  wall: StoreApi<WallStore>;
  say(message: Omit<ToastMessage, 'id'>): void;
  /** Whether an actor is who is signed in here. */
  isMine(by: string): boolean;
  nowMs(): number;
}

/** Tells whoever sits here what became of their own: orders that did not arrive, and control that they have no more. */
export function tellNews({ wall, say, isMine, nowMs }: NewsLinks): () => void {
  let undone: OrderStatus[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tellUndone = () => {
    const screens = wall.getState().wall?.screens ?? [];
    const words = undoneWords(undone, (id) => screens.find((screen) => screen.id === id)?.name ?? id);
    undone = [];
    timer = undefined;
    say({ tone: 'warn', ...words });
  };
  const stop = wall.subscribe((now, before) => {
    if (now.orders !== before.orders) {
      const mine = newlyUndone(before.orders, now.orders).filter(({ by }) => by !== undefined && isMine(by));
      undone.push(...mine);
      if (mine.length > 0) timer ??= setTimeout(tellUndone, gatherMs);
    }
    const [held, holds] = [before.wall?.control, now.wall?.control];
    if (!held || now.wall?.id !== before.wall?.id || !isMine(held.by) || (holds && isMine(holds.by))) return;
    if (holds)
      say({
        tone: 'warn',
        title: `${holds.name} has taken control over`,
        text: 'What you do here does not change the wall until it is given back or runs out.',
      });
    else if (held.until <= nowMs())
      say({ tone: 'plain', title: 'Your control ran out', text: 'Everybody may arrange the wall again.' });
  });
  return () => {
    stop();
    clearTimeout(timer);
  };
}
