import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startFaultProxy, type FaultProxy } from './proxy.ts';

/** An echo server behind a proxy, and clients that note what they hear. */
let echo: Server;
let proxy: FaultProxy;
let atServer: Socket[];
beforeEach(async () => {
  atServer = [];
  echo = createServer((socket) => {
    atServer.push(socket);
    socket.on('error', () => {});
    socket.pipe(socket);
  }).listen(0, '127.0.0.1');
  await once(echo, 'listening');
  proxy = await startFaultProxy({ target: { port: (echo.address() as AddressInfo).port } });
});
afterEach(async () => {
  await proxy.close();
  for (const socket of atServer) socket.destroy();
  echo.close();
});

function client() {
  const socket = connect(proxy.port, '127.0.0.1');
  const ear = { socket, heard: '', ended: false, closed: false, error: '' };
  socket.on('data', (bytes: Buffer) => (ear.heard += bytes.toString()));
  socket.on('end', () => (ear.ended = true));
  socket.on('close', () => (ear.closed = true));
  socket.on('error', (error: NodeJS.ErrnoException) => (ear.error = error.code ?? ''));
  return ear;
}
const until = (look: () => void) => vi.waitFor(look, { timeout: 5_000, interval: 5 });
const hears = (ear: { heard: string }, text: string) => until(() => expect(ear.heard).toBe(text));

describe('fault proxy', () => {
  test('passes bytes and ends, and tells connections by their first line', async () => {
    const [one, two] = [client(), client()];
    one.socket.write('GET /push HTTP/1.1\r\n');
    two.socket.write('GET /other HTTP/1.1\r\n');
    await until(() =>
      expect(proxy.connections.map(({ opening }) => opening).sort()).toEqual([
        'GET /other HTTP/1.1',
        'GET /push HTTP/1.1',
      ]),
    );
    proxy.connections.find(({ opening }) => opening.includes('/push'))?.reset();
    await until(() => expect(one).toMatchObject({ error: 'ECONNRESET', closed: true }));
    two.socket.end('.');
    await hears(two, 'GET /other HTTP/1.1\r\n.');
    await until(() => expect(two.closed).toBe(true));
    expect(proxy.connections).toEqual([]);
  });

  test('stall: nothing gets through, not even an end, and all of it follows after healing', async () => {
    const ear = client();
    ear.socket.write('a');
    await hears(ear, 'a');
    proxy.set('stall');
    ear.socket.write('b');
    const late = client();
    late.socket.write('c');
    const leaver = client();
    await until(() => expect(proxy.connections).toHaveLength(3));
    leaver.socket.destroy();
    atServer[0]?.write('from the server');
    // Nothing is heard for as long as an echo through the same proxy took, many times over.
    await expect(vi.waitFor(() => expect(ear.heard).not.toBe('a'), { timeout: 200 })).rejects.toThrow();
    expect([late.heard, ear.closed, late.closed]).toEqual(['', false, false]);
    proxy.set('pass');
    await until(() => expect([...ear.heard].sort().join('')).toBe([...'abfrom the server'].sort().join('')));
    await hears(late, 'c');
    await until(() => expect(proxy.connections).toHaveLength(2));
  });

  test('half-open: what is sent is lost, and after healing the next byte is answered with a reset', async () => {
    const ear = client();
    ear.socket.write('a');
    await hears(ear, 'a');
    proxy.set('half-open');
    await until(() => expect(atServer[0]?.destroyed).toBe(true));
    ear.socket.write('b');
    await until(() => expect(ear.socket.writableLength).toBe(0));
    expect(ear.closed).toBe(false);
    proxy.set('pass');
    ear.socket.write('c');
    await until(() => expect(ear).toMatchObject({ closed: true, error: 'ECONNRESET', heard: 'a' }));
    const fresh = client();
    fresh.socket.write('d');
    await hears(fresh, 'd');
  });

  test('cut ends in good order, refuse resets the new and leaves the old', async () => {
    const [old, cut] = [client(), client()];
    old.socket.write('old');
    cut.socket.write('cut');
    await hears(cut, 'cut');
    await hears(old, 'old');
    proxy.set('refuse');
    const fresh = client();
    await until(() => expect(fresh).toMatchObject({ error: 'ECONNRESET', closed: true }));
    proxy.connections.find(({ opening }) => opening === 'cut')?.cut();
    await until(() => expect(cut).toMatchObject({ ended: true, error: '' }));
    old.socket.write('!');
    await hears(old, 'old!');
  });

  test('delay and throttle slow down without loss', async () => {
    const ear = client();
    ear.socket.write('a');
    await hears(ear, 'a');
    proxy.delay(150);
    let sentMs = performance.now();
    ear.socket.write('b');
    await hears(ear, 'ab');
    expect(performance.now() - sentMs).toBeGreaterThanOrEqual(298);
    proxy.delay(0);
    proxy.throttle(100);
    sentMs = performance.now();
    ear.socket.write('x'.repeat(60));
    await hears(ear, `ab${'x'.repeat(60)}`);
    expect(performance.now() - sentMs).toBeGreaterThan(500);
    proxy.throttle(1);
    ear.socket.write('y'.repeat(10_000));
    await until(() => expect(ear.heard).toMatch(/xy{1,2}$/));
    proxy.throttle(null);
    await until(() => expect(ear.heard).toHaveLength(10_062));
  });
});
