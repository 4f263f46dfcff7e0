import { problem, type WallState } from '@clerestory/protocol';
import { ok, refuse, type RouteHandlers } from '../../platform/http.ts';
import type { ScreenService } from './service.ts';

/** Walls, as far as screens need them. */
export interface WallOf {
  get(wall: string): WallState | undefined;
}

export function screenRoutes(screens: ScreenService, walls: WallOf): RouteHandlers {
  return {
    listScreens: ({ params }) => {
      const wall = walls.get(params.wall);
      if (!wall) return refuse(problem('not-found', `There is no wall "${params.wall}".`));
      return ok({
        items: wall.screens.map((screen) => ({ ...screen, status: screens.status(wall.id, screen.id) })),
      });
    },
    getScreen: ({ params }) => {
      const screen = walls.get(params.wall)?.screens.find(({ id }) => id === params.screen);
      if (!screen) return refuse(problem('not-found', `There is no screen "${params.screen}" on this wall.`));
      return ok({ ...screen, status: screens.status(params.wall, screen.id) });
    },
  };
}
