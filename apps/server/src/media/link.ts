import {
  controlEvents,
  controlQuestions,
  mediaNamespace,
  type ControlToNode,
  type NodeToControl,
  type TrialOutcome,
} from '@clerestory/protocol';
import { io, type Socket } from 'socket.io-client';
import type { z } from 'zod';
import type { Log } from './clock.ts';
import type { GrantTable } from './grants.ts';
import type { MediaNode } from './node.ts';

/** Reports in one message. */
const maxReports = 100;
const figuresEveryMs = 5_000;
/** Control answers a question about a viewer within this time, or it counts as away. */
const answerTimeoutMs = 5_000;

/**
 * Joins a media node to control. The node goes on with what it has while control is away; after each (re)connection it
 * says where its doors are and how everything is. Returns how to end the link.
 */
export function linkToControl(
  node: MediaNode,
  to: { controlUrl: string; token: string },
  log: Log,
  grants: GrantTable,
): () => void {
  const socket: Socket<ControlToNode, NodeToControl> = io(new URL(mediaNamespace, to.controlUrl).href, {
    transports: ['websocket'],
    auth: { token: to.token },
    // Control is on this machine, and its certificate names it by its public name.
    rejectUnauthorized: false,
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

  function linkGrants(table: GrantTable): void {
    // A timeout holds for one question.
    const line = () => socket.timeout(answerTimeoutMs);
    table.connect({
      ask: async (question) =>
        socket.connected
          ? line()
              .emitWithAck('node:ask', question)
              .catch(() => null)
          : null,
      knows: async (key) =>
        socket.connected
          ? line()
              .emitWithAck('node:knows', { key })
              .catch(() => null)
          : null,
      usage(run, usages) {
        if (socket.connected) socket.emit('node:usage', { run, usages });
        return socket.connected;
      },
      wantTable: () => void (socket.connected && socket.emit('node:access-wanted', {})),
    });
    socket.on(
      'node:access',
      parsed('node:access', controlEvents['node:access'], (all) => table.setAll(all)),
    );
    socket.on(
      'node:access-changed',
      parsed('node:access-changed', controlEvents['node:access-changed'], (change) => table.change(change)),
    );
  }

  let heardMs = performance.now();
  const hear = () => void (heardMs = performance.now());
  socket.io.on('ping', hear);
  socket.onAny(hear);
  socket.on('connect', () => {
    hear();
    log.info({}, 'linked to control');
    grants.linked(true);
    socket.emit('node:ready', { port: node.port, pid: process.pid });
    send(node.reports());
    socket.emit('node:figures', node.figures());
  });
  socket.on('disconnect', (reason) => {
    grants.linked(false, performance.now() - heardMs);
    log.warn({ reason }, 'control is away; public cameras go on, private ones for a while');
  });
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
  socket.on('node:try', (payload: unknown, ack: unknown) => {
    const order = controlQuestions['node:try'].payload.safeParse(payload);
    if (!order.success || typeof ack !== 'function') return;
    void node.tryOut(order.data).then((outcome) => void (ack as (answer: TrialOutcome) => void)(outcome));
  });
  linkGrants(grants);
  const deafen = node.onIngest(send);
  const figures = setInterval(() => {
    if (!socket.connected) return;
    socket.emit('node:figures', node.figures());
    const foreign = node.takeForeign();
    if (foreign.length > 0) socket.emit('node:foreign', foreign);
  }, figuresEveryMs);
  return () => {
    clearInterval(figures);
    deafen();
    socket.disconnect();
  };
}
