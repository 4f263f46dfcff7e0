import type { RouteHandlers } from './http.ts';
import type { Logger } from './logging.ts';
import type { SocketHandlers } from './sockets.ts';

/** One row of the composition root's table: what a feature does when, and the doors it has. */
export interface Feature {
  name: string;
  /** Reads what is kept, before any door is open. */
  load?(): Promise<void> | void;
  /** Begins what runs by itself, once the doors are open. */
  start?(): void;
  /** Ends that; called on a started feature alone. */
  stop?(): Promise<void> | void;
  routes?: RouteHandlers;
  sockets?: SocketHandlers;
}

export async function loadAll(features: readonly Feature[]): Promise<void> {
  for (const feature of features) await feature.load?.();
}

export function startAll(features: readonly Feature[]): void {
  for (const feature of features) feature.start?.();
}

/** Last started, first stopped. One that fails at it is told in the log and keeps no other from stopping. */
export async function stopAll(features: readonly Feature[], log: Logger): Promise<void> {
  for (const feature of features.toReversed()) {
    try {
      await feature.stop?.();
    } catch (error) {
      log.error({ err: error, feature: feature.name }, 'a feature did not stop cleanly');
    }
  }
}

/** The handlers that the features bring for one kind of door. */
export const doorsOf = <K extends 'routes' | 'sockets'>(
  features: readonly Feature[],
  kind: K,
): NonNullable<Feature[K]>[] => features.flatMap((feature) => feature[kind] ?? []);
