import { actorName, type Actor } from '../platform/actor.ts';
import type { WindowSocket } from '../platform/sockets.ts';

interface AskerParties {
  rights: {
    may(actor: Actor, right: 'arrange' | 'live' | 'see', camera: string): { ok: boolean };
  };
  windows: { actorOf(socket: WindowSocket): Actor };
}

/** Who arranges a wall, gives orders to screens and looks at what they show, as those features need them. */
export function askers({ rights, windows }: AskerParties) {
  const askerOf = (actor: Actor) =>
    actor.kind === 'person'
      ? {
          who: actor.name,
          isSupervisor: actor.roles.includes('supervisor'),
          mayArrange: (camera: string) => rights.may(actor, 'arrange', camera).ok,
          sees: (camera: string) => rights.may(actor, 'see', camera).ok,
        }
      : undefined;
  return {
    askerOf,
    askerAt: (socket: WindowSocket) => askerOf(windows.actorOf(socket)),
    whoIs: (socket: WindowSocket) => {
      const actor = windows.actorOf(socket);
      return { who: actor.kind === 'anonymous' ? '' : actor.name, actor: actorName(actor) };
    },
    mayWatch: (socket: WindowSocket, camera: string) =>
      rights.may(windows.actorOf(socket), 'live', camera).ok,
  };
}
