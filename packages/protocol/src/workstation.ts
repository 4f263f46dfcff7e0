import { z } from 'zod';
import { CameraGroup } from './access.ts';
import { HealthState } from './health.ts';
import {
  CameraId,
  DisplayName,
  Id,
  ScreenId,
  StreamName,
  textLine,
  TileIndex,
  UnixMs,
  WallId,
} from './ids.ts';
import { RecordHash } from './record.ts';
import type { RestRoute } from './rest.ts';

/** Windows that one workstation has at most; each is a screen of its own wall. */
export const maxWorkstationWindows = 4;

/** The personal wall of somebody at one workstation: `screens` in the order of its windows. */
export const Workstation = z.object({ wall: WallId, screens: z.array(ScreenId) });
export type Workstation = z.infer<typeof Workstation>;

/** By what the camera tree is grouped. */
export const TreeGrouping = z.enum(['neighbourhood', 'site', 'group', 'tag']);
export type TreeGrouping = z.infer<typeof TreeGrouping>;

/** A search that somebody keeps under a name. */
export const SavedFilter = z.strictObject({
  name: DisplayName,
  query: textLine(100),
  state: z.union([HealthState, z.literal('all')]),
  by: TreeGrouping,
  favourites: z.boolean(),
});
export type SavedFilter = z.infer<typeof SavedFilter>;

/** What a person's console remembers wherever they sign in. */
export const ConsoleSettings = z.strictObject({
  by: TreeGrouping.default('neighbourhood'),
  favourites: z.array(CameraId).max(500, 'at most 500 favourites: take some out first').default([]),
  filters: z.array(SavedFilter).max(30, 'at most 30 saved filters: remove some first').default([]),
});
export type ConsoleSettings = z.infer<typeof ConsoleSettings>;

/** A picture that somebody takes out of the wall. Its bytes stay with who takes it; its hash goes into the record. */
export const SnapshotNote = z.strictObject({
  /** When the picture was captured. */
  at: UnixMs,
  /** Whether it was live, or of the last minute. */
  seen: z.enum(['live', 'replay']),
  stream: StreamName,
  width: z.int().min(1).max(16_384),
  height: z.int().min(1).max(16_384),
  bytes: z
    .int()
    .min(1)
    .max(256 * 1024 * 1024),
  /** Of the whole file, its caption included. */
  sha256: RecordHash,
});
export type SnapshotNote = z.infer<typeof SnapshotNote>;

/** A moment somebody wants to find again. */
export const MarkInput = z.strictObject({ at: UnixMs, note: textLine(200) });
export type MarkInput = z.infer<typeof MarkInput>;
export const Mark = MarkInput.extend({ id: Id, camera: CameraId, by: z.string(), madeAt: UnixMs });
export type Mark = z.infer<typeof Mark>;

/** A command that reached beyond the window it was given in. */
export const CommandRun = z.strictObject({
  /** Its id in the console's registry, such as `tile.swap`. */
  command: z.string().regex(/^[a-z][a-z-]{0,30}\.[a-z][a-z-]{0,40}$/, 'a command is named as in tile.swap'),
  /** How it was given. */
  by: z.enum(['key', 'palette', 'menu']),
  wall: WallId.optional(),
  screen: ScreenId.optional(),
  tile: TileIndex.optional(),
  camera: CameraId.optional(),
});
export type CommandRun = z.infer<typeof CommandRun>;

const route = <const R extends RestRoute>(row: R): R => row;
const OnCamera = z.object({ camera: CameraId });

/** What an operator has for themselves, and what they note down. */
export const workstationRoutes = {
  openWorkstation: route({
    method: 'post',
    path: '/me/workstation',
    tag: 'me',
    status: 200,
    summary: 'The wall of your own at this workstation; made when it is first asked for',
    body: z.strictObject({ workstation: Id }),
    answer: Workstation,
  }),
  getMyConsole: route({
    method: 'get',
    path: '/me/console',
    tag: 'me',
    status: 200,
    summary: 'Your favourites and saved filters',
    answer: ConsoleSettings,
  }),
  setMyConsole: route({
    method: 'put',
    path: '/me/console',
    tag: 'me',
    status: 200,
    summary: 'Keep your favourites and saved filters',
    body: ConsoleSettings,
    answer: ConsoleSettings,
  }),
  listMyCameraGroups: route({
    method: 'get',
    path: '/me/camera-groups',
    tag: 'me',
    status: 200,
    summary: 'Camera groups with those of their cameras that exist for you',
    answer: z.object({ items: z.array(CameraGroup.omit({ revision: true, restricted: true })) }),
  }),
  noteCommands: route({
    method: 'post',
    path: '/me/commands',
    tag: 'me',
    status: 204,
    summary: 'Tell the record which commands you gave',
    body: z.strictObject({ ran: z.array(CommandRun).min(1).max(50) }),
  }),
  noteSnapshot: route({
    method: 'post',
    path: '/cameras/{camera}/snapshots',
    tag: 'cameras',
    status: 201,
    idempotent: true,
    summary: 'Tell the record of a picture that you take out of the wall, before you keep it',
    params: OnCamera,
    body: SnapshotNote,
    answer: z.object({ id: Id, at: UnixMs }),
  }),
  markMoment: route({
    method: 'post',
    path: '/cameras/{camera}/marks',
    tag: 'cameras',
    status: 201,
    idempotent: true,
    summary: 'Mark a moment of a camera, with a note',
    params: OnCamera,
    body: MarkInput,
    answer: Mark,
  }),
  listMarks: route({
    method: 'get',
    path: '/cameras/{camera}/marks',
    tag: 'cameras',
    status: 200,
    summary: 'Marked moments of a camera, newest first',
    params: OnCamera,
    answer: z.object({ items: z.array(Mark) }),
  }),
} as const;
