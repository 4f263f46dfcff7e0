import { z } from 'zod';
import { CameraViewers } from './access.ts';
import { Camera } from './camera.ts';
import { answerOf, type Answer } from './errors.ts';
import { CameraHealth } from './health.ts';
import { CameraId, ScreenId, UnixMs, WallId } from './ids.ts';
import { Grant } from './grants.ts';
import { Incident } from './incidents.ts';
import { ptzClientEvents, PtzHolder, ptzServerEvents } from './ptz.ts';
import { ScreenReport, ScreenStatus } from './screen-report.ts';
import { OrderDone, OrderForScreen, OrderRequest, OrderStatus, Screenshot } from './screen-orders.ts';
import { Commit, CommandEnvelope, CommandResult, WallState } from './wall.ts';

/** Where the media node's doors are. The browser joins `push` and `live` to it. */
export const MediaAddress = z.object({
  /** Port on the same host as the page, or null where `url` is given. */
  port: z.int().nullable(),
  /** Behind a proxy: a base URL, or a path such as `/media` on the page's own origin. */
  url: z.string().nullable(),
});
export type MediaAddress = z.infer<typeof MediaAddress>;

/** Handshake `auth` of the default namespace: what this window is. */
export const ClientHello = z.discriminatedUnion('surface', [
  z.object({ surface: z.literal('console') }),
  z.object({ surface: z.literal('screen'), screen: ScreenId }),
  /** A window of somebody's own wall: it shows its screen and is worked from. */
  z.object({ surface: z.literal('workstation'), screen: ScreenId }),
]);
export type ClientHello = z.infer<typeof ClientHello>;

/** The screen that a window shows; null for one that shows the whole wall. */
export const screenOf = (hello: ClientHello): ScreenId | null =>
  hello.surface === 'console' ? null : hello.screen;

/** Everything a window needs to start, or to start again after a gap. */
export const Snapshot = z.object({
  wall: WallState,
  cameras: z.array(Camera),
  health: z.array(CameraHealth),
  screens: z.array(ScreenStatus),
  /** Cameras that somebody moves. */
  ptz: z.array(PtzHolder).optional(),
  /** Who watches which camera; cameras that nobody watches are left out. */
  viewers: z.array(CameraViewers).optional(),
  /** Grants that are live or wait for an answer. */
  grants: z.array(Grant).optional(),
  /** Open ones; screens get none. */
  incidents: z.array(Incident).optional(),
  /** Cameras that are hidden while visitors are in the room. */
  restricted: z.array(CameraId).optional(),
  /** What became of the last orders to screens of this wall, oldest first; screens get none. */
  orders: z.array(OrderStatus).optional(),
  media: MediaAddress.nullable(),
  /** All walls, so that a console can choose. */
  walls: z.array(z.object({ id: WallId, name: z.string() })),
  /** The server's clock when it made this. */
  serverMs: UnixMs,
  /** Version and start of the server program: a page built for another version reloads itself. */
  server: z.object({ version: z.string(), build: z.string(), startedAt: UnixMs }),
});
export type Snapshot = z.infer<typeof Snapshot>;

/** `wall:join`: by wall, or by screen (the server finds the wall); without either, the first wall. */
export const JoinRequest = z.strictObject({ wall: WallId.optional(), screen: ScreenId.optional() });
export type JoinRequest = z.infer<typeof JoinRequest>;

/** `wall:resync`: all commits after `since`, or a snapshot when they are no longer kept. */
export const ResyncRequest = z.strictObject({ wall: WallId, since: z.int().min(0) });
export type ResyncRequest = z.infer<typeof ResyncRequest>;
export const ResyncResult = z.union([
  z.object({ commits: z.array(Commit) }),
  z.object({ snapshot: Snapshot }),
]);
export type ResyncResult = z.infer<typeof ResyncResult>;

/** client → server: schema of the payload and of the answer (every event is acknowledged). */
export const clientEvents = {
  'wall:join': { payload: JoinRequest, answer: answerOf(Snapshot) },
  'wall:resync': { payload: ResyncRequest, answer: answerOf(ResyncResult) },
  'wall:command': { payload: CommandEnvelope, answer: answerOf(CommandResult) },
  /** The last commits of the wall, newest first. */
  'wall:recent': {
    payload: z.strictObject({ wall: WallId, limit: z.int().min(1).max(100) }),
    answer: answerOf(z.object({ commits: z.array(Commit) })),
  },
  /** Tells screens to do something once; answered with what became of each so far. */
  'screen:order': { payload: OrderRequest, answer: answerOf(z.object({ orders: z.array(OrderStatus) })) },
  'screen:done': { payload: OrderDone, answer: answerOf(z.object({})) },
  /** The last screenshot of a screen, for whoever may watch every camera in it. */
  'screen:screenshot': {
    payload: z.strictObject({ wall: WallId, screen: ScreenId }),
    answer: answerOf(Screenshot.nullable()),
  },
  'screen:report': { payload: ScreenReport, answer: answerOf(z.object({})) },
  ...ptzClientEvents,
} as const;

/** server → client: schema of the payload. */
export const serverEvents = {
  'wall:committed': Commit,
  'camera:changed': Camera,
  'camera:removed': z.object({ camera: CameraId }),
  'health:changed': z.array(CameraHealth),
  'screen:status': ScreenStatus,
  'media:address': MediaAddress.nullable(),
  /** To the windows of that screen. */
  'screen:order': OrderForScreen,
  'screen:order-status': OrderStatus,
  'cameras:restricted': z.object({ cameras: z.array(CameraId) }),
  /** Who watches a camera now, to those for whom it exists. Everybody who watches nothing any more is left out. */
  'camera:viewers': CameraViewers,
  'grant:changed': Grant,
  'incident:changed': Incident,
  ...ptzServerEvents,
} as const;

export type ClientEventName = keyof typeof clientEvents;
export type ServerEventName = keyof typeof serverEvents;
export type ClientPayload<N extends ClientEventName> = z.infer<(typeof clientEvents)[N]['payload']>;
export type ClientValue<N extends ClientEventName> =
  Extract<z.infer<(typeof clientEvents)[N]['answer']>, { ok: true }> extends { value: infer V } ? V : never;
export type ServerPayload<N extends ServerEventName> = z.infer<(typeof serverEvents)[N]>;

/** Event maps for Socket.IO's own typing. */
export type ClientToServer = {
  [N in ClientEventName]: (payload: ClientPayload<N>, ack: (answer: Answer<ClientValue<N>>) => void) => void;
};
export type ServerToClient = { [N in ServerEventName]: (payload: ServerPayload<N>) => void };

/** A client waits this long for an acknowledgement before it says so and offers to try again. */
export const ackTimeoutMs = 5_000;
/** Largest message the sockets take from a client, bytes. */
export const maxClientMessageBytes = 64 * 1024;
