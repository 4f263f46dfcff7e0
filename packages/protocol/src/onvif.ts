import { z } from 'zod';
import { Camera, CameraInput } from './camera.ts';
import { Id, UnixMs } from './ids.ts';
import type { RestRoute } from './rest.ts';

/** A search is over after this long at most, ms. */
export const maxDiscoverMs = 10_000;

export const DiscoverRequest = z.strictObject({
  /** Names of network interfaces such as `eth0`; every one that leads to where cameras may be, when left out. */
  interfaces: z.array(z.string().min(1).max(32)).min(1).max(16).optional(),
  waitMs: z.int().min(500).max(maxDiscoverMs).default(3_000),
});
export type DiscoverRequest = z.infer<typeof DiscoverRequest>;

/** A device that answered. It is not registered yet, so its address is told: `POST /onvif/probe` takes it. */
export const FoundDevice = z.object({
  address: z.string(),
  name: z.string(),
  hardware: z.string(),
  location: z.string(),
  /** What to know of it, in words. */
  notes: z.array(z.string()),
});
export type FoundDevice = z.infer<typeof FoundDevice>;

export const DiscoverAnswer = z.object({
  devices: z.array(FoundDevice),
  interfaces: z.array(
    z.object({
      name: z.string(),
      address: z.string(),
      searched: z.boolean(),
      /** Why it was not searched, or could not be; '' otherwise. */
      reason: z.string(),
    }),
  ),
});
export type DiscoverAnswer = z.infer<typeof DiscoverAnswer>;

const loginText = z
  .string()
  .max(128)
  .regex(/^[^\p{Cc}]*$/u, 'no control characters');

export const ProbeRequest = z.strictObject({
  /** `host`, `host:port` or the address of the device service. */
  address: z.string().trim().min(1, 'give the address of the camera').max(1024),
  username: loginText.default(''),
  password: loginText.default(''),
});
export type ProbeRequest = z.infer<typeof ProbeRequest>;

/** A stream that the device offers. Its address stays in the server. */
export const DeviceProfile = z.object({
  token: z.string(),
  name: z.string(),
  /** `H264`, `H265`, `JPEG`, `MPEG4`, as the device says. */
  codec: z.string(),
  width: z.int().nullable(),
  height: z.int().nullable(),
  fps: z.number().nullable(),
  bitrateKbps: z.number().nullable(),
  /** Why it cannot be taken; '' when it can. */
  reason: z.string(),
});
export type DeviceProfile = z.infer<typeof DeviceProfile>;

/** What a camera can be told to do. */
export const PtzAbilities = z.object({
  move: z.boolean(),
  zoom: z.boolean(),
  presets: z.boolean(),
  home: z.boolean(),
});
export type PtzAbilities = z.infer<typeof PtzAbilities>;

export const ProbeAnswer = z.object({
  /** For `POST /onvif/cameras`, until `expiresAt`. */
  probe: Id,
  expiresAt: UnixMs,
  device: z.object({ manufacturer: z.string(), model: z.string(), firmware: z.string(), serial: z.string() }),
  profiles: z.array(DeviceProfile),
  /** Tokens of the profiles that fit best; null: the device offers none that can be taken. */
  main: z.string().nullable(),
  sub: z.string().nullable(),
  hasSnapshot: z.boolean(),
  /** Null: it cannot be moved. */
  ptz: PtzAbilities.nullable(),
  events: z.boolean(),
  /** What to know before it is registered, in words. */
  notes: z.array(z.string()),
});
export type ProbeAnswer = z.infer<typeof ProbeAnswer>;

const profileToken = z.string().min(1).max(128);
/** A camera as `POST /cameras` takes it; its source comes from the probe. */
export const OnvifCameraInput = CameraInput.omit({ source: true }).extend({
  probe: Id,
  main: profileToken.optional(),
  /** Null: no sub stream. */
  sub: profileToken.nullable().optional(),
});
export type OnvifCameraInput = z.infer<typeof OnvifCameraInput>;

const route = <const R extends RestRoute>(row: R): R => row;

/** Finding ONVIF cameras and registering them. */
export const onvifRoutes = {
  discoverDevices: route({
    method: 'post',
    path: '/onvif/discover',
    tag: 'cameras',
    status: 200,
    summary: 'Search the chosen networks for ONVIF cameras (WS-Discovery)',
    body: DiscoverRequest,
    answer: DiscoverAnswer,
  }),
  probeDevice: route({
    method: 'post',
    path: '/onvif/probe',
    tag: 'cameras',
    status: 200,
    summary: 'Ask an ONVIF camera what it is and which streams it offers',
    body: ProbeRequest,
    answer: ProbeAnswer,
  }),
  createOnvifCamera: route({
    method: 'post',
    path: '/onvif/cameras',
    tag: 'cameras',
    status: 201,
    idempotent: true,
    summary: 'Register the camera that was probed',
    body: OnvifCameraInput,
    answer: Camera,
  }),
} as const;
