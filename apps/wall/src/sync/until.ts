import type { StoreApi } from 'zustand/vanilla';

/** Resolves true as soon as `holds`, false after `timeoutMs`. `holds` is asked whenever the store changes. */
export function until<S>(
  store: StoreApi<S>,
  holds: (state: S) => boolean,
  timeoutMs: number,
): Promise<boolean> {
  if (holds(store.getState())) return Promise.resolve(true);
  return new Promise((resolve) => {
    const done = (value: boolean) => {
      clearTimeout(timer);
      stopListening();
      resolve(value);
    };
    const timer = setTimeout(() => done(false), timeoutMs);
    const stopListening = store.subscribe((state) => {
      if (holds(state)) done(true);
    });
  });
}
