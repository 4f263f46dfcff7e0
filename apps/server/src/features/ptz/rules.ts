import { PtzRank, type Role } from '@clerestory/protocol';

/** Somebody at a console who wants to move a camera. */
export interface Mover {
  /** The window: when it goes, so does the hold. */
  window: string;
  /** For the record: `person:<id>`. */
  actor: string;
  name: string;
  /** As it is now: a grant may come or go. Higher takes over from lower. */
  rankAt(camera: string): PtzRank;
  /** Is the right still there, and the session unlocked? */
  may(camera: string): boolean;
}

/**
 * The field's order is administrator, event, operator, tour; here it has these.
 * - Supervisor, in the administrator's place: who administers here neither watches nor moves (R4 of `features/access`).
 * - Incident: whoever has the camera open for one, or for what cannot wait. No event moves a camera by itself here; a person
 *   does, for it. A camera that nobody needs a grant for has nobody of this rank.
 * - Operator: everybody else with the right, investigators too.
 * - No tour: tours here change what a tile shows, and move nothing.
 */
export function rankOf(roles: readonly Role[], forIncident: boolean): PtzRank {
  if (roles.includes('supervisor')) return 'supervisor';
  return forIncident ? 'incident' : 'operator';
}

const order = PtzRank.options;
/** May this one take the camera from who holds it? One's own other window never stands in the way. */
export const mayTake = (
  holder: Pick<Mover, 'actor' | 'rankAt'>,
  by: Pick<Mover, 'actor' | 'rankAt'>,
  camera: string,
): boolean =>
  order.indexOf(by.rankAt(camera)) > order.indexOf(holder.rankAt(camera)) || by.actor === holder.actor;
