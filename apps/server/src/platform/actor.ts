import type { Role } from '@clerestory/protocol';

/** Somebody who signed in. `session` names the server-side session: when it ends, so does everything done under it. */
export interface PersonActor {
  kind: 'person';
  id: string;
  name: string;
  roles: readonly Role[];
  /** Groups of people this one belongs to, for rights that are given to a group. */
  groups: readonly string[];
  session: string;
  /** Idle too long, or locked by hand: what is on the wall stays, but nothing may act. */
  locked: boolean;
}

/** A paired screen: it can display its wall and nothing else. Nobody signs in on it. */
export interface ScreenActor {
  kind: 'screen';
  id: string;
  name: string;
  wall: string;
  /** The pairing: when it is revoked, the screen goes dark. */
  device: string;
}

/** Somebody who lends cameras, at the pages for owners. Nobody at the wall. */
export interface OwnerActor {
  kind: 'owner';
  id: string;
  name: string;
  session: string;
}

/** Another system, which opens incidents and does nothing else. */
export interface FeedActor {
  kind: 'feed';
  id: string;
  name: string;
}

export interface AnonymousActor {
  kind: 'anonymous';
}

/** Who is behind a request, a socket or a push channel. */
export type Actor = PersonActor | ScreenActor | OwnerActor | FeedActor | AnonymousActor;

export const anonymous: AnonymousActor = { kind: 'anonymous' };

/** Who it is, in one word for the record and the commits: `person:<id>`, `screen:<id>`, `owner:<id>`, `feed:<id>` or `anonymous`. */
export const actorName = (actor: Actor): string =>
  actor.kind === 'anonymous' ? 'anonymous' : `${actor.kind}:${actor.id}`;
