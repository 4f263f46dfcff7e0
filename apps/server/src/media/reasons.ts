import { noSuchStream } from '@clerestory/protocol';
import { rtspTimeoutMs } from './ffconcat.ts';

/** Why a stream does not run, and what the ingest makes of it. */
export interface Failure {
  state: 'backoff' | 'unauthorized' | 'unsupported';
  /** In words for a person, free of addresses. */
  reason: string;
  /** Whether the other RTSP transport is worth a try: at once, with the next try, or not at all. */
  otherTransport: 'now' | 'next' | 'no';
}

/** How an ffmpeg ended. */
export interface Ending {
  /** What it said on stderr, at most the last few kilobytes. */
  said: string;
  /** Exit code; null when a signal ended it or it never started. */
  code: number | null;
  signal: string | null;
  /** From start to end, milliseconds. */
  ranMs: number;
  /** Complete fragments that came out of it. */
  fragments: number;
  /** A user name or password was sent. */
  hasLogin?: boolean;
  /** It was to fetch the sound, not the pictures. */
  isSound?: boolean;
  /** It could not be started at all: the error code of the system, such as ENOENT. */
  spawnError?: string | undefined;
}

const backoff = (reason: string, otherTransport: Failure['otherTransport'] = 'no'): Failure => ({
  state: 'backoff',
  reason,
  otherTransport,
});

export const noFfmpegReason =
  'ffmpeg cannot be started: run sudo apt-get install ffmpeg, or correct CLERESTORY_FFMPEG';
const garbageReason = 'The camera answers, but not with RTSP';
const silentReason = 'The camera does not answer';

/** A fact of the camera, and no fault: whoever listens is told. */
export const noSound: Failure = {
  state: 'unsupported',
  reason: 'This camera sends no sound',
  otherTransport: 'no',
};
/** A camera that has only pictures has nothing to play when it is asked for sound alone, and says so in its own way. */
const nothingToPlay = /method PLAY failed: 4(?!0[13])\d\d|does not contain any stream|matches no streams/i;

const refusedLogin = 'The camera refuses the user name or password';

/** What ffmpeg and setpriv say, first match wins. */
const table: [RegExp, Failure][] = [
  [
    /\b401\b|Unauthorized|authorization failed/i,
    {
      state: 'unauthorized',
      reason: refusedLogin,
      otherTransport: 'no',
    },
  ],
  [
    /\b403\b[^\n]*Forbidden|access denied/i,
    { state: 'unauthorized', reason: 'The camera forbids this login to watch', otherTransport: 'no' },
  ],
  [
    /BADSECRET|Incorrect passphrase/i,
    { state: 'unauthorized', reason: 'The camera refuses the passphrase', otherTransport: 'no' },
  ],
  [/\b404\b|Stream Not Found/i, backoff(noSuchStream)],
  [
    /\b461\b|Unsupported transport|Protocol not supported/i,
    backoff('The camera does not offer that transport: try the other of TCP and UDP', 'now'),
  ],
  [/\b453\b|Not Enough Bandwidth/i, backoff('The camera has no room for another viewer')],
  [/\b5\d\d\b[^\n]*(error|unavailable)|Server returned 5/i, backoff('The camera reports a fault of its own')],
  [/setpriv: [^\n]*(No such file|not found)|execute[^\n]*ffmpeg[^\n]*No such file/i, backoff(noFfmpegReason)],
  [/Connection refused/i, backoff('Nothing answers at that address and port')],
  [
    /Failed to resolve hostname|Name or service not known|Temporary failure in name/i,
    backoff('The name of the camera is not known: check the address'),
  ],
  [/No route to host|Network is unreachable|Host is unreachable/i, backoff('No way to that address')],
  // The RTSP conversation itself is TCP with either transport: where that fails, the other is no better.
  [/Connection to <address> failed[^\n]*timed out/i, backoff(silentReason)],
  [/timed out|Operation timeout/i, backoff(silentReason, 'next')],
  [/Connection reset|Broken pipe/i, backoff('The camera cut the connection')],
];

/** Names the cause of an ended ffmpeg. Pure. */
export function explainEnding(ending: Ending): Failure {
  const { said, code, signal, ranMs, fragments, spawnError } = ending;
  if (spawnError === 'ENOENT') return backoff(noFfmpegReason);
  if (spawnError !== undefined) return backoff(`ffmpeg cannot be started (${spawnError})`);
  if (fragments > 0) {
    if (signal !== null) return backoff('The video program was stopped from outside');
    return backoff(code === 0 ? 'The camera ended the stream' : 'The connection to the camera broke');
  }
  if (ending.isSound && nothingToPlay.test(said)) return noSound;
  for (const [pattern, failure] of table) {
    if (!pattern.test(said)) continue;
    return failure.reason === refusedLogin && ending.hasLogin === false
      ? { ...failure, reason: 'The camera asks for a user name and password: add them to this camera' }
      : failure;
  }
  if (signal !== null) return backoff('The video program was stopped from outside');
  if (/does not contain any stream|matches no streams/i.test(said))
    return { state: 'unsupported', reason: 'The stream has no video', otherTransport: 'no' };
  if (ending.isSound && /Could not find codec parameters|decoder[^\n]* not found/i.test(said))
    return { ...noSound, reason: 'The camera sends a sound format that nothing here can read' };
  if (/Could not find tag for codec|codec not currently supported in container/i.test(said))
    return {
      state: 'unsupported',
      reason: 'The camera sends a video format that nothing here can read: set it to H.264',
      otherTransport: 'no',
    };
  // ffmpeg says "Invalid data" for an answer that is no RTSP, and also when no answer came in time.
  if (/Invalid data|Impossible to open|Input\/output error/i.test(said))
    return ranMs >= rtspTimeoutMs * 0.95 ? backoff(silentReason, 'next') : backoff(garbageReason);
  return backoff(code === 0 ? 'The camera ended the stream' : 'The video program gave up');
}

/** What ffmpeg says right before it follows a camera's redirect (3xx) to another address. */
const redirected = /\bRedirecting to ([^\s'"]+)/;

/** The fault of a camera that sends us on to another host than `hosts`; null where it does not. Pure. */
export function sentElsewhere(lines: string, hosts: readonly string[]): Failure | null {
  const to = redirected.exec(lines)?.[1];
  if (to === undefined || hosts.includes(hostOf(to))) return null;
  return backoff(
    'The camera sends us on to another address, which is not followed: enter that one if it is right',
  );
}

/** The host of an address, in small letters; '' where it has none. */
export const hostOf = (address: string): string =>
  /^[a-z]+:\/\/(?:[^@/]*@)?(\[[^\]]*\]|[^/?:]+)/i.exec(address)?.[1]?.toLowerCase() ?? '';

/** What ffmpeg says, as an RTMP server, of a sender that does not use our application and key (it lets him in all the same). */
export const strangerSaid = /App field (not found|don't match)|Unexpected stream/;
