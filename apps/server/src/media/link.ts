import { controlEvents, mediaNamespace, type ControlToNode, type NodeToControl } from '@clerestory/protocol';
import { io, type Socket } from 'socket.io-client';
import type { z } from 'zod';
import type { Log } from './clock.ts';
import type { MediaNode } from './node.ts';

/** Reports in one message. */
const maxReports = 100;

/**
 * Joins a media node to control. The node goes on with what it has while control is away; after each (re)connection it
 * says where its doors are and how everything is. Returns how to end the link.
 */
export function linkToControl(
  node: MediaNode,
  to: { controlUrl: string; token: string },
  log: Log,
): () => void {
  const socket: Socket<ControlToNode, NodeToControl> = io(new URL(mediaNamespace, to.controlUrl).href, {
    transports: ['websocket'],
    auth: { token: to.token },
    reconnectionDelay: 250,
    reconnectionDelayMax: 5_000,
  });
  const send = (reports: ReturnType<MediaNode['reports']>) => {
    // Not while away: Socket.IO would keep them all, and after the next connection everything is told anew.
    if (!socket.connected) return;
    for (let at = 0; at < reports.length; at += maxReports)
      socket.emit('node:ingest', reports.slice(at, at + maxReports));
  };
  /** Takes a message only if it is what the protocol says. */
  function parsed<S extends z.ZodType>(event: string, schema: S, take: (value: z.infer<S>) => void) {
    return (payload: unknown) => {
      const result = schema.safeParse(payload);
      if (result.success) return take(result.data);
      // Paths only: the values hold logins.
      const faults = result.error.issues.map((issue) => issue.path.join('/')).slice(0, 10);
      log.error({ event, faults }, 'a message from control is not valid and was left aside');
    };
  }

  socket.on('connect', () => {
    log.info({}, 'linked to control');
    socket.emit('node:ready', { port: node.port, pid: process.pid });
    send(node.reports());
  });
  socket.on('disconnect', (reason) => log.warn({ reason }, 'control is away; video goes on'));
  socket.on('connect_error', (error) => log.warn({ error: error.message }, 'control cannot be reached'));
  socket.on(
    'node:cameras',
    parsed('node:cameras', controlEvents['node:cameras'], (list) => {
      node.setCameras(list);
      send(node.reports());
    }),
  );
  socket.on(
    'node:camera',
    parsed('node:camera', controlEvents['node:camera'], (camera) => node.setCamera(camera)),
  );
  socket.on(
    'node:camera-removed',
    parsed('node:camera-removed', controlEvents['node:camera-removed'], ({ camera }) =>
      node.removeCamera(camera),
    ),
  );
  const deafen = node.onIngest(send);
  return () => {
    deafen();
    socket.disconnect();
  };
}
