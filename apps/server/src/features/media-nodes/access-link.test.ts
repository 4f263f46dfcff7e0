import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Server } from 'socket.io';
import { io, type Socket } from 'socket.io-client';
import type { AccessChange, MediaGrant } from '@clerestory/protocol';
import { until } from '../../testing/server.ts';
import { AccessLink } from './access-link.ts';

let http: HttpServer;
let server: Server;
let node: Socket;
let link: AccessLink;
let heard: AccessChange[];

beforeEach(async () => {
  http = createServer();
  server = new Server(http);
  link = new AccessLink(
    {
      table: () => ({ keys: [], grants: [] }),
      ask: () => Promise.resolve({ ok: true }),
      knows: () => true,
      usage: () => undefined,
    },
    { warn: () => undefined } as never,
  );
  server.on('connection', (socket) => link.joined(socket as never));
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  node = io(`http://127.0.0.1:${(http.address() as AddressInfo).port}`, { transports: ['websocket'] });
  heard = [];
  node.on('node:access-changed', (change: AccessChange) => heard.push(change));
  await new Promise((resolve) => node.once('node:access', resolve));
});
afterEach(async () => {
  node.disconnect();
  await server.close();
});

const grantOf = (id: string, key = 'k'): MediaGrant => ({
  ...{ id, key, camera: 'gate', scope: 'live', leftMs: null, private: true },
});
const end = (grant: string) => ({ grant, reason: 'The owner has revoked this camera' });

test('what ends in one moment reaches the node as one message, numbered without a gap', async () => {
  for (let n = 0; n < 200; n++) link.changed({ ended: [end(`g${n}`)] });
  link.changed({ gone: [{ key: 'k', reason: 'signed out' }] });
  await until(() => heard.length === 1);
  expect(heard[0]).toMatchObject({ sequence: 2, grants: [], gone: [{ key: 'k' }] });
  expect(heard[0]?.ended.map(({ grant }) => grant)).toEqual(Array.from({ length: 200 }, (_, n) => `g${n}`));
  link.changed({ ended: [end('later')] });
  await until(() => heard.length === 2);
  expect(heard[1]).toMatchObject({ sequence: 3, ended: [end('later')] });
});

test('what was given and ended again in the same moment is not given', async () => {
  link.changed({ grants: [grantOf('a'), grantOf('b'), grantOf('c', 'other')] });
  link.changed({ ended: [end('a')] });
  link.changed({ gone: [{ key: 'other', reason: 'signed out' }] });
  await until(() => heard.length === 1);
  expect(heard[0]?.grants.map(({ id }) => id)).toEqual(['b']);
  expect(heard[0]?.ended.map(({ grant }) => grant)).toEqual(['a']);
});
