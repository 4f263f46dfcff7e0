import { isOurWait, type HealthState, type PushNotice, type TileState } from '@clerestory/protocol';

/** A picture up to this age, with frames advancing, is live. */
export const liveAgeMs = 3_000;
/** Frames count as advancing while the last one is no older than this: slow cameras send one per second. */
export const advancingMs = 2_000;
/** Older than this, or without a new frame for so long, a picture is stale: grey, with its age. */
export const staleAgeMs = 4_000;
/** A picture older than this is taken away. */
export const removeAgeMs = 10_000;
/**
 * A source that says of itself how late it sends, as HLS of a city does, keeps its picture up to this age, with the age
 * beside it. Older is no view of now: a recording, or a clock that is wrong.
 */
export const delayedAgeMs = 60_000;
/** A tile that never had a picture is no longer "connecting" after this time. */
export const connectingMs = 12_000;

export type SourceState = Extract<PushNotice, { type: 'state' }>['state'];

/** What is known of one tile at one instant. Durations in milliseconds on a monotonic clock. */
export interface TileFacts {
  /** A camera is assigned. */
  assigned: boolean;
  /** Why the gate or the server refuses the camera to this viewer; null while it does not. */
  refused: string | null;
  /** Why this browser cannot play what the camera sends; null while it can. */
  unplayable: string | null;
  /** The road to the media server is open. */
  linked: boolean;
  /**
   * The media server's word on the source; null before its first. `behindMs`: how old the source says its pictures are
   * when they come to us.
   */
  source: { state: SourceState; reason: string; behindMs?: number | undefined } | null;
  /** The control server's word on the camera; null where there is none. */
  health: { state: HealthState; reason: string } | null;
  /** Since when the camera has sent the very same picture, ms ago; null while it does not. */
  frozenForMs: number | null;
  /**
   * The frame on show: how long ago it was the newest to appear, and its age (server's now minus capture time; null
   * while the server's clock is not known). Null before the first frame of this assignment.
   */
  frame: { sinceMs: number; ageMs: number | null } | null;
  /** How long ago something of the stream arrived in this page, ms; null: never, or not known. */
  arrivedForMs: number | null;
  /** Since the camera was assigned or the page came back into view. */
  waitingMs: number;
}

/** The state of one tile, and what may be shown with it. */
export interface TileVerdict {
  state: TileState;
  /** The frame on show may stay on show. */
  picture: boolean;
  /** Age to tell the viewer, milliseconds; null where none is to be told. */
  ageMs: number | null;
  /** Why it is not live, in words for a person; '' when there is nothing to explain. */
  reason: string;
  /** What is to be said of a live picture, such as that it is converted; '' when nothing. */
  note: string;
  /** Offline because the camera refuses our login: somebody has to correct it. */
  loginRefused: boolean;
  /** How long this stays true if nothing new is learned, milliseconds. */
  holdsMs: number;
}

const sourceIsDown = (facts: TileFacts): boolean =>
  facts.source?.state === 'backoff' ||
  facts.source?.state === 'unauthorized' ||
  (facts.source === null && (facts.health?.state === 'offline' || facts.health?.state === 'unauthorized'));

/** By the witness that counts: the media server, or where it has said nothing the control server. */
const loginIsRefused = ({ source, health }: TileFacts): boolean =>
  (source ?? health)?.state === 'unauthorized';

const unsupportedReason = ({ unplayable, source, health }: TileFacts): string | null => {
  if (unplayable !== null) return unplayable;
  const witness = source ?? health;
  if (witness?.state !== 'unsupported') return null;
  return witness.reason || 'The camera sends a kind of video that cannot be shown yet';
};

/** The media server works on it and says what it waits for, such as a turn to be converted. */
const waitsInLine = ({ source }: TileFacts): boolean =>
  source?.state === 'starting' && isOurWait(source.reason);

/** Frames arrive in this page, and none comes out of its decoder. */
const notDecoded = 'Frames come and cannot be decoded: they are damaged, or this machine is too slow';

/** Why there is no fresh picture, most telling witness first. */
function reasonOf(facts: TileFacts): string {
  if (!facts.linked) return 'The media server does not answer';
  const { source, health } = facts;
  if (source && source.state !== 'running' && source.state !== 'starting')
    return source.reason || 'The camera sends no frames';
  if (waitsInLine(facts)) return source?.reason ?? '';
  if (health && (health.state === 'offline' || health.state === 'unauthorized') && health.reason)
    return health.reason;
  const arrives = facts.arrivedForMs !== null && facts.arrivedForMs <= advancingMs;
  return arrives ? notDecoded : 'The camera sends no frames';
}

const frozenReason = 'Frozen: the camera sends the very same picture again and again';

function withFrame(
  facts: TileFacts,
  frame: NonNullable<TileFacts['frame']>,
): Omit<TileVerdict, 'loginRefused' | 'note'> | null {
  const { sinceMs, ageMs } = frame;
  const advancing = sinceMs <= advancingMs;
  // A picture is as old as its capture says, and never younger than the time since it appeared.
  const oldMs = Math.max(sinceMs, ageMs ?? 0);
  // What it shows is no younger than that, whenever it was sent; where we err, a grey picture is better than none.
  if (facts.frozenForMs !== null && oldMs <= staleAgeMs)
    return {
      ...{ state: 'stale', picture: true, ageMs: facts.frozenForMs + oldMs, reason: frozenReason },
      holdsMs: 1_000,
    };
  if (ageMs !== null && advancing && ageMs <= liveAgeMs)
    return {
      state: 'live',
      picture: true,
      ageMs: null,
      reason: '',
      holdsMs: Math.min(liveAgeMs - ageMs, advancingMs - sinceMs) + 1,
    };
  const behindMs = facts.source?.behindMs ?? 0;
  if (ageMs !== null && advancing && ageMs - behindMs <= liveAgeMs && ageMs <= delayedAgeMs)
    return {
      ...{ state: 'late', picture: true, ageMs, reason: 'The source sends its pictures late' },
      holdsMs: Math.min(advancingMs - sinceMs, liveAgeMs - (ageMs - behindMs), delayedAgeMs - ageMs) + 1,
    };
  if (oldMs <= staleAgeMs) {
    let reason = 'The picture arrives late';
    if (!advancing) reason = reasonOf(facts);
    else if (ageMs === null) reason = 'The age of the picture is not known';
    return { state: 'late', picture: true, ageMs, reason, holdsMs: staleAgeMs - oldMs + 1 };
  }
  if (oldMs <= removeAgeMs) {
    const reason = advancing ? 'The picture arrives late' : reasonOf(facts);
    return { state: 'stale', picture: true, ageMs: oldMs, reason, holdsMs: removeAgeMs - oldMs + 1 };
  }
  return null;
}

/** Decides what a tile shows. Pure; called for every tile once per second and at each change. */
export function tileState(facts: TileFacts): TileVerdict {
  const verdict = judge(facts);
  const { state } = verdict;
  const note = state === 'live' && facts.source?.state === 'running' ? facts.source.reason : '';
  return { ...verdict, note, loginRefused: state === 'offline' && loginIsRefused(facts) };
}

function judge(facts: TileFacts): Omit<TileVerdict, 'loginRefused' | 'note'> {
  const bare = { picture: false, ageMs: null, reason: '', holdsMs: Infinity } as const;
  if (!facts.assigned) return { ...bare, state: 'empty' };
  // Access that has ended takes the picture away at once, however fresh it is.
  if (facts.refused !== null) return { ...bare, state: 'refused', reason: facts.refused };
  const shown = facts.frame && withFrame(facts, facts.frame);
  if (shown) return shown;
  const unsupported = unsupportedReason(facts);
  if (unsupported !== null) return { ...bare, state: 'unsupported', reason: unsupported };
  if (facts.frame) {
    const ageMs = Math.max(facts.frame.sinceMs, facts.frame.ageMs ?? 0);
    const advancing = facts.frame.sinceMs <= advancingMs;
    const behindMs = facts.source?.behindMs ?? 0;
    const late =
      behindMs > delayedAgeMs
        ? `By its own word this source shows what was ${durationText(behindMs)} ago: a recording, or its clock is wrong`
        : 'The picture arrives far too late';
    const reason = advancing ? late : reasonOf(facts);
    const state = facts.linked && sourceIsDown(facts) ? 'offline' : 'stale';
    return { ...bare, state, ageMs, reason };
  }
  if (facts.linked && sourceIsDown(facts))
    return { ...bare, state: 'offline', ageMs: null, reason: reasonOf(facts) };
  if (facts.linked && !facts.frame && waitsInLine(facts))
    return { ...bare, state: 'connecting', reason: reasonOf(facts) };
  if (facts.waitingMs <= connectingMs)
    return { ...bare, state: 'connecting', holdsMs: connectingMs - facts.waitingMs + 1 };
  return { ...bare, state: 'offline', ageMs: facts.waitingMs, reason: reasonOf(facts) };
}

/** A duration as people read it: "12 s", "3 min", "2 h". Never rounds up: a picture is not made older than it is. */
export function durationText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h`;
}
