import { createStore } from 'zustand/vanilla';

/** Beyond this many the oldest goes. */
export const maxToasts = 4;

export interface ToastMessage {
  id: number;
  tone: 'plain' | 'warn';
  title: string;
  text: string;
  /** What can be done about it, on a button. */
  action?: { label: string; run: () => void };
}

/** Messages that pass: refusals and what became of a step. */
export const toastStore = createStore<{ toasts: readonly ToastMessage[] }>(() => ({ toasts: [] }));

let lastId = 0;

/** Says something. The same words twice are one message, said again. */
export function say(message: Omit<ToastMessage, 'id'>): void {
  const others = toastStore
    .getState()
    .toasts.filter((toast) => toast.title !== message.title || toast.text !== message.text);
  toastStore.setState({ toasts: [...others, { ...message, id: ++lastId }].slice(-maxToasts) });
}

export function dismissToast(id: number): void {
  toastStore.setState(({ toasts }) => ({ toasts: toasts.filter((toast) => toast.id !== id) }));
}
