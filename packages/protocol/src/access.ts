import { z } from 'zod';
import { CameraId, DisplayName, Id, ScreenId, UnixMs, WallId } from './ids.ts';
import { PersonId, Role } from './people.ts';

/**
 * What one may do with a camera.
 * - `see`: it exists for one: name, place, health. Without it every other right is void.
 * - `live`, `replay`, `ptz`: watch it now, watch what was, move it
 * - `arrange`: put it on tiles
 * - `export`: take pictures out of the wall, a link for another player included
 */
export const Right = z.enum(['see', 'live', 'replay', 'ptz', 'arrange', 'export']);
export type Right = z.infer<typeof Right>;

export const CameraGroup = z.object({
  id: Id,
  name: DisplayName,
  cameras: z.array(CameraId),
  /** Hidden on the screens of the room while visitors are in it. */
  restricted: z.boolean(),
  revision: z.int(),
});
export type CameraGroup = z.infer<typeof CameraGroup>;
/** Cameras of one group. */
export const maxGroupCameras = 2_000;
const GroupCameras = z.array(CameraId).max(maxGroupCameras);
export const CameraGroupInput = z.strictObject({
  id: Id.optional(),
  name: DisplayName,
  cameras: GroupCameras.default([]),
  restricted: z.boolean().default(false),
});
export const CameraGroupPatch = z.strictObject({
  name: DisplayName.optional(),
  cameras: GroupCameras.optional(),
  restricted: z.boolean().optional(),
});

/** To whom a rule speaks. `people`: a group of people; `wall`: the paired screens of a wall, `*` for every wall. */
export const RuleParty = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('role'), id: Role }),
  z.strictObject({ kind: z.literal('person'), id: PersonId }),
  z.strictObject({ kind: z.literal('people'), id: Id }),
  z.strictObject({ kind: z.literal('screen'), id: ScreenId }),
  z.strictObject({ kind: z.literal('wall'), id: z.union([WallId, z.literal('*')]) }),
]);
export type RuleParty = z.infer<typeof RuleParty>;

export const AccessRuleInput = z.strictObject({
  effect: z.enum(['allow', 'deny']),
  party: RuleParty,
  rights: z.array(Right).min(1).max(6),
  /** A camera group, or null for every camera. */
  group: Id.nullable(),
});
export type AccessRuleInput = z.infer<typeof AccessRuleInput>;
export const AccessRule = AccessRuleInput.extend({ id: Id, createdAt: UnixMs, createdBy: z.string() });
export type AccessRule = z.infer<typeof AccessRule>;

/** What the one who asks may do somewhere: a page hides the buttons of what is not in it. */
export const MyRights = z.object({ rights: z.array(Right), locked: z.boolean() });

/** Code of a screen that waits to be paired, as people type it: without 0 O 1 I L U and vowels that make words. */
export const pairingAlphabet = '23456789BCDFGHJKMNPQRSTVWXYZ';
export const PairingCode = z
  .string()
  .trim()
  .transform((text) => text.toUpperCase().replaceAll(/[\s-]/g, ''))
  .pipe(
    z
      .string()
      .regex(new RegExp(`^[${pairingAlphabet}]{8}$`), 'the code on the screen has 8 letters and digits'),
  );

/** What an unpaired screen shows and then asks for again and again. */
export const Pairing = z.discriminatedUnion('state', [
  z.object({ state: z.literal('waiting'), code: z.string(), expiresAt: UnixMs }),
  z.object({ state: z.literal('paired'), wall: WallId, screen: ScreenId }),
]);
export type Pairing = z.infer<typeof Pairing>;

/** A supervisor's word on a code: the screen it becomes. */
export const PairingApproval = z.strictObject({
  code: PairingCode,
  screen: ScreenId,
  /** Name of the device, such as the monitor's place; the screen's own name when left out. */
  name: DisplayName.optional(),
});

export const ScreenDevice = z.object({
  id: Id,
  wall: WallId,
  screen: ScreenId,
  name: DisplayName,
  pairedAt: UnixMs,
  pairedBy: z.string(),
  lastSeenAt: UnixMs.nullable(),
});
export type ScreenDevice = z.infer<typeof ScreenDevice>;

/** A link for another player such as VLC: this camera, this long, and then it is dead. */
export const PlayerLink = z.object({
  id: Id,
  camera: CameraId,
  /** For the player: its whole address. Holds the secret, so it is shown once. */
  url: z.string(),
  expiresAt: UnixMs,
});
export type PlayerLink = z.infer<typeof PlayerLink>;
export const maxPlayerLinkMs = 15 * 60 * 1000;

/** Somebody who watches a camera now. */
export const CameraViewer = z.object({
  kind: z.enum(['person', 'screen', 'player']),
  name: z.string(),
  since: UnixMs,
  /** They hear it too. */
  listens: z.literal(true).optional(),
});
export type CameraViewer = z.infer<typeof CameraViewer>;
export const CameraViewers = z.object({ camera: CameraId, viewers: z.array(CameraViewer) });
export type CameraViewers = z.infer<typeof CameraViewers>;

/** Cookies by which a media node knows a viewer: a person's session and a paired screen. Behind TLS with `__Host-` in front. */
export const viewerCookies = ['clerestory', 'clerestory-screen'] as const;
