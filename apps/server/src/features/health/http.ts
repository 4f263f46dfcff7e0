import { problem } from '@clerestory/protocol';
import { ok, refuse, type RouteHandlers } from '../../platform/http.ts';
import type { HealthService } from './service.ts';
import type { TransitionStore } from './store.ts';

/** Which cameras there are. */
export interface KnownCameras {
  exists(camera: string): boolean;
}

export function healthRoutes(
  health: HealthService,
  store: TransitionStore,
  cameras: KnownCameras,
): RouteHandlers {
  return {
    listHealth: () => ok({ items: health.list() }),
    listTransitions: async ({ params, query }) => {
      if (!cameras.exists(params.camera))
        return refuse(problem('not-found', `There is no camera "${params.camera}".`));
      const before = query.cursor === undefined ? null : Number(query.cursor);
      const items = await store.list(params.camera, before, query.limit);
      return ok({ items, next: items.length === query.limit ? String(items.at(-1)?.id) : null });
    },
  };
}
