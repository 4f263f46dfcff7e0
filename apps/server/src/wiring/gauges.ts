import { HealthState, type CameraHealth, type LogStatus } from '@clerestory/protocol';
import type { Metrics } from '../platform/metrics.ts';
import type { Sockets } from '../platform/sockets.ts';

/** Where the figures of now come from. */
export interface GaugeSources {
  health: { list(): CameraHealth[] };
  mediaNode: { readonly restarts: number };
  checkpoints: { status(): LogStatus };
  io: Sockets;
}

/** Sets the gauges to what is so at this moment; run before each answer of `/metrics`. */
export function refreshGauges(metrics: Metrics, { health, mediaNode, checkpoints, io }: GaugeSources): void {
  const cameras = health.list();
  for (const state of HealthState.options)
    metrics.camerasByState.set({ state }, cameras.filter((one) => one.state === state).length);
  metrics.streamViewers.set(cameras.reduce((sum, { viewers }) => sum + viewers, 0));
  const surfaces = [...io.of('/').sockets.values()].map(({ data }) => data.hello.surface);
  for (const surface of ['console', 'screen', 'workstation'] as const)
    metrics.windows.set({ surface }, surfaces.filter((one) => one === surface).length);
  metrics.mediaRestarts.set(mediaNode.restarts);
  const { halted, checkpoint, folderFault, witnesses } = checkpoints.status();
  metrics.logStopped.set(halted === null ? 0 : 1);
  metrics.checkpointSize.set(checkpoint?.size ?? 0);
  metrics.checkpointTime.set((checkpoint?.at ?? 0) / 1000);
  metrics.folderFaulty.set(folderFault === null ? 0 : 1);
  metrics.silentWitnesses.set(witnesses.filter(({ fault }) => fault !== null).length);
}
