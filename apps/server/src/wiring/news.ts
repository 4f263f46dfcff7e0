import type { Camera, CameraHealth, Commit, MediaAddress, MediaCamera } from '@clerestory/protocol';
import { newId } from '../platform/clock.ts';
import type { Logger } from '../platform/logging.ts';
import type { Metrics } from '../platform/metrics.ts';
import { rooms, type Audience } from '../platform/sockets.ts';

/** What becomes of a camera, as the registry says it. */
type CameraNews =
  { type: 'changed'; camera: Camera; media: MediaCamera | null } | { type: 'removed'; camera: string };

/** Who has news, and who must hear of it. The features do not know each other. */
export interface NewsParties {
  cameras: { onChange(listener: (change: CameraNews) => void): void };
  health: {
    addCamera(camera: string): void;
    removeCamera(camera: string): void;
    onChange(listener: (changed: CameraHealth[]) => void): void;
  };
  media: {
    cameraChanged(camera: MediaCamera): void;
    cameraRemoved(camera: string): void;
    onAddress(listener: (address: MediaAddress | null) => void): void;
  };
  walls: {
    forgetCamera(camera: string, key: string): Promise<void>;
    onCommit(listener: (commit: Commit) => void): void;
  };
  screens: { forget(screen: string): void };
  orders: { forget(screen: string): void; forgetCamera(camera: string): void };
}

/** Passes each feature's news on: to the other features, and to every window. */
export function spreadNews(parties: NewsParties, audience: Audience, metrics: Metrics, log: Logger): void {
  const { cameras, health, media, walls, screens, orders } = parties;
  cameras.onChange((change) => {
    orders.forgetCamera(change.type === 'changed' ? change.camera.id : change.camera);
    if (change.type === 'changed') {
      const { id } = change.camera;
      if (change.media) {
        health.addCamera(id);
        media.cameraChanged(change.media);
      } else {
        health.removeCamera(id);
        media.cameraRemoved(id);
      }
      audience.tell(rooms.everyone, 'camera:changed', change.camera);
      return;
    }
    const { camera } = change;
    health.removeCamera(camera);
    media.cameraRemoved(camera);
    audience.tell(rooms.everyone, 'camera:removed', { camera });
    walls
      .forgetCamera(camera, newId())
      .catch((error: unknown) => log.error({ err: error, camera }, 'a removed camera is still on a wall'));
  });
  health.onChange((changed) => audience.tell(rooms.everyone, 'health:changed', changed));
  media.onAddress((address) => audience.tell(rooms.everyone, 'media:address', address));
  walls.onCommit((commit) => {
    metrics.commits.inc();
    for (const event of commit.events)
      if (event.type === 'screen:removed') {
        screens.forget(event.screen);
        orders.forget(event.screen);
      }
  });
}
