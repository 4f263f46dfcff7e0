import { z } from 'zod';
import { CameraId, StreamKind, StreamName } from './ids.ts';

/**
 * The push socket: one binary WebSocket per page that carries every tile's video, and the sound of one, at `/push` on the media node.
 * Text messages are JSON control; binary messages are init segments and chunks in the frame below.
 */

/** Channels a page may hold open at once: one per tile, two while a tile swaps streams. */
export const maxChannels = 128;
/** The server ends a socket that lets more than this pile up, bytes. */
export const maxQueuedBytes = 8 * 1024 * 1024;

const Channel = z.int().min(1).max(0xffff_ffff);

/** What a page may be able to play besides H.264 (8 bit, 4:2:0, whole frames), which all can. */
export const Playable = z.enum(['h265', 'av1']);
export type Playable = z.infer<typeof Playable>;

/** page → media node */
export const PushRequest = z.discriminatedUnion('type', [
  /** Opens a channel, whose number the page chooses and never uses again on this socket. */
  z.strictObject({
    type: z.literal('subscribe'),
    channel: Channel,
    camera: CameraId,
    stream: StreamName,
    /** The grant that the page names; empty where the cookie alone says who asks. */
    grant: z.string().max(64).default(''),
    /** What need not be converted for this page. */
    plays: z.array(Playable).max(4).default([]),
  }),
  /**
   * Opens a channel on which what was of the camera comes once: from the key frame before `seconds` ago on, then
   * `replayed`. It stays open, and with it the grant, until the page leaves it.
   */
  z.strictObject({
    type: z.literal('replay'),
    channel: Channel,
    camera: CameraId,
    stream: StreamName,
    seconds: z.number().min(1).max(60),
    plays: z.array(Playable).max(4).default([]),
  }),
  /**
   * Opens a channel on which the sound of a camera comes, as AAC, as pictures come on theirs. One on a socket at a time; it
   * needs a grant of its own.
   */
  z.strictObject({ type: z.literal('listen'), channel: Channel, camera: CameraId }),
  z.strictObject({ type: z.literal('unsubscribe'), channel: Channel }),
  /** Clock question; answered at once with `time`. `clientMs` is the page's own monotonic clock. */
  z.strictObject({ type: z.literal('time'), clientMs: z.number() }),
]);
export type PushRequest = z.infer<typeof PushRequest>;

/** media node → page */
export const PushNotice = z.discriminatedUnion('type', [
  z.object({ type: z.literal('time'), clientMs: z.number(), serverMs: z.number() }),
  /**
   * The channel's source changed its state; the first comes right after `subscribe`. `stream` is the one that is
   * served: a camera without a sub stream serves `main`. While `running`, `reason` is what is to be said of the
   * picture, such as that it is converted; '' when nothing. `behindMs`: how old the source says its pictures are when
   * they come; in their capture times already.
   */
  z.object({
    type: z.literal('state'),
    channel: Channel,
    state: z.enum(['starting', 'running', 'stalled', 'backoff', 'unauthorized', 'unsupported']),
    reason: z.string(),
    stream: StreamKind,
    behindMs: z.number().optional(),
  }),
  /** Chunks were left out because the page was slow; the next chunk is a key frame. */
  z.object({ type: z.literal('skipped'), channel: Channel, chunks: z.int(), bytes: z.int() }),
  /** All of a replay was sent; Unix ms of capture of its first frame and of its end. */
  z.object({ type: z.literal('replayed'), channel: Channel, fromMs: z.number(), untilMs: z.number() }),
  /** The gate said no, or the camera does not exist, or there are too many channels. The channel is closed. */
  z.object({ type: z.literal('refused'), channel: Channel, reason: z.string() }),
]);
export type PushNotice = z.infer<typeof PushNotice>;

/** Kind of a binary frame. */
export const frameKind = { init: 1, chunk: 2 } as const;

/** A binary message. Times: `captureMs` Unix ms on the media node's clock, `mediaS`/`durationS` seconds of media time. */
export interface PushFrame {
  kind: 'init' | 'chunk';
  channel: number;
  camera: string;
  stream: StreamKind;
  grant: string;
  /** Goes up each time the source's ffmpeg starts; a page rebuilds its player at a new one. */
  generation: number;
  /** Position of the chunk in its generation, from 0. For an init: 0. */
  index: number;
  /** The chunk starts with a key frame. */
  key: boolean;
  /** Sent from the ring to a page that has just joined: older than live. */
  backlog: boolean;
  /** Capture time of the chunk's first frame. For an init: 0. */
  captureMs: number;
  /** Media time of the chunk's first frame (tfdt / timescale). */
  mediaS: number;
  durationS: number;
  /** RFC 6381 codec string of the track, such as `avc1.64001f`; only in an init, else ''. */
  codec: string;
  /** fMP4 bytes: ftyp+moov for an init, moof+mdat for a chunk. */
  payload: Uint8Array;
}

/*
 * Layout, big-endian:
 *   0 u8 version=1   1 u8 kind   2 u8 flags (1 key, 2 backlog)   3 u8 stream (0 main, 1 sub, 2 audio)
 *   4 u32 channel    8 u32 generation   12 u32 index
 *  16 f64 captureMs  24 f64 mediaS      32 f64 durationS
 *  40 u8 camera length, u8 grant length, u8 codec length, u8 0, then the three ASCII strings, then the payload.
 */
const headBytes = 44;
export const pushVersion = 1;

function putAscii(target: Uint8Array, at: number, text: string): number {
  for (let i = 0; i < text.length; i++) target[at + i] = text.charCodeAt(i) & 0x7f;
  return at + text.length;
}
function getAscii(source: Uint8Array, at: number, length: number): string {
  let text = '';
  for (let i = 0; i < length; i++) text += String.fromCharCode(source[at + i] ?? 0);
  return text;
}

/** The header alone, so that a sender can pass a shared payload on without copying it into each message. */
export function encodePushHeader(frame: Omit<PushFrame, 'payload'>): Uint8Array<ArrayBuffer> {
  const { camera, grant, codec } = frame;
  if (camera.length > 255 || grant.length > 255 || codec.length > 255)
    throw new RangeError('a push header string is at most 255 characters');
  const bytes = new Uint8Array(headBytes + camera.length + grant.length + codec.length);
  const view = new DataView(bytes.buffer);
  bytes[0] = pushVersion;
  bytes[1] = frameKind[frame.kind];
  bytes[2] = (frame.key ? 1 : 0) | (frame.backlog ? 2 : 0);
  bytes[3] = StreamKind.options.indexOf(frame.stream);
  view.setUint32(4, frame.channel);
  view.setUint32(8, frame.generation);
  view.setUint32(12, frame.index);
  view.setFloat64(16, frame.captureMs);
  view.setFloat64(24, frame.mediaS);
  view.setFloat64(32, frame.durationS);
  bytes[40] = camera.length;
  bytes[41] = grant.length;
  bytes[42] = codec.length;
  putAscii(bytes, putAscii(bytes, putAscii(bytes, headBytes, camera), grant), codec);
  return bytes;
}

/** Header and payload in one message. */
export function encodePushFrame(frame: PushFrame): Uint8Array<ArrayBuffer> {
  const head = encodePushHeader(frame);
  const bytes = new Uint8Array(head.length + frame.payload.length);
  bytes.set(head);
  bytes.set(frame.payload, head.length);
  return bytes;
}

/** Reads one binary message; the payload is a view into it. Throws RangeError on anything malformed. */
export function decodePushFrame(message: ArrayBuffer | Uint8Array): PushFrame {
  const bytes = message instanceof Uint8Array ? message : new Uint8Array(message);
  if (bytes.length < headBytes)
    throw new RangeError(`a push frame has at least ${headBytes} bytes, this has ${bytes.length}`);
  if (bytes[0] !== pushVersion)
    throw new RangeError(`push frame version ${bytes[0]}, this page reads ${pushVersion}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kind = bytes[1] === frameKind.init ? 'init' : bytes[1] === frameKind.chunk ? 'chunk' : null;
  if (kind === null) throw new RangeError(`push frame kind ${bytes[1]} is unknown`);
  const stream = StreamKind.options[bytes[3] ?? 0];
  if (stream === undefined) throw new RangeError(`push frame stream ${bytes[3]} is unknown`);
  const [cameraLength, grantLength, codecLength] = [bytes[40] ?? 0, bytes[41] ?? 0, bytes[42] ?? 0];
  const payloadAt = headBytes + cameraLength + grantLength + codecLength;
  if (bytes.length < payloadAt) throw new RangeError('push frame cut inside its header');
  const flags = bytes[2] ?? 0;
  return {
    kind,
    channel: view.getUint32(4),
    generation: view.getUint32(8),
    index: view.getUint32(12),
    key: (flags & 1) !== 0,
    backlog: (flags & 2) !== 0,
    stream,
    captureMs: view.getFloat64(16),
    mediaS: view.getFloat64(24),
    durationS: view.getFloat64(32),
    camera: getAscii(bytes, headBytes, cameraLength),
    grant: getAscii(bytes, headBytes + cameraLength, grantLength),
    codec: getAscii(bytes, headBytes + cameraLength + grantLength, codecLength),
    payload: bytes.subarray(payloadAt),
  };
}
