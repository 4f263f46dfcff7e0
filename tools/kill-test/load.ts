import { io, type Socket } from 'socket.io-client';
import type { ClientToServer, CommandResult, ServerToClient } from '@clerestory/protocol';
import type { Browser, BrowserAnswer } from '../../apps/server/src/testing/browser.ts';
import type { Journal } from './journal.ts';

/** Where nothing listens: these cameras are only written down. */
const source = { kind: 'rtsp', main: 'rtsp://127.0.0.1:9/main' };
export const wallId = 'control-room';
/** Two cameras that are always there, so that an assignment always changes something. */
export const steadyCameras = ['steady-a', 'steady-b'] as const;

/** One change. Sent again with the same key after the server was killed over it, it must not happen twice. */
export interface Change {
  key: string;
  /**
   * Resolves to true when the server says that it had done this before: it was killed between commit and answer. Only
   * wall commands tell.
   * @throws Error when the connection broke, or when the server refuses.
   */
  send(): Promise<boolean>;
}

export class Refused extends Error {}
export const isRefusal = (error: unknown): error is Error => error instanceof Refused;

export const taken = (what: string, answer: BrowserAnswer, statuses: readonly number[]): BrowserAnswer => {
  if (statuses.includes(answer.status)) return answer;
  throw new Refused(`${what} was refused: ${answer.status} ${JSON.stringify(answer.body)}`);
};

/** Makes changes one after the other, each of a kind that chance chooses. */
export interface Writer {
  next(): Change;
  /** After a restart: what the browsers of this writer themselves see otherwise than they were told, in words. */
  check?(): Promise<string[]>;
}

/** Creates, renames and removes cameras of its own. */
export function cameraWriter(
  name: string,
  by: () => Browser,
  journal: Journal,
  random: () => number,
): Writer {
  let count = 0;
  let mine: string | null = null;
  const send = async (change: {
    method: string;
    address: string;
    body?: unknown;
    key: string;
    ok: number[];
  }) => {
    const { method, address, body, key, ok } = change;
    return taken(key, await by().call(method, address, body, { 'idempotency-key': key }), ok);
  };
  return {
    next() {
      count += 1;
      const key = `${name}-change-${count}`;
      const id = mine;
      if (id === null || random() < 0.3) {
        const made = `${name}-${count}`;
        mine = made;
        return {
          key,
          async send() {
            const body = { id: made, name: key, source };
            await send({ method: 'POST', address: '/cameras', body, key, ok: [201] });
            journal.cameras.set(made, { name: key, revision: 1 });
            return false;
          },
        };
      }
      if (random() < 0.3) {
        mine = null;
        return {
          key,
          async send() {
            // Removing takes no key: what is gone already is gone.
            await send({ method: 'DELETE', address: `/cameras/${id}`, key, ok: [204, 404] });
            journal.cameras.set(id, 'removed');
            return false;
          },
        };
      }
      return {
        key,
        async send() {
          const address = `/cameras/${id}`;
          const { body } = await send({ method: 'PATCH', address, body: { name: key }, key, ok: [200] });
          journal.cameras.set(id, { name: key, revision: (body as { revision: number }).revision });
          return false;
        },
      };
    },
  };
}

/** Renames the wall and a screen, and changes one tile, over REST. */
export function wallWriter(
  name: string,
  by: () => Browser,
  journal: Journal,
  random: () => number,
  tile: number,
): Writer {
  let count = 0;
  return {
    next() {
      count += 1;
      const key = `${name}-change-${count}`;
      const screen = `/walls/${wallId}/screens/left`;
      const chance = random();
      const [method, address, body] =
        chance < 0.25
          ? (['PATCH', `/walls/${wallId}`, { name: key }] as const)
          : chance < 0.5
            ? (['PATCH', screen, { name: key }] as const)
            : ([
                'PUT',
                `${screen}/tiles/${tile}`,
                { camera: steadyCameras[count % 2], why: { kind: 'standing', purpose: key } },
              ] as const);
      return {
        key,
        async send() {
          const answer = taken(
            key,
            await by().call(method, address, body, { 'idempotency-key': key }),
            [200],
          );
          const result = answer.body as CommandResult;
          journal.commits.set(key, result.sequence);
          return result.repeated;
        },
      };
    },
  };
}

/** On a machine with other work; that an answer is slow is no fault, that one is lost would be. */
const ackPatienceMs = 60_000;

/** Changes one tile over the console's socket. `connect` before the first change and after each restart. */
export function socketWriter(
  name: string,
  by: () => Browser,
  journal: Journal,
  tile: number,
): Writer & { connect(): Promise<void>; close(): void } {
  let count = 0;
  let base = 0;
  let socket: Socket<ServerToClient, ClientToServer> | null = null;
  const close = () => void socket?.disconnect();
  return {
    close,
    async connect() {
      close();
      const { url } = by();
      const headers = { cookie: by().cookieHeader(), origin: url };
      socket = io(url, {
        auth: { surface: 'console' },
        transports: ['websocket'],
        forceNew: true,
        reconnection: false,
        extraHeaders: headers,
      });
      const joined = await socket.timeout(ackPatienceMs).emitWithAck('wall:join', { wall: wallId });
      if (!joined.ok) throw new Refused(`the wall could not be joined: ${joined.problem.detail}`);
      base = joined.value.wall.sequence;
    },
    next() {
      count += 1;
      const key = `${name}-change-${count}`;
      const why = { kind: 'standing', purpose: key } as const;
      const command = {
        type: 'tile:assign',
        screen: 'right',
        tile,
        camera: steadyCameras[count % 2] ?? '',
        why,
      } as const;
      return {
        key,
        async send() {
          const broken = new Promise<never>((_, reject) => socket?.once('disconnect', reject));
          if (!socket?.connected) throw new Error('the socket is closed');
          const answered = socket
            .timeout(ackPatienceMs)
            .emitWithAck('wall:command', { wall: wallId, key, base, command });
          const answer = await Promise.race([answered, broken]);
          if (!answer.ok) throw new Refused(`${key} was refused: ${answer.problem.detail}`);
          base = answer.value.sequence;
          journal.commits.set(key, base);
          return answer.value.repeated;
        },
      };
    },
  };
}
