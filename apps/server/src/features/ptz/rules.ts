import type { Role } from '@clerestory/protocol';

/** Somebody at a console who wants to move a camera. */
export interface Mover {
  /** The window: when it goes, so does the hold. */
  window: string;
  /** For the record: `person:<id>`. */
  actor: string;
  name: string;
  /** Higher takes over from lower. */
  rank: number;
  /** Is the right still there, and the session unlocked? */
  may(camera: string): boolean;
}

/** A supervisor comes before everybody else at the wall. */
export const rankOf = (roles: readonly Role[]): number => (roles.includes('supervisor') ? 2 : 1);

/** May this one take the camera from who holds it? One's own other window never stands in the way. */
export const mayTake = (holder: Pick<Mover, 'actor' | 'rank'>, by: Pick<Mover, 'actor' | 'rank'>): boolean =>
  by.rank > holder.rank || by.actor === holder.actor;
