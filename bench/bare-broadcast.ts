// What every message costs at least: passed on to everybody. Prints its port; ends with its parent.
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';

const server: WebSocketServer = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
server.on('listening', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
server.on('connection', (socket) =>
  socket.on('message', (data) => {
    for (const other of server.clients) other.send(data, { binary: false });
  }),
);
process.stdin.on('end', () => process.exit()).resume();
