import type { Express } from 'express';
import type { StorageFault } from './database.ts';
import { mountReadOnly } from './http.ts';

/**
 * `/healthz`: the process answers. `/readyz`: it can also show pictures and keep what is changed; 503 until the media node is
 * there, and while the disk takes no writes.
 */
export function mountProbes(
  app: Express,
  mediaThere: () => boolean,
  storageFault: () => StorageFault | null,
): void {
  app.get('/healthz', (_request, response) => void response.json({ status: 'ok' }));
  app.get('/readyz', (_request, response) => {
    const media = mediaThere();
    const storage = storageFault() ?? 'ok';
    const isReady = media && storage === 'ok';
    response.status(isReady ? 200 : 503).json({ status: isReady ? 'ready' : 'not ready', media, storage });
  });
  mountReadOnly(app, ['/healthz', '/readyz']);
}
