import type { MediaGrant } from '@clerestory/protocol';
import type { Verdict, ViewRequest } from './gate.ts';

/** Why the door stays shut, with the status it is answered with. */
export type Refused = Extract<Verdict, { ok: false }> & {
  code: 'unauthenticated' | 'forbidden' | 'not-found' | 'unavailable';
};
export type Admitted = { ok: true } | Refused;

/** What a connection hears of its viewer. */
export interface Connection {
  /** The viewer is gone: session over, screen revoked. Close at once; nothing more may leave. */
  gone(reason: string): void;
  /** One grant has ended: whatever of this camera is on its way is cut off. */
  ended(camera: string, reason: string, scope: MediaGrant['scope']): void;
}

/**
 * Who comes in at the doors, while the gate asks for grants. Without it (`null`) everybody comes in, and the gate says yes to
 * everybody or is a test's own.
 */
export interface Admission {
  /** Keys (hashes) of the tokens in a Cookie header, ours alone. */
  keysOf(cookieHeader: string | undefined): string[];
  /** The key of a token that came in a path. */
  keyOf(token: string): string;
  /** Whether one of these is known already, so that nobody has to be asked. */
  isKnown(keys: readonly string[]): boolean;
  /** Which of these belong to somebody now; asks control for those that are not known. Null: control cannot be asked. */
  known(keys: readonly string[]): Promise<string[] | null>;
  /** From here on `viewer` in a ViewRequest is whoever shows these keys. Returns how to leave. */
  enter(viewer: string, keys: readonly string[], connection: Connection): () => void;
  /** Gets a grant where there is none yet. Resolves when the gate would say yes, or never will. */
  ask(request: Omit<ViewRequest, 'grant'>): Promise<Admitted>;
  /**
   * A channel is open, or a request waits: its grant is in use though no byte flows. Returns how to let go; `againMs`: the
   * viewer asks again so soon, and watches until then.
   */
  hold(viewer: string, camera: string, scope?: MediaGrant['scope']): (againMs?: number) => void;
  /** Bytes that left under the viewer's grant. `againMs`: the viewer asks for more so soon, and watches until then. */
  sent(request: Omit<ViewRequest, 'grant'>, bytes: number, againMs?: number): void;
}
