import { existsSync } from 'node:fs';
import {
  maySound,
  type CameraSource,
  type Mask,
  type StreamKind,
  type StreamName,
} from '@clerestory/protocol';
import { pinSource } from '../platform/addresses/source.ts';
import { waitingReason, type Conversions } from './conversions.ts';
import {
  addressScript,
  loginPart,
  loopScript,
  percentEncode,
  rtspScript,
  rtspTimeoutMs,
} from './ffconcat.ts';
import { failureOf, type Feed } from './feeds/feed.ts';
import { openHls } from './feeds/hls-feed.ts';
import type { Reach } from './feeds/http-get.ts';
import type { HttpLogin } from './feeds/http-login.ts';
import { mjpegFeed, snapshotFeed } from './feeds/picture-feeds.ts';
import { ringFeed, type RingSource } from './feeds/ring-feed.ts';
import { ingestArgs, soundArgs, type InputProtocol } from './ffmpeg-args.ts';
import { maskFilters } from './masks.ts';
import { hostOf, noSound, type Failure } from './reasons.ts';

/** Files of a demo scene, absolute paths; they need not be there yet. */
export type SceneFiles = (demoDir: string, scene: string) => { main: string; sub: string };

export interface Scenes {
  demoDir: string;
  sceneFiles: SceneFiles;
  /**
   * Length of every scene's loop, whole seconds with a key frame at each, milliseconds. Scenes then keep to the clock: a
   * loop begins whenever Unix time is a multiple of it, in all streams of a scene alike. Null: each plays from its start.
   */
  loopMs: number | null;
}

/** A stream that is converted to what every browser plays. */
export interface ConversionSource {
  kind: 'convert';
  of: RingSource;
  /** What it is, such as `H.265`. */
  from: string;
  interlaced: boolean;
  /** Keeps `of` running until called off. */
  hold(): () => void;
  /** Resolves to true once `of` has a key frame to begin with. */
  ready(signal: AbortSignal): Promise<boolean>;
}
/** A camera some areas of which nobody is to see: they are painted over by the same ffmpeg that connects to it. */
export interface MaskedSource {
  kind: 'masked';
  of: CameraSource;
  /** At least one. */
  masks: readonly Mask[];
}
/** The sound of a camera, fetched by an ffmpeg of its own, so that pictures never wait for it. */
export interface SoundSource {
  kind: 'sound';
  of: CameraSource;
}
export type StreamSource = CameraSource | ConversionSource | MaskedSource | SoundSource;

/** What sources are made ready with. */
export interface SourceTools {
  scenes: Scenes;
  reach: Reach;
  conversions: Conversions;
  /** Where cameras that send to us find this machine. */
  listenHost: string;
}

/** How to get at a source right now. */
export type SourceInput =
  | {
      kind: 'run';
      args: string[];
      /** Goes to ffmpeg's stdin: a script, which is secret, or the media itself. */
      stdin: string | Feed;
      /** What must never be in a log line. */
      secrets: string[];
      /** A user name or password goes with it. */
      hasLogin: boolean;
      /** The hosts that it may speak to, where ffmpeg itself would go wherever it is sent. */
      hosts?: string[];
      /** Another transport may be tried when this one fails. */
      transports: number;
      /** What is to be said of it while it runs; '' when nothing. */
      note: string;
      /** We wait for the camera to come, for as long as it takes, and say so. */
      awaits?: string;
      /** To be called once when it does not run any more, or never will. */
      release?(): void;
    }
  /** Not there yet: asked again each second. */
  | { kind: 'wait'; reason: string }
  | { kind: 'failed'; failure: Failure };

const sceneWaitReason = 'Waiting for this scene of the demo city: it is still being drawn';

/** Which streams a source has. */
export function streamsOf(source: CameraSource): StreamName[] {
  if (source.kind === 'demo' || ('sub' in source && source.sub !== undefined)) return ['main', 'sub'];
  return ['main'];
}

/** Where a scene is in its loop: the whole second to start from, and how far into that second it is. */
function whereInLoop(loopMs: number | null, nowMs: number): { startS: number; burstS: number } {
  if (loopMs === null) return { startS: 0, burstS: 0 };
  const atMs = nowMs % loopMs;
  return { startS: Math.floor(atMs / 1000), burstS: (atMs % 1000) / 1000 };
}

type Run = Extract<SourceInput, { kind: 'run' }>;
const run = (input: Pick<Run, 'args' | 'stdin'> & Partial<Run>): Run => ({
  ...{ kind: 'run', secrets: [], hasLogin: false, transports: 1, note: '' },
  ...input,
});
const failedBy = (failure: Failure): SourceInput => ({ kind: 'failed', failure });
const failed = (reason: string, state: Failure['state'] = 'backoff'): SourceInput =>
  failedBy({ state, reason, otherTransport: 'no' });

/** What one try at a source is about. */
export interface Try {
  stream: StreamKind;
  /** Counts the transports tried so far: `auto` takes TCP first, then UDP, and so on in turn. */
  turn: number;
  /** Unix time. */
  nowMs: number;
  /** Aborted when nobody wants it any more. */
  signal: AbortSignal;
  /** Hears why it takes long. */
  onWait(reason: string): void;
  /** Painted over whatever comes. */
  masks?: readonly Mask[];
}

const webLogin = ({
  username = '',
  password = '',
}: {
  username?: string | undefined;
  password?: string | undefined;
}): HttpLogin | null => (username === '' && password === '' ? null : { username, password });

const secretsOf = (source: object): string[] =>
  Object.entries(source).flatMap(([field, value]) =>
    field !== 'kind' && typeof value === 'string' && value !== '' ? [value, percentEncode(value)] : [],
  );

/** The one place that knows the kinds of source. Every address is judged here, right before it is connected to. */
export async function sourceInput(source: StreamSource, one: Try, tools: SourceTools): Promise<SourceInput> {
  try {
    switch (source.kind) {
      case 'demo':
        return demoInput(source, one, tools.scenes);
      case 'push':
        return pushInput(source, one, tools);
      case 'convert':
        return await convertInput(source, one, tools);
      case 'masked':
        return await maskedInput(source, one, tools);
      case 'sound':
        return maySound(source.of) ? await sourceInput(source.of, one, tools) : failedBy(noSound);
      case 'hls':
        return await hlsInput(source, one, tools);
      case 'mjpeg':
      case 'snapshot':
        return await pictureInput(source, one, tools);
      default: {
        const pinned = await pinSource(source, tools.reach);
        return pinned.ok ? addressInput(source, pinned.source, one) : failed(pinned.reason);
      }
    }
  } catch (error) {
    if (error instanceof RangeError) return failed(error.message, 'unsupported');
    throw error;
  }
}

type AddressSource = Extract<CameraSource, { kind: 'rtsp' | 'rtmp' | 'srt' | 'mpegts' }>;

/** Kinds whose address ffmpeg itself connects to: the one that was judged. */
function addressInput(
  given: AddressSource,
  pinned: AddressSource,
  { stream, turn, masks }: Try,
): SourceInput {
  const address = stream === 'sub' && pinned.sub !== undefined ? pinned.sub : pinned.main;
  const isSound = stream === 'audio';
  const args = (protocol: InputProtocol) =>
    isSound ? soundArgs({ kind: 'address', protocol }) : ingestArgs({ kind: 'address', protocol }, masks);
  const secrets = [...secretsOf(given), ...secretsOf(pinned)];
  const timeout = rtspTimeoutMs * 1000;
  switch (pinned.kind) {
    case 'rtsp': {
      const order = pinned.transport === 'auto' ? (['tcp', 'udp'] as const) : [pinned.transport];
      const transport = order[turn % order.length] ?? 'tcp';
      const stdin = rtspScript(address, pinned, transport, isSound ? 'sound' : 'pictures');
      const login = loginPart(pinned);
      if (login !== '') secrets.push(login);
      const hosts = [given.main, address].map(hostOf);
      const transports = order.length;
      return run({ args: args('rtsp'), stdin, secrets, hosts, hasLogin: login !== '', transports });
    }
    case 'rtmp': {
      const login = loginPart(pinned);
      const stdin = addressScript(address.replace('://', `://${login}`), {
        rtmp_live: 'live',
        rw_timeout: timeout,
      });
      return run({ args: args('rtmp'), stdin, secrets, hasLogin: login !== '' });
    }
    case 'srt': {
      const { passphrase, streamId } = pinned;
      const options = {
        ...{ mode: 'caller', timeout, connect_timeout: rtspTimeoutMs },
        ...(passphrase !== undefined && { passphrase }),
        ...(streamId !== undefined && streamId !== '' && { srt_streamid: streamId }),
      };
      // Whatever the address says after its port could turn the caller into something else.
      const stdin = addressScript(/^srt:\/\/(\[[^\]]*\]|[^/?:]+):\d+/i.exec(address)?.[0] ?? '', options);
      return run({ args: args('srt'), stdin, secrets, hasLogin: passphrase !== undefined });
    }
    case 'mpegts': {
      const bare = /^(tcp|udp):\/\/(\[[^\]]*\]|[^/?:]+):(\d+)/i.exec(address);
      const protocol = bare?.[1]?.toLowerCase() === 'udp' ? 'udp' : 'tcp';
      const stdin = addressScript(bare?.[0] ?? '', { timeout });
      return run({ args: args(protocol), stdin, secrets });
    }
  }
}

/** A port of our own, where one sender is awaited. */
function pushInput(
  source: Extract<CameraSource, { kind: 'push' }>,
  { masks }: Try,
  { listenHost }: SourceTools,
): SourceInput {
  const { protocol, port, key = '', from = '' } = source;
  const words = { rtmp: 'RTMP', srt: 'SRT', udp: 'MPEG-TS over UDP' }[protocol];
  const awaits = `Waiting for the camera to send ${words} to port ${port}`;
  const secrets = secretsOf(source);
  const args = ingestArgs({ kind: 'address', protocol }, masks);
  switch (protocol) {
    case 'rtmp': {
      const stdin = addressScript(`rtmp://${listenHost}:${port}/live/${key}`, { listen: 1 });
      return run({ args, stdin, secrets, awaits });
    }
    case 'srt': {
      const stdin = addressScript(`srt://${listenHost}:${port}`, { mode: 'listener', passphrase: key });
      return run({ args, stdin, secrets, awaits });
    }
    case 'udp': {
      const stdin = addressScript(`udp://${listenHost}:${port}?sources=${from}`, { overrun_nonfatal: 1 });
      return run({ args, stdin, secrets, awaits });
    }
  }
}

async function hlsInput(
  source: Extract<CameraSource, { kind: 'hls' }>,
  { stream, signal, masks }: Try,
  { reach }: SourceTools,
): Promise<SourceInput> {
  const address = stream === 'sub' ? (source.sub ?? source.main) : source.main;
  try {
    const { bursts, feed, close } = await openHls(address, webLogin(source), reach, signal);
    const input = { kind: 'media', bursts } as const;
    const args = stream === 'audio' ? soundArgs(input) : ingestArgs(input, masks);
    return run({
      args,
      stdin: feed,
      secrets: secretsOf(source),
      hasLogin: webLogin(source) !== null,
      release: close,
    });
  } catch (error) {
    return { kind: 'failed', failure: failureOf(error) };
  }
}

/** What is said where there is no turn at converting: never, or not now. */
interface NoTurn {
  never: string;
  full: string;
}
const unplayable = (from: string): NoTurn => ({
  never: `The camera sends ${from}, and this server is set up not to convert (CLERESTORY_CONVERSIONS): set the camera to H.264`,
  full: 'Too many streams wait to be converted: set some cameras to H.264',
});
const unmasked: NoTurn = {
  never:
    'Areas of this camera are masked, for which it has to be converted, and this server is set up not to (CLERESTORY_CONVERSIONS)',
  full: 'Areas of this camera are masked, and too many streams wait to be converted',
};

/** A turn at converting, or why there is none. */
async function turnAt(
  { conversions }: SourceTools,
  { signal, onWait }: Try,
  { never, full }: NoTurn,
): Promise<(() => void) | SourceInput> {
  if (!conversions.allowed) return failed(never, 'unsupported');
  const release = await conversions.take(signal, (position) => onWait(waitingReason(position)));
  return release ?? failed(full);
}

export const maskedNote = 'Some areas are masked';

/**
 * As the camera's own input, with the areas painted over. There is no way past it: without a turn at converting nothing
 * is connected to, and arguments that lack the masks never reach ffmpeg.
 */
async function maskedInput({ of, masks }: MaskedSource, one: Try, tools: SourceTools): Promise<SourceInput> {
  // Pictures are converted in any case, and take their turn themselves.
  const turn = of.kind === 'mjpeg' || of.kind === 'snapshot' ? () => {} : await turnAt(tools, one, unmasked);
  if (typeof turn !== 'function') return turn;
  let input: SourceInput;
  try {
    input = await sourceInput(of, { ...one, masks }, tools);
  } catch (error) {
    turn();
    throw error;
  }
  if (input.kind !== 'run') {
    turn();
    return input;
  }
  const { args, note, release: letGo } = input;
  const release = () => {
    turn();
    letGo?.();
  };
  const painted = maskFilters(masks).join(',');
  if (painted === '' || !args.some((argument) => argument.endsWith(painted))) {
    release();
    return failed('The masked areas of this camera cannot be painted, so that it is not shown');
  }
  return { ...input, note: note === '' ? maskedNote : `${note}. ${maskedNote}`, release };
}

async function pictureInput(
  source: Extract<CameraSource, { kind: 'mjpeg' | 'snapshot' }>,
  one: Try,
  tools: SourceTools,
): Promise<SourceInput> {
  const release = await turnAt(tools, one, unplayable('MJPEG'));
  if (typeof release !== 'function') return release;
  const [login, { reach }] = [webLogin(source), tools];
  const address = one.stream === 'sub' && source.kind === 'mjpeg' ? (source.sub ?? source.main) : source.main;
  const slow = source.kind === 'snapshot' ? source.everyMs : 0;
  const stdin =
    source.kind === 'snapshot'
      ? snapshotFeed(address, source.everyMs, login, reach)
      : mjpegFeed(address, login, reach);
  const note = slow > 0 ? `One picture every ${slow / 1000} s` : 'Converted from MJPEG';
  const args = ingestArgs({ kind: 'pictures' }, one.masks);
  return run({ args, stdin, secrets: secretsOf(source), hasLogin: login !== null, note, release });
}

async function convertInput(source: ConversionSource, one: Try, tools: SourceTools): Promise<SourceInput> {
  const letGo = source.hold();
  const turn = await turnAt(tools, one, unplayable(source.from));
  if (typeof turn !== 'function') {
    letGo();
    return turn;
  }
  const release = () => {
    turn();
    letGo();
  };
  if (!(await source.ready(one.signal))) {
    release();
    return failed('The camera sends no key frame to begin with');
  }
  const args = ingestArgs({ kind: 'ring', interlaced: source.interlaced });
  return run({ args, stdin: ringFeed(source.of), note: `Converted from ${source.from}`, release });
}

function demoInput(
  source: Extract<CameraSource, { kind: 'demo' }>,
  { stream, nowMs, masks }: Try,
  scenes: Scenes,
): SourceInput {
  const path = scenes.sceneFiles(scenes.demoDir, source.scene)[stream === 'sub' ? 'sub' : 'main'];
  if (!existsSync(path)) return { kind: 'wait', reason: sceneWaitReason };
  const { startS, burstS } = whereInLoop(scenes.loopMs, nowMs);
  return run({ args: ingestArgs({ kind: 'loop', burstS }, masks), stdin: loopScript(path, startS) });
}
