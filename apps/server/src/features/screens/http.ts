import { problem, type WallState } from '@clerestory/protocol';
import { ok, refuse, type RouteHandlers } from '../../platform/http.ts';
import type { ScreenService } from './service.ts';

/** Walls, as far as screens need them. */
export interface WallOf {
  get(wall: string): WallState | undefined;
  /** Whether it is there for somebody. */
  isFor(wall: string, by: string): boolean;
}

export function screenRoutes(screens: ScreenService, walls: WallOf): RouteHandlers {
  const find = (wall: string, by: string) => (walls.isFor(wall, by) ? walls.get(wall) : undefined);
  return {
    listScreens: ({ params }, { by }) => {
      const wall = find(params.wall, by);
      if (!wall) return refuse(problem('not-found', `There is no wall "${params.wall}".`));
      return ok({
        items: wall.screens.map((screen) => ({ ...screen, status: screens.status(wall.id, screen.id) })),
      });
    },
    getScreen: ({ params }, { by }) => {
      const screen = find(params.wall, by)?.screens.find(({ id }) => id === params.screen);
      if (!screen) return refuse(problem('not-found', `There is no screen "${params.screen}" on this wall.`));
      return ok({ ...screen, status: screens.status(params.wall, screen.id) });
    },
  };
}
