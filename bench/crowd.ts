// Many push sockets that throw away what they get. Reads its task from one line; says "ready", and at the end Mbit/s.
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';

interface Task {
  url: string;
  cookie: string;
  origin: string;
  cameras: string[];
  viewers: number;
  channels: number;
}

const input = createInterface({ input: process.stdin });
const [line] = (await once(input, 'line')) as [string];
const { url, cookie, origin, cameras, viewers, channels } = JSON.parse(line) as Task;
let bytes = 0;
const firstPictures = Array.from({ length: viewers }, async (_, viewer) => {
  const socket = new WebSocket(url, { headers: { cookie, origin } });
  await once(socket, 'open');
  for (let channel = 1; channel <= channels; channel++)
    socket.send(
      JSON.stringify({
        ...{ type: 'subscribe', channel, stream: 'main' },
        camera: cameras[(viewer + channel) % cameras.length],
      }),
    );
  await new Promise<void>((resolve) => {
    socket.on('message', (data: Buffer, isBinary) => {
      if (!isBinary) return;
      bytes += data.length;
      resolve();
    });
  });
});
await Promise.all(firstPictures);
bytes = 0;
const startedMs = performance.now();
process.stdout.write('ready\n');
await once(input, 'close');
process.stdout.write(`${(bytes * 8) / 1000 / (performance.now() - startedMs)}\n`);
process.exit();
