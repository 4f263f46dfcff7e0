import { HealthState, type CameraHealth } from '@clerestory/protocol';
import type { Metrics } from '../platform/metrics.ts';
import type { Sockets } from '../platform/sockets.ts';

/** Where the figures of now come from. */
export interface GaugeSources {
  health: { list(): CameraHealth[] };
  mediaNode: { readonly restarts: number };
  io: Sockets;
}

/** Sets the gauges to what is so at this moment; run before each answer of `/metrics`. */
export function refreshGauges(metrics: Metrics, { health, mediaNode, io }: GaugeSources): void {
  const cameras = health.list();
  for (const state of HealthState.options)
    metrics.camerasByState.set({ state }, cameras.filter((one) => one.state === state).length);
  metrics.streamViewers.set(cameras.reduce((sum, { viewers }) => sum + viewers, 0));
  const surfaces = [...io.of('/').sockets.values()].map(({ data }) => data.hello.surface);
  for (const surface of ['console', 'screen', 'workstation'] as const)
    metrics.windows.set({ surface }, surfaces.filter((one) => one === surface).length);
  metrics.mediaRestarts.set(mediaNode.restarts);
}
