import { problem } from '@clerestory/protocol';
import { refuse } from '../../platform/http.ts';
import type { SocketHandlers, WindowSocket } from '../../platform/sockets.ts';
import type { Mover } from './rules.ts';
import type { PtzService } from './service.ts';

const nobody = refuse(problem('forbidden', 'Cameras are moved by people at a console.'));

/** `moverOf`: who is behind a window; null where no person is. */
export function ptzSockets(ptz: PtzService, moverOf: (socket: WindowSocket) => Mover | null): SocketHandlers {
  const watched = new WeakSet<WindowSocket>();
  const mover = (socket: WindowSocket): Mover | null => {
    if (socket.data.hello.surface === 'screen') return null;
    if (!watched.has(socket)) {
      watched.add(socket);
      socket.once('disconnect', () => ptz.windowGone(socket.id));
    }
    return socket.connected ? moverOf(socket) : null;
  };
  return {
    'ptz:presets': ({ camera }) => ptz.view(camera),
    'ptz:move': ({ camera, ...speed }, socket) => {
      const by = mover(socket);
      return by ? ptz.move(camera, speed, by) : nobody;
    },
    'ptz:stop': ({ camera }, socket) => ptz.halt(camera, socket.id),
    'ptz:preset': ({ camera, preset }, socket) => {
      const by = mover(socket);
      return by ? ptz.goToPreset(camera, preset, by) : nobody;
    },
    'ptz:home': ({ camera }, socket) => {
      const by = mover(socket);
      return by ? ptz.goHome(camera, by) : nobody;
    },
    'ptz:release': ({ camera }, socket) => ptz.release(camera, socket.id),
  };
}
