import { problem, type Answer, type ClientCommand, type CommandResult } from '@clerestory/protocol';
import { ok, refuse, type RequestContext, type RouteHandlers } from '../../platform/http.ts';
import type { Actor } from '../../platform/actor.ts';
import type { Asker, WallService } from './service.ts';

const noWall = (wall: string) => refuse(problem('not-found', `There is no wall "${wall}".`));
const noScreen = (screen: string) =>
  refuse(problem('not-found', `There is no screen "${screen}" on this wall.`));

/** The walls over REST: parse (done), decide, present. */
export function wallRoutes(walls: WallService, askerOf: (actor: Actor) => Asker | undefined): RouteHandlers {
  const run = async (
    wall: string,
    context: RequestContext,
    command: ClientCommand,
  ): Promise<Answer<CommandResult>> => {
    if (!walls.isFor(wall, context.by)) return noWall(wall);
    const asker = askerOf(context.actor);
    return walls.execute({
      ...{ wall, command, key: context.key, base: context.base, by: context.by },
      ...(asker && { asker }),
    });
  };
  /** The wall, where there is one for whoever asks. */
  const find = (wall: string, by: string) => (walls.isFor(wall, by) ? walls.get(wall) : undefined);

  return {
    listWalls: () =>
      ok({
        items: walls
          .shared()
          .map(({ id, name, sequence, screens }) => ({ id, name, sequence, screens: screens.length })),
      }),
    createWall: ({ body }, { key }) => walls.create(body, key),
    getWall: ({ params }, { by }) => {
      const wall = find(params.wall, by);
      return wall ? ok(wall) : noWall(params.wall);
    },
    renameWall: ({ params, body }, context) =>
      run(params.wall, context, { type: 'wall:rename', name: body.name }),
    listCommits: async ({ params, query }, { by }) => {
      if (!find(params.wall, by)) return noWall(params.wall);
      const items = await walls.commitsSince(params.wall, query.since, query.limit);
      if (!items) return noWall(params.wall);
      return ok({ items, next: items.length === query.limit ? String(items.at(-1)?.sequence) : null });
    },
    createScreen: ({ params, body }, context) =>
      run(params.wall, context, {
        type: 'screen:create',
        screen: body.id,
        name: body.name,
        layout: body.layout,
      }),
    renameScreen: ({ params, body }, context) =>
      run(params.wall, context, { type: 'screen:rename', screen: params.screen, name: body.name }),
    deleteScreen: ({ params }, context) =>
      run(params.wall, context, { type: 'screen:remove', screen: params.screen }),
    setLayout: ({ params, body }, context) =>
      run(params.wall, context, { type: 'screen:layout', screen: params.screen, layout: body.layout }),
    clearScreen: ({ params }, context) =>
      run(params.wall, context, { type: 'screen:clear', screen: params.screen }),
    getTile: ({ params }, { by }) => {
      const wall = find(params.wall, by);
      if (!wall) return noWall(params.wall);
      const screen = wall.screens.find(({ id }) => id === params.screen);
      return screen
        ? ok({ tile: params.tile, assignment: screen.tiles[params.tile] ?? null })
        : noScreen(params.screen);
    },
    assignTile: ({ params, body }, context) =>
      run(params.wall, context, {
        type: 'tile:assign',
        screen: params.screen,
        tile: params.tile,
        camera: body.camera,
        ...(body.why && { why: body.why }),
      }),
    clearTile: ({ params }, context) =>
      run(params.wall, context, { type: 'tile:clear', screen: params.screen, tile: params.tile }),
    swapTiles: ({ params, body }, context) =>
      run(params.wall, context, { type: 'tile:swap', a: body.a, b: body.b }),
    commandWall: ({ params, body }, context) => run(params.wall, context, body),
  };
}
