import type { ClientHello } from '@clerestory/protocol';
import type { SyncOptions } from './options.ts';

const reloadedForKey = 'clerestory.reloaded-for';

/** Screens reload within this time of one another, so that a wall of them does not ask at once. */
export const reloadSpreadMs = 2_000;

/** A page that comes back unchanged must not reload for ever: once per build, and never without a memory of it. */
function mayReload(session: SyncOptions['session'], build: string): boolean {
  try {
    if (!session || session.getItem(reloadedForKey) === build) return false;
    session.setItem(reloadedForKey, build);
    return true;
  } catch {
    return false;
  }
}

/**
 * Watches for a server of another build than the first one this page heard from. The store then says that there is a
 * new version; a screen, where nobody sits, also reloads itself.
 */
export function startVersionWatch(
  hello: ClientHello,
  { store, session, reload }: Pick<SyncOptions, 'store' | 'session' | 'reload'>,
): { heard(build: string): void; stop(): void } {
  let first: string | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    heard(build) {
      first ??= build;
      if (build === first) return;
      store.setState({ newVersion: true });
      if (hello.surface === 'screen' && mayReload(session, build))
        timer = setTimeout(reload, Math.random() * reloadSpreadMs);
    },
    stop: () => clearTimeout(timer),
  };
}
