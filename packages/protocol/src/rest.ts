import { z } from 'zod';
import { NumberCursor, wholeNumber } from './query.ts';
import { accessRoutes } from './access-routes.ts';
import { auditRoutes } from './audit.ts';
import { Camera, CameraInput, CameraPatch, CameraWithHealth } from './camera.ts';
import { feedRoutes } from './feeds.ts';
import { footageRoutes } from './footage-routes.ts';
import { grantsRoutes } from './grants-routes.ts';
import { CameraHealth, HealthTransition } from './health.ts';
import { CameraId, DisplayName, ScreenId, TileIndex, WallId } from './ids.ts';
import { importRoutes } from './imports.ts';
import { Masks } from './masks.ts';
import { onvifRoutes } from './onvif.ts';
import { noticeRoutes } from './notice-routes.ts';
import { ownerDeskRoutes } from './owner-desk.ts';
import { ownerRoutes } from './owner-routes.ts';
import { peopleRoutes } from './people-routes.ts';
import { ScreenStatus } from './screen-report.ts';
import { trialRoutes } from './trial.ts';
import { Assignment, TileRef, Why } from './assignment.ts';
import { LayoutId } from './layout-id.ts';
import { fleetRoutes } from './fleet.ts';
import { workstationRoutes } from './workstation.ts';
import { ClientCommand, Commit, CommandResult, Screen, WallState } from './wall.ts';

export const apiBase = '/api/v1';

/** One row per REST route: the server mounts from it, and the OpenAPI document is made from it. */
export interface RestRoute {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** Below `/api/v1`, parameters in braces. */
  path: string;
  summary: string;
  tag:
    | 'cameras'
    | 'health'
    | 'walls'
    | 'screens'
    | 'tiles'
    | 'layouts'
    | 'session'
    | 'me'
    | 'people'
    | 'access'
    | 'record'
    | 'incidents'
    | 'consent'
    | 'grants'
    | 'footage'
    | 'owner'
    | 'owners';
  params?: z.ZodObject;
  query?: z.ZodObject;
  body?: z.ZodType;
  /** 303 sends a browser on to the answer's `location`. */
  status: 200 | 201 | 204 | 303;
  answer?: z.ZodType;
  /** Takes `Idempotency-Key`: repeating the request with the same key changes nothing more. */
  idempotent?: boolean;
  /** Largest body, bytes, where the usual bound is too small. */
  maxBodyBytes?: number;
  /** Takes `If-Match`: the revision or wall sequence that the caller was looking at, in double quotes. */
  ifMatch?: boolean;
}

const page = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), next: z.string().nullable() });
const Paging = {
  /** `next` of the page before. */
  cursor: NumberCursor.optional(),
  limit: wholeNumber(1, 500).default(100),
};
const OnCamera = z.object({ camera: CameraId });
const OnWall = z.object({ wall: WallId });
const OnScreen = z.object({ wall: WallId, screen: ScreenId });
const OnTile = z.object({
  wall: WallId,
  screen: ScreenId,
  tile: z
    .string()
    .regex(/^\d{1,2}$/)
    .transform(Number)
    .pipe(TileIndex),
});

export const LayoutView = z.object({
  id: LayoutId,
  name: z.string(),
  portrait: z.boolean(),
  tiles: z.int(),
  columns: z.int(),
  rows: z.int(),
  cells: z.array(z.object({ column: z.int(), row: z.int(), columnSpan: z.int(), rowSpan: z.int() })),
});
export const WallSummary = z.object({ id: WallId, name: z.string(), sequence: z.int(), screens: z.int() });
export const ScreenWithStatus = Screen.extend({ status: ScreenStatus });
export const TileView = z.object({ tile: TileIndex, assignment: Assignment.nullable() });

const route = <const R extends RestRoute>(row: R): R => row;

export const routes = {
  ...peopleRoutes,
  ...accessRoutes,
  ...auditRoutes,
  ...grantsRoutes,
  ...footageRoutes,
  ...feedRoutes,
  ...onvifRoutes,
  ...trialRoutes,
  ...importRoutes,
  ...ownerRoutes,
  ...workstationRoutes,
  ...fleetRoutes,
  ...noticeRoutes,
  ...ownerDeskRoutes,
  listCameras: route({
    method: 'get',
    path: '/cameras',
    tag: 'cameras',
    status: 200,
    summary: 'Cameras in the order of their numbers, with their health',
    query: z.strictObject({ ...Paging, q: z.string().max(100).optional() }),
    answer: page(CameraWithHealth),
  }),
  createCamera: route({
    method: 'post',
    path: '/cameras',
    tag: 'cameras',
    status: 201,
    idempotent: true,
    summary: 'Register a camera',
    body: CameraInput,
    answer: Camera,
  }),
  getCamera: route({
    method: 'get',
    path: '/cameras/{camera}',
    tag: 'cameras',
    status: 200,
    summary: 'One camera, with its health',
    params: OnCamera,
    answer: CameraWithHealth,
  }),
  updateCamera: route({
    method: 'patch',
    path: '/cameras/{camera}',
    tag: 'cameras',
    status: 200,
    idempotent: true,
    ifMatch: true,
    summary: 'Change a camera; what is left out stays',
    params: OnCamera,
    body: CameraPatch,
    answer: Camera,
  }),
  setMasks: route({
    method: 'put',
    path: '/cameras/{camera}/masks',
    tag: 'cameras',
    status: 200,
    idempotent: true,
    ifMatch: true,
    summary: 'Areas of a camera that nobody is to see, all of them; who watches may only add to them',
    params: OnCamera,
    body: z.strictObject({ masks: Masks }),
    answer: Camera,
  }),
  setSound: route({
    method: 'put',
    path: '/cameras/{camera}/sound',
    tag: 'cameras',
    status: 200,
    idempotent: true,
    ifMatch: true,
    summary:
      'Whether operators may listen to a camera; it is off until somebody allows it, and never for a private one',
    params: OnCamera,
    body: z.strictObject({ allowed: z.boolean() }),
    answer: Camera,
  }),
  deleteCamera: route({
    method: 'delete',
    path: '/cameras/{camera}',
    tag: 'cameras',
    status: 204,
    summary: 'Remove a camera from the registry and from every tile',
    params: OnCamera,
  }),
  listTransitions: route({
    method: 'get',
    path: '/cameras/{camera}/transitions',
    tag: 'health',
    status: 200,
    summary: 'What became of a camera, newest first',
    params: OnCamera,
    query: z.strictObject(Paging),
    answer: page(HealthTransition),
  }),
  listHealth: route({
    method: 'get',
    path: '/health',
    tag: 'health',
    status: 200,
    summary: 'Health of all cameras',
    answer: z.object({ items: z.array(CameraHealth) }),
  }),
  listLayouts: route({
    method: 'get',
    path: '/layouts',
    tag: 'layouts',
    status: 200,
    summary: 'The named grids',
    answer: z.object({ items: z.array(LayoutView) }),
  }),
  listWalls: route({
    method: 'get',
    path: '/walls',
    tag: 'walls',
    status: 200,
    summary: 'All walls',
    answer: z.object({ items: z.array(WallSummary) }),
  }),
  createWall: route({
    method: 'post',
    path: '/walls',
    tag: 'walls',
    status: 201,
    idempotent: true,
    summary: 'Create a wall',
    body: z.strictObject({ id: WallId.optional(), name: DisplayName }),
    answer: WallState,
  }),
  getWall: route({
    method: 'get',
    path: '/walls/{wall}',
    tag: 'walls',
    status: 200,
    summary: 'A wall: its screens, their layouts and tiles',
    params: OnWall,
    answer: WallState,
  }),
  renameWall: route({
    method: 'patch',
    path: '/walls/{wall}',
    tag: 'walls',
    status: 200,
    idempotent: true,
    ifMatch: true,
    summary: 'Rename a wall',
    params: OnWall,
    body: z.strictObject({ name: DisplayName }),
    answer: CommandResult,
  }),
  listCommits: route({
    method: 'get',
    path: '/walls/{wall}/commits',
    tag: 'walls',
    status: 200,
    summary: 'What was changed on a wall, by whom, oldest first, after a sequence',
    params: OnWall,
    query: z.strictObject({
      since: wholeNumber(0, 999_999_999_999_999).default(0),
      limit: wholeNumber(1, 500).default(100),
    }),
    answer: z.object({ items: z.array(Commit), next: z.string().nullable() }),
  }),
  listScreens: route({
    method: 'get',
    path: '/walls/{wall}/screens',
    tag: 'screens',
    status: 200,
    summary: 'Screens of a wall, with what each reports of itself',
    params: OnWall,
    answer: z.object({ items: z.array(ScreenWithStatus) }),
  }),
  createScreen: route({
    method: 'post',
    path: '/walls/{wall}/screens',
    tag: 'screens',
    status: 201,
    idempotent: true,
    ifMatch: true,
    summary: 'Add a screen',
    params: OnWall,
    body: z.strictObject({ id: ScreenId, name: DisplayName, layout: LayoutId.default('4') }),
    answer: CommandResult,
  }),
  getScreen: route({
    method: 'get',
    path: '/walls/{wall}/screens/{screen}',
    tag: 'screens',
    status: 200,
    summary: 'One screen',
    params: OnScreen,
    answer: ScreenWithStatus,
  }),
  renameScreen: route({
    method: 'patch',
    path: '/walls/{wall}/screens/{screen}',
    tag: 'screens',
    status: 200,
    idempotent: true,
    ifMatch: true,
    summary: 'Rename a screen',
    params: OnScreen,
    body: z.strictObject({ name: DisplayName }),
    answer: CommandResult,
  }),
  deleteScreen: route({
    method: 'delete',
    path: '/walls/{wall}/screens/{screen}',
    tag: 'screens',
    status: 200,
    idempotent: true,
    ifMatch: true,
    summary: 'Remove a screen',
    params: OnScreen,
    answer: CommandResult,
  }),
  setLayout: route({
    method: 'put',
    path: '/walls/{wall}/screens/{screen}/layout',
    tag: 'layouts',
    status: 200,
    idempotent: true,
    ifMatch: true,
    summary: 'Choose a layout; tiles that no longer fit are parked, not lost',
    params: OnScreen,
    body: z.strictObject({ layout: LayoutId }),
    answer: CommandResult,
  }),
  clearScreen: route({
    method: 'post',
    path: '/walls/{wall}/screens/{screen}/clear',
    tag: 'screens',
    status: 200,
    idempotent: true,
    ifMatch: true,
    summary: 'Take every camera off a screen',
    params: OnScreen,
    answer: CommandResult,
  }),
  getTile: route({
    method: 'get',
    path: '/walls/{wall}/screens/{screen}/tiles/{tile}',
    tag: 'tiles',
    status: 200,
    summary: 'What a tile shows (tiles count from 0)',
    params: OnTile,
    answer: TileView,
  }),
  assignTile: route({
    method: 'put',
    path: '/walls/{wall}/screens/{screen}/tiles/{tile}',
    tag: 'tiles',
    status: 200,
    idempotent: true,
    ifMatch: true,
    summary: 'Put a camera on a tile',
    params: OnTile,
    body: z.strictObject({ camera: CameraId, why: Why.optional() }),
    answer: CommandResult,
  }),
  clearTile: route({
    method: 'delete',
    path: '/walls/{wall}/screens/{screen}/tiles/{tile}',
    tag: 'tiles',
    status: 200,
    idempotent: true,
    ifMatch: true,
    summary: 'Take the camera off a tile',
    params: OnTile,
    answer: CommandResult,
  }),
  swapTiles: route({
    method: 'post',
    path: '/walls/{wall}/swap',
    tag: 'tiles',
    status: 200,
    idempotent: true,
    ifMatch: true,
    summary: 'Swap two tiles, on one screen or two',
    params: OnWall,
    body: z.strictObject({ a: TileRef, b: TileRef }),
    answer: CommandResult,
  }),
  commandWall: route({
    method: 'post',
    path: '/walls/{wall}/commands',
    tag: 'walls',
    status: 200,
    idempotent: true,
    ifMatch: true,
    summary: 'Whatever the console can do with a wall: scenes, tours, control, visitor mode and all else',
    params: OnWall,
    body: ClientCommand,
    answer: CommandResult,
  }),
} as const;

export type RouteName = keyof typeof routes;
type Parsed<S> = S extends z.ZodType ? z.infer<S> : undefined;
type Field<N extends RouteName, K extends string> =
  (typeof routes)[N] extends Record<K, infer S> ? Parsed<S> : undefined;
/** What a handler of a route is given, parsed. */
export interface RouteInput<N extends RouteName> {
  params: Field<N, 'params'>;
  query: Field<N, 'query'>;
  body: Field<N, 'body'>;
}
/** What a handler of a route gives back. */
export type RouteAnswer<N extends RouteName> = (typeof routes)[N] extends { answer: infer S }
  ? Parsed<S>
  : void;
