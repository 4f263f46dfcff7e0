import { problem, type Camera, type CameraHealth } from '@clerestory/protocol';
import { ok, refuse, type RouteHandlers } from '../../platform/http.ts';
import type { CameraService } from './service.ts';

/** Health, as the health feature lends it. */
export interface HealthOf {
  of(camera: string): CameraHealth;
}

const matches = (camera: Camera, words: string[]): boolean => {
  const text = [camera.number, camera.name, camera.place, camera.neighbourhood, ...camera.tags]
    .join(' ')
    .toLowerCase();
  return words.every((word) => text.includes(word));
};

/** The registry over REST. */
export function cameraRoutes(cameras: CameraService, health: HealthOf): RouteHandlers {
  return {
    listCameras: ({ query }, { sees }) => {
      const after = query.cursor === undefined ? 0 : Number(query.cursor);
      const words = (query.q ?? '').toLowerCase().split(/\s+/).filter(Boolean);
      const found = cameras
        .list()
        .filter((camera) => camera.number > after && sees(camera.id) && matches(camera, words));
      const items = found
        .slice(0, query.limit)
        .map((camera) => ({ ...camera, health: health.of(camera.id) }));
      return ok({ items, next: found.length > items.length ? String(items.at(-1)?.number) : null });
    },
    createCamera: ({ body }, { key, by, sees }) => cameras.create(body, key, by, sees),
    getCamera: ({ params }) => {
      const camera = cameras.get(params.camera);
      if (!camera) return refuse(problem('not-found', `There is no camera "${params.camera}".`));
      return ok({ ...camera, health: health.of(camera.id) });
    },
    updateCamera: ({ params, body }, { base, key, by, sees }) =>
      cameras.update(params.camera, body, base, key, by, sees),
    setSound: ({ params, body: { allowed } }, { base, key, by }) =>
      cameras.setSound(params.camera, allowed, { base, key, by }),
    deleteCamera: async ({ params }, { by }) => cameras.remove(params.camera, by),
  };
}
