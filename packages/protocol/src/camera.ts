import { z } from 'zod';
import { ConsentState, OwnerId, PlaceKind, Purpose, Tier, Visibility } from './consent.ts';
import { CameraId, DisplayName, textLine, UnixMs } from './ids.ts';
import { CameraHealth } from './health.ts';
import { Masks } from './masks.ts';

/** A password: any character but control characters, spaces and `@ : / # %` included. */
const Secret = z
  .string()
  .max(128)
  .regex(/^[^\p{Cc}]*$/u, 'no control characters');

/** No login of RTSP or HTTP carries these: a colon ends the name (RFC 7617, section 2), ffmpeg quotes no quotation mark. */
const UserName = Secret.regex(/^[^:"]*$/, 'a camera’s user name cannot hold a colon or a quotation mark');

/** The form of an address without login; where it leads is judged by the server. Port null: it has to be given. */
const addressOf = (schemes: readonly string[], example: string, usualPort: number | null) =>
  z
    .string()
    .max(2048)
    .superRefine((value, context) => {
      const fail = (message: string) => context.addIssue({ code: 'custom', message });
      const match = /^([a-z]+):\/\/([^/?#\s]+)([/?][^\s#]*)?$/i.exec(value);
      const login = 'put the user name and password into their own fields, not into the address';
      // Before anything else, since a password may hold what an address may not; and it is never repeated.
      if (/^[a-z]+:\/\/[^/]*@/i.test(value)) return fail(login);
      if (!match || !schemes.includes((match[1] ?? '').toLowerCase()))
        return fail(`give an address such as ${example}, without spaces and without #`);
      const authority = match[2] ?? '';
      const host = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(\d{1,5}))?$/i.exec(authority);
      if (!host && value.includes('@')) return fail(login);
      if (!host) return fail(`"${authority}" is not a host name or address with an optional port`);
      if (host[2] === undefined && usualPort === null) return fail(`give the port too, such as ${example}`);
      const port = Number(host[2] ?? usualPort);
      if (port < 1 || port > 65535) return fail(`port ${port} is out of range (1 to 65535)`);
    });

/** The address of one RTSP stream, without login: `rtsp://host[:port]/path`. */
export const RtspUrl = addressOf(['rtsp'], 'rtsp://10.0.0.5:554/stream1', 554);
/** A page of the web, of a camera or of another media server. Its query may hold a token. */
const web = (example: string) => addressOf(['http', 'https'], example, 80);

/** RTSP over TCP (interleaved) or UDP; `auto` tries TCP first, then UDP. */
export const RtspTransport = z.enum(['auto', 'tcp', 'udp']);
export type RtspTransport = z.infer<typeof RtspTransport>;

/** ffmpeg keeps a percent-encoded `user:password` in 128 bytes and would cut a longer one without a word. */
const maxLoginBytes = 126;

/** Faults of a login that ffmpeg would cut. */
function checkLogin(
  { username = '', password = '' }: { username?: string | undefined; password?: string | undefined },
  context: { addIssue(issue: { code: 'custom'; path: string[]; message: string }): void },
): void {
  if (encodeURIComponent(username).length + encodeURIComponent(password).length > maxLoginBytes)
    context.addIssue({
      code: 'custom',
      path: ['password'],
      message: 'user name and password are too long together; shorten one of them on the camera',
    });
}
const login = { username: UserName.optional(), password: Secret.optional() };

const RtspSource = z
  .strictObject({
    kind: z.literal('rtsp'),
    main: RtspUrl,
    sub: RtspUrl.optional(),
    transport: RtspTransport.default('auto'),
    ...login,
  })
  .superRefine(checkLogin);

const hlsExample = 'https://cams.example.org/bridge/index.m3u8';
/** A playlist of another server, HLS or LL-HLS; of several variants the largest up to 1080 lines is taken. */
const HlsSource = z.strictObject({
  kind: z.literal('hls'),
  main: web(hlsExample),
  sub: web(hlsExample).optional(),
  ...login,
});
const mjpegExample = 'http://10.0.0.5/video.mjpg';
/** JPEGs one after the other in one answer that does not end (multipart/x-mixed-replace). */
const MjpegSource = z.strictObject({
  kind: z.literal('mjpeg'),
  main: web(mjpegExample),
  sub: web(mjpegExample).optional(),
  ...login,
});
/** A JPEG that is asked for again and again. */
const SnapshotSource = z.strictObject({
  kind: z.literal('snapshot'),
  main: web('http://10.0.0.5/snapshot.jpg'),
  /** From one asking to the next. */
  everyMs: z
    .int('give whole milliseconds')
    .min(200, 'ask at most 5 times a second (200 ms)')
    .max(10_000, 'ask at least every 10 s (10000 ms)')
    .default(1_000),
  ...login,
});
const RtmpSource = z
  .strictObject({
    kind: z.literal('rtmp'),
    main: addressOf(['rtmp'], 'rtmp://10.0.0.5/live/bridge', 1935),
    sub: addressOf(['rtmp'], 'rtmp://10.0.0.5/live/bridge', 1935).optional(),
    ...login,
  })
  .superRefine(checkLogin);
/** What libsrt takes as a passphrase (SRTO_PASSPHRASE: 10 to 79 characters), of characters that need no quoting. */
export const StreamKey = z
  .string()
  .regex(
    /^[A-Za-z0-9_-]{16,64}$/,
    'give 16 to 64 letters, digits, - and _: long enough that nobody guesses it',
  );
const SrtSource = z.strictObject({
  kind: z.literal('srt'),
  main: addressOf(['srt'], 'srt://10.0.0.5:9000', null),
  sub: addressOf(['srt'], 'srt://10.0.0.5:9000', null).optional(),
  /** SRTO_STREAMID, where the sender wants one. */
  streamId: z
    .string()
    .max(256)
    .regex(/^[A-Za-z0-9_.,:=#!/-]*$/, 'letters, digits and _ . , : = # ! / - only')
    .optional(),
  passphrase: z
    .string()
    .regex(/^[A-Za-z0-9_-]{10,79}$/, 'SRT takes 10 to 79 characters; give letters, digits, - and _')
    .optional(),
});
/** An MPEG transport stream that we connect to (TCP) or that is sent to a multicast group (UDP). */
const MpegTsSource = z.strictObject({
  kind: z.literal('mpegts'),
  main: addressOf(['tcp', 'udp'], 'tcp://10.0.0.5:5000, or udp://239.1.1.1:5000 for a multicast group', null),
  sub: addressOf(['tcp', 'udp'], 'tcp://10.0.0.5:5000', null).optional(),
});
/**
 * The camera sends to us: to a port of its own, where nobody else is let in. `rtmp` and `srt` need the key; `udp`
 * (MPEG-TS) knows none, so that only what comes `from` one address is taken.
 */
const PushSource = z
  .strictObject({
    kind: z.literal('push'),
    protocol: z.enum(['rtmp', 'srt', 'udp']),
    port: z
      .int('a whole number from 1024 to 65535')
      .min(1024, 'a whole number from 1024 to 65535')
      .max(65_535, 'a whole number from 1024 to 65535'),
    key: StreamKey.optional(),
    from: z.union([z.ipv4(), z.ipv6()], 'give the sender’s IP address, such as 10.0.0.5').optional(),
  })
  .superRefine(({ protocol, key, from }, context) => {
    if (protocol === 'udp' && from === undefined)
      context.addIssue({
        code: 'custom',
        path: ['from'],
        message: 'give the IP address that sends: UDP knows no key',
      });
    if (protocol !== 'udp' && key === undefined)
      context.addIssue({ code: 'custom', path: ['key'], message: 'give a key that the sender must know' });
  });

/** A looped scene of the demo city, drawn and encoded by ourselves. The file is found by the scene's name. */
const DemoSource = z.strictObject({ kind: z.literal('demo'), scene: z.string().regex(/^[a-z0-9-]{1,64}$/) });

/** Where a camera's pictures come from, secrets included: travels only into the server and to media nodes. */
export const CameraSource = z.discriminatedUnion('kind', [
  RtspSource,
  DemoSource,
  HlsSource,
  MjpegSource,
  SnapshotSource,
  RtmpSource,
  SrtSource,
  MpegTsSource,
  PushSource,
]);
export type CameraSource = z.infer<typeof CameraSource>;

/** As the registry holds it: a camera that is only registered has none. */
export const RegistrySource = z.union([z.strictObject({ kind: z.literal('none') }), CameraSource]);
export type RegistrySource = z.infer<typeof RegistrySource>;

/** Kinds of source, as `CameraSource` has them. */
export const SourceKind = z.enum([
  'rtsp',
  'demo',
  'hls',
  'mjpeg',
  'snapshot',
  'rtmp',
  'srt',
  'mpegts',
  'push',
]);
export type SourceKind = z.infer<typeof SourceKind>;

/**
 * Whether a source may have sound, which is fetched by a connection of its own. Pictures one by one have none, scenes are
 * drawn without, and who sends to a port of ours has one connection.
 */
export const maySound = ({ kind }: { kind: SourceKind | 'none' }): boolean =>
  ['rtsp', 'hls', 'rtmp', 'srt', 'mpegts'].includes(kind);

/** What an answer says of a source: no address, no login. */
export const CameraSourceView = z.object({
  kind: z.enum([...SourceKind.options, 'none']),
  hasSub: z.boolean(),
  hasLogin: z.boolean(),
  transport: RtspTransport.optional(),
  /** Of a `snapshot`. */
  everyMs: z.int().optional(),
  /** Where a `push` is awaited; the key is never shown. */
  push: z.object({ protocol: z.enum(['rtmp', 'srt', 'udp']), port: z.int() }).optional(),
});
export type CameraSourceView = z.infer<typeof CameraSourceView>;

/** `on-demand`: runs while watched and a while after; `always`: runs all the time. A private camera runs while it is watched, whatever this says. */
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
  source: RegistrySource,
  /** Where it looks, degrees clockwise from north. */
  heading: z.number().min(0, 'from 0 to 360 degrees').lt(360, 'from 0 to 360 degrees').nullable(),
  /** How wide it sees, degrees. */
  viewAngle: z.number().min(1, 'from 1 to 360 degrees').max(360, 'from 1 to 360 degrees').nullable(),
  placeKind: PlaceKind,
  /** Once private it stays so: what an owner has allowed is not taken as allowed for good. */
  visibility: Visibility,
  tier: Tier,
  owner: OwnerId.nullable(),
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
  /** Areas that nobody is to see; later changed by a route of their own. */
  masks: Masks.default([]),
  number: fields.number.optional(),
  heading: fields.heading.default(null),
  viewAngle: fields.viewAngle.default(null),
  placeKind: fields.placeKind.default('street'),
  visibility: fields.visibility.default('public'),
  tier: fields.tier.default('integrated'),
  owner: fields.owner.default(null),
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
  heading: z.number().nullable(),
  viewAngle: z.number().nullable(),
  placeKind: PlaceKind,
  visibility: Visibility,
  tier: Tier,
  owner: OwnerId.nullable(),
  /** Of a private camera: what its owner allows now; null while nobody was asked. */
  consent: z
    .object({ state: ConsentState, purposes: z.array(Purpose), version: z.int() })
    .nullable()
    .optional(),
  /** It can be turned or zoomed from here. */
  movable: z.boolean().optional(),
  /** Areas that nobody sees; only where there are some. */
  masks: Masks.optional(),
  /** Its sound may be listened to; changed by a route of its own. */
  sound: z.literal(true).optional(),
  /** Only in the answer to its registration: other cameras that show the same stream, where there are some. */
  sameStream: z.array(z.object({ id: CameraId, number: z.int(), name: z.string() })).optional(),
  /** Goes up by one with each change. */
  revision: z.int(),
  createdAt: UnixMs,
  updatedAt: UnixMs,
});
export type Camera = z.infer<typeof Camera>;

export const CameraWithHealth = Camera.extend({ health: CameraHealth });
export type CameraWithHealth = z.infer<typeof CameraWithHealth>;
