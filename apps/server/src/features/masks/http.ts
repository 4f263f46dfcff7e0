import { problem, type Answer, type Camera, type Masks } from '@clerestory/protocol';
import { refuse, type RouteHandlers } from '../../platform/http.ts';
import { mayMask } from './rules.ts';

/** The registry, as masks need it. */
export interface MaskedCameras {
  setMasks(
    camera: string,
    masks: Masks,
    how: { base: number | null; key: string; by: string },
    decide: (before: Masks) => Answer<void>,
  ): Promise<Answer<Camera>>;
}

/** Areas that nobody is to see, over REST. The media node hears of a change with the camera. */
export const maskRoutes = (cameras: MaskedCameras): RouteHandlers => ({
  setMasks: ({ params, body: { masks } }, { actor, base, key, by }) => {
    if (actor.kind !== 'person') return refuse(problem('unauthenticated', 'Sign in first.'));
    const { roles } = actor;
    return cameras.setMasks(params.camera, masks, { base, key, by }, (before) =>
      mayMask(roles, before, masks),
    );
  },
});
