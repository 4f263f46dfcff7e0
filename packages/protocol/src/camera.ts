import { z } from 'zod';
import { CameraId, DisplayName, textLine, UnixMs } from './ids.ts';
import { CameraHealth } from './health.ts';

/** A user name or password: any character but control characters, spaces and `@ : / # %` included. */
const Secret = z
  .string()
  .max(128)
  .regex(/^[^\p{Cc}]*$/u, 'no control characters');

/** The address of one RTSP stream, without login: `rtsp://host[:port]/path`. */
export const RtspUrl = z
  .string()
  .max(1024)
  .superRefine((value, context) => {
    const fail = (message: string) => context.addIssue({ code: 'custom', message });
    const match = /^rtsp:\/\/([^/?#\s]+)([/?][^\s#]*)?$/i.exec(value);
    if (!match) return fail('give an address such as rtsp://10.0.0.5:554/stream1 (no spaces)');
    const authority = match[1] ?? '';
    if (authority.includes('@'))
      return fail('put the user name and password into their own fields, not into the address');
    const host = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(\d{1,5}))?$/i.exec(authority);
    if (!host) return fail(`"${authority}" is not a host name or address with an optional port`);
    const port = host[2] === undefined ? 554 : Number(host[2]);
    if (port < 1 || port > 65535) return fail(`port ${port} is out of range (1 to 65535)`);
  });

/** RTSP over TCP (interleaved) or UDP; `auto` tries TCP first, then UDP. */
export const RtspTransport = z.enum(['auto', 'tcp', 'udp']);
export type RtspTransport = z.infer<typeof RtspTransport>;

/** ffmpeg keeps a percent-encoded `user:password` in 128 bytes and would cut a longer one without a word. */
const maxLoginBytes = 126;

const RtspSource = z
  .strictObject({
    kind: z.literal('rtsp'),
    main: RtspUrl,
    sub: RtspUrl.optional(),
    transport: RtspTransport.default('auto'),
    username: Secret.optional(),
    password: Secret.optional(),
  })
  .superRefine(({ username = '', password = '' }, context) => {
    if (encodeURIComponent(username).length + encodeURIComponent(password).length > maxLoginBytes)
      context.addIssue({
        code: 'custom',
        path: ['password'],
        message: 'user name and password are too long together; shorten one of them on the camera',
      });
  });
/** A looped scene of the demo city, drawn and encoded by ourselves. The file is found by the scene's name. */
const DemoSource = z.strictObject({ kind: z.literal('demo'), scene: z.string().regex(/^[a-z0-9-]{1,64}$/) });

/** Where a camera's pictures come from, secrets included: travels only into the server and to media nodes. */
export const CameraSource = z.discriminatedUnion('kind', [RtspSource, DemoSource]);
export type CameraSource = z.infer<typeof CameraSource>;

/** What an answer says of a source: no address, no login. */
export const CameraSourceView = z.object({
  kind: z.enum(['rtsp', 'demo']),
  hasSub: z.boolean(),
  hasLogin: z.boolean(),
  transport: RtspTransport.optional(),
});
export type CameraSourceView = z.infer<typeof CameraSourceView>;

/** `on-demand`: runs while watched and a while after; `always`: runs all the time. */
export const Keep = z.enum(['on-demand', 'always']);
export type Keep = z.infer<typeof Keep>;

const degrees = (most: number) =>
  z
    .number('degrees as a number, such as 52.52')
    .min(-most, `from −${most} to ${most} degrees`)
    .max(most, `from −${most} to ${most} degrees`);

/** As `PATCH` takes them; `POST` adds the defaults. */
const fields = {
  name: DisplayName,
  /** Where it is, for a person: street and corner. */
  place: textLine(120),
  neighbourhood: textLine(60),
  /** WGS 84 degrees. */
  latitude: degrees(90).nullable(),
  longitude: degrees(180).nullable(),
  keep: Keep,
  tags: z.array(textLine(40).refine((tag) => tag !== '', 'a tag is needed')).max(20, 'at most 20 tags'),
  /** What an operator types to call the camera up. */
  number: z
    .int('a whole number from 1 to 99999')
    .min(1, 'a whole number from 1 to 99999')
    .max(99_999, 'a whole number from 1 to 99999'),
  source: CameraSource,
};

/** Body of `POST /cameras`. Without a number the next free one is taken. */
export const CameraInput = z.strictObject({
  ...fields,
  place: fields.place.default(''),
  neighbourhood: fields.neighbourhood.default(''),
  latitude: fields.latitude.default(null),
  longitude: fields.longitude.default(null),
  keep: fields.keep.default('on-demand'),
  tags: fields.tags.default([]),
  number: fields.number.optional(),
  id: CameraId.optional(),
});
export type CameraInput = z.infer<typeof CameraInput>;

/** Body of `PATCH /cameras/{id}`: what is left out stays as it is; `source` is replaced whole. */
export const CameraPatch = z.strictObject(fields).partial();
export type CameraPatch = z.infer<typeof CameraPatch>;

/** A camera as every answer and push shows it. */
export const Camera = z.object({
  id: CameraId,
  number: z.int(),
  name: z.string(),
  place: z.string(),
  neighbourhood: z.string(),
  latitude: z.number().nullable(),
  longitude: z.number().nullable(),
  keep: Keep,
  tags: z.array(z.string()),
  source: CameraSourceView,
  /** It can be turned or zoomed from here. */
  movable: z.boolean().optional(),
  /** Goes up by one with each change. */
  revision: z.int(),
  createdAt: UnixMs,
  updatedAt: UnixMs,
});
export type Camera = z.infer<typeof Camera>;

export const CameraWithHealth = Camera.extend({ health: CameraHealth });
export type CameraWithHealth = z.infer<typeof CameraWithHealth>;
