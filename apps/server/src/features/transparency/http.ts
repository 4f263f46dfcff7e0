import type { Express, RequestHandler, Response } from 'express';
import { problem } from '@clerestory/protocol';
import { formatVerifierKey, parseCheckpoint, parseTilePath, tileWidth, widthOf } from '@clerestory/tlog';
import { mountReadOnly, ok, sendRefusal, type RouteHandlers } from '../../platform/http.ts';
import type { Checkpoints, TreeSource } from './checkpoints.ts';

/** A checkpoint changes; tiles never do (C2SP tlog-tiles). */
const checkpointAge = 'public, max-age=5';
const tileAge = 'public, max-age=31536000, immutable';
const plain = 'text/plain; charset=utf-8';

/** The log for everybody: C2SP tlog-tiles below `/log`. Only what a published checkpoint covers is shown. */
export function mountLog(
  app: Express,
  { checkpoints, tree, guard }: { checkpoints: Checkpoints; tree: TreeSource; guard: RequestHandler },
): void {
  const anywhere = (response: Response) => response.set('Access-Control-Allow-Origin', '*');
  app.use('/log', guard);
  app.get('/log/checkpoint', (request, response) => {
    const published = checkpoints.published();
    if (!published.ok) return sendRefusal(request, response, published.problem);
    anywhere(response).set('Cache-Control', checkpointAge).type(plain).send(published.value.note);
  });
  app.get('/log/key', (_request, response) => {
    const keys = checkpoints.keys().toReversed().map(formatVerifierKey);
    anywhere(response)
      .set('Cache-Control', checkpointAge)
      .type(plain)
      .send(`${keys.join('\n')}\n`);
  });
  app.get('/log/tile/*name', async (request, response) => {
    const published = checkpoints.published();
    if (!published.ok) return sendRefusal(request, response, published.problem);
    const size = parseCheckpoint(`${published.value.note.split('\n\n')[0]}\n`)?.size ?? 0;
    const name = request.path.slice('/log/'.length);
    const id = parseTilePath(name);
    // A partial tile of an earlier size is as true as ever; one that is not yet signed is not there.
    if (!id || id.width > widthOf(id.level, id.index, size))
      return sendRefusal(
        request,
        response,
        problem('not-found', `There is no such tile in the log of ${size} entries.`),
      );
    const bytes = Buffer.from(await tree.tile(id));
    anywhere(response)
      .set('Cache-Control', id.width === tileWidth ? tileAge : 'public, max-age=3600')
      .type('application/octet-stream')
      .send(bytes);
  });
  mountReadOnly(app, ['/log/checkpoint', '/log/key', '/log/tile/*name']);
}

export function logRoutes(checkpoints: Checkpoints): RouteHandlers {
  return { getLogStatus: () => ok(checkpoints.status()) };
}
