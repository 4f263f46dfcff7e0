import { createServer, type AddressInfo, type Server } from 'node:net';

/** The door could not be opened; the message says what to do. */
export class ListenError extends Error {
  override name = 'ListenError';
}

const wordsFor = (code: string | undefined, host: string, port: number): string => {
  if (code === 'EADDRINUSE')
    return `Port ${port} on ${host} is in use. Stop the other program, or set CLERESTORY_PORT to another port (0 takes any free one).`;
  if (code === 'EACCES') return `This user may not open port ${port}. Set CLERESTORY_PORT to one above 1023.`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return `This machine has no address ${host}. Set CLERESTORY_HOST to one that it has, such as 127.0.0.1.`;
  return `Cannot listen on ${host}:${port} (${code ?? 'unknown fault'}).`;
};

/** Listens and gives the port that was taken. Throws ListenError. */
export async function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) =>
      reject(new ListenError(wordsFor(error.code, host, port), { cause: error }));
    server.once('error', fail);
    server.listen(port, host, () => {
      server.off('error', fail);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** The port, when a server could listen on it now (0: some port); else null. */
async function freePort(host: string, port: number): Promise<number | null> {
  const probe = createServer();
  try {
    const taken = await listen(probe, host, port);
    await new Promise((resolve) => probe.close(resolve));
    return taken;
  } catch {
    return null;
  }
}

/** The first of `wanted` that is free (0: any); null when none is. */
export async function firstFreePort(host: string, wanted: readonly number[]): Promise<number | null> {
  for (const port of wanted) {
    const free = await freePort(host, port);
    if (free !== null) return free;
  }
  return null;
}
