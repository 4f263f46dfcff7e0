import { io, type Socket } from 'socket.io-client';
import type { ClientHello, ClientToServer, ServerToClient } from '@clerestory/protocol';
import { startApp, type App, type AppOptions } from '../app.ts';
import { loadConfig } from '../config.ts';
import { systemClock } from '../platform/clock.ts';
import { createLogger } from '../platform/logging.ts';
import { temporaryFolder } from './folder.ts';

/** The real app on a free port and a store of its own. `env` adds settings, `dir` starts on an existing store. */
export async function startTestApp(
  env: Record<string, string> = {},
  dir?: string,
  options: AppOptions = {},
): Promise<{ app: App; dir: string; fetchJson: FetchJson; stop(look?: () => void): Promise<void> }> {
  const folder = dir === undefined ? temporaryFolder() : { dir, remove: () => undefined };
  const config = loadConfig(
    {
      CLERESTORY_PORT: '0',
      CLERESTORY_DATA: folder.dir,
      CLERESTORY_DEMO: '0',
      CLERESTORY_CAMERA_NETWORKS: 'private,public,loopback',
      CLERESTORY_LOG_LEVEL: 'silent',
      ...env,
    },
    folder.dir,
  );
  const app = await startApp(config, createLogger('silent'), systemClock, options);
  return {
    app,
    dir: folder.dir,
    fetchJson: fetchJsonFrom(app.url),
    async stop(look) {
      await app.close();
      try {
        look?.();
      } finally {
        folder.remove();
      }
    },
  };
}

export type FetchJson = (
  method: string,
  address: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<{ status: number; type: string; body: any }>; // eslint-disable-line @typescript-eslint/no-explicit-any -- tests look at answers of any shape

export const fetchJsonFrom =
  (base: string): FetchJson =>
  async (method, address, body, headers = {}) => {
    const response = await fetch(base + address, {
      method,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      type: response.headers.get('content-type') ?? '',
      body: text ? JSON.parse(text) : null,
    };
  };

export type TestSocket = Socket<ServerToClient, ClientToServer>;

/** A connected window. */
export async function openWindow(
  url: string,
  hello: ClientHello,
  headers: Record<string, string> = {},
): Promise<TestSocket> {
  const socket: TestSocket = io(url, {
    auth: hello,
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    extraHeaders: headers,
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
  return socket;
}

/** Waits until `look` gives something, looking every few ms; the test's own time-out is the bound. */
export async function until<T>(
  look: () => T | undefined | null | false | Promise<T | undefined | null | false>,
): Promise<T> {
  for (;;) {
    const found = await look();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}
