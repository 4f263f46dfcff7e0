import type { IncomingMessage } from 'node:http';
import { actorName, type PersonActor } from '../platform/actor.ts';
import type { WindowSocket } from '../platform/sockets.ts';
import type { PtzRank, Role } from '@clerestory/protocol';

/** Somebody at a console, as the feature that moves cameras needs them. */
interface Mover {
  window: string;
  actor: string;
  name: string;
  rankAt(camera: string): PtzRank;
  may(camera: string): boolean;
}

/** Who knows people and rights, and whom a change of them concerns. */
export interface MoverParties {
  access: {
    rights: {
      may(actor: PersonActor, right: 'ptz', camera: string): { ok: boolean };
      onChange(listener: () => void): void;
    };
  };
  people: {
    authenticate(request: IncomingMessage): PersonActor | undefined;
    actorOf(session: string): PersonActor | undefined;
    sessions: {
      onEnded(listener: () => void): void;
      onLocked(listener: () => void): void;
      onChanged(listener: () => void): void;
    };
  };
  /** A private camera is moved by whoever has a live grant for it, as it is watched. */
  grants: {
    permit(actor: PersonActor, camera: string): { ok: boolean };
    isForIncident(actor: PersonActor, camera: string): boolean;
    onChange(listener: () => void): void;
  };
  ptz: { recheck(): void; forget(camera: string): void };
  cameras: {
    onChange(listener: (change: { type: 'changed' } | { type: 'removed'; camera: string }) => void): void;
  };
  /** Who comes before whom. */
  rankOf(roles: readonly Role[], forIncident: boolean): PtzRank;
}

/** Who is behind a console's window, for moving cameras; a hold ends at once with what it rests on. */
export function moversAtConsoles({
  access,
  people,
  grants,
  ptz,
  cameras,
  rankOf,
}: MoverParties): (socket: WindowSocket) => Mover | null {
  const recheck = () => ptz.recheck();
  people.sessions.onEnded(recheck);
  people.sessions.onLocked(recheck);
  people.sessions.onChanged(recheck);
  access.rights.onChange(recheck);
  grants.onChange(recheck);
  cameras.onChange((change) => {
    if (change.type === 'removed') ptz.forget(change.camera);
  });
  return (socket) => {
    const person = people.authenticate(socket.request);
    if (!person) return null;
    return {
      window: socket.id,
      actor: actorName(person),
      name: person.name,
      rankAt(camera) {
        const now = people.actorOf(person.session) ?? person;
        return rankOf(now.roles, grants.isForIncident(now, camera));
      },
      may(camera) {
        const now = people.actorOf(person.session);
        if (now === undefined || now.locked) return false;
        return access.rights.may(now, 'ptz', camera).ok && grants.permit(now, camera).ok;
      },
    };
  };
}
