import type { MediaGrant, StreamKind } from '@clerestory/protocol';

/** What a viewer asks to see, and by which door. */
export interface ViewRequest {
  /** Who asks: one push socket, or one HTTP client. */
  viewer: string;
  /** The camera whose bytes would be sent, not the one named in an address. */
  camera: string;
  /** The stream whose bytes would be sent. */
  stream: StreamKind;
  /** The grant that the page named; empty where the cookie alone says who asks. */
  grant: string;
  door: 'push' | 'llhls' | 'poster' | 'replay' | 'listen';
}

/** Pictures of the last minute need a grant of their own, and so does sound. */
export const scopeOf = (door: ViewRequest['door']): MediaGrant['scope'] =>
  door === 'replay' ? 'replay' : door === 'listen' ? 'sound' : 'live';

export type Verdict = { ok: true } | { ok: false; reason: string };

/**
 * Through this one function passes every byte of video and of sound: each door asks it for each chunk, init, playlist, part,
 * segment and poster, right before the bytes are written. It must answer at once, from memory.
 */
export interface Gate {
  mayView(request: ViewRequest): Verdict;
}
