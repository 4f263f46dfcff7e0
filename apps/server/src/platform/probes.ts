import type { Express } from 'express';
import { mountReadOnly } from './http.ts';

/** `/healthz`: the process answers. `/readyz`: it can also show pictures; 503 until the media node is there. */
export function mountProbes(app: Express, mediaThere: () => boolean): void {
  app.get('/healthz', (_request, response) => void response.json({ status: 'ok' }));
  app.get('/readyz', (_request, response) => {
    const media = mediaThere();
    response.status(media ? 200 : 503).json({ status: media ? 'ready' : 'not ready', media });
  });
  mountReadOnly(app, ['/healthz', '/readyz']);
}
