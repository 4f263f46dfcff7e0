import type { CameraGroup } from '@clerestory/protocol';
import { ok, type RouteHandlers } from '../../platform/http.ts';
import { noPerson, type WorkstationService } from './service.ts';

/** Camera groups, as whoever gives rights names them. */
export interface KnownGroups {
  groups(): CameraGroup[];
}

export function workstationRoutes(service: WorkstationService, known: KnownGroups): RouteHandlers {
  return {
    openWorkstation: async ({ body }, { actor }) =>
      actor.kind === 'person' ? ok(await service.open(actor.id, body.workstation)) : noPerson,
    getMyConsole: async (_input, { actor }) =>
      actor.kind === 'person' ? ok(await service.settings(actor.id)) : noPerson,
    setMyConsole: async ({ body }, { actor }) =>
      actor.kind === 'person' ? ok(await service.setSettings(actor.id, body)) : noPerson,
    listMyCameraGroups: (_input, { sees }) =>
      ok({
        items: known.groups().flatMap(({ id, name, cameras }) => {
          const mine = cameras.filter((camera) => sees(camera));
          return mine.length > 0 ? [{ id, name, cameras: mine }] : [];
        }),
      }),
    noteCommands: async ({ body }, { by }) => {
      await service.noteCommands(body.ran, by);
      return ok(undefined);
    },
    noteSnapshot: ({ params, body }, context) => service.noteSnapshot(params.camera, body, context),
    markMoment: ({ params, body }, context) => service.mark(params.camera, body, context),
    listMarks: async ({ params }) => ok({ items: await service.marks(params.camera) }),
  };
}
