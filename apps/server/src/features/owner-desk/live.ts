import type { Express, RequestHandler } from 'express';
import { apiBase, problem, type OwnCameras } from '@clerestory/protocol';
import type { Actor } from '../../platform/actor.ts';
import { mountReadOnly, sendProblem } from '../../platform/http.ts';
import type { OwnerDeskService } from './service.ts';

/** Pages of one owner that are told at the same time. */
const maxEach = 6;
/** A line that keeps proxies from closing a quiet stream, and finds one that is gone. */
const beatMs = 15_000;
/** What a page that reads slowly may have waiting, bytes; beyond it the stream ends and the page begins anew. */
const maxWaitingBytes = 256 * 1024;

export const livePath = `${apiBase}/owner/live`;

interface LiveParts {
  desk: OwnerDeskService;
  /** The policy at this door. */
  door: RequestHandler;
  actorOf(response: { locals: object }): Actor;
  onEnded(listener: (session: { id: string }) => void): void;
}

/** Who watches now, told as it changes: server-sent events (HTML standard, section 9.2), each with the whole of it. */
export function mountLive(app: Express, { desk, door, actorOf, onEnded }: LiveParts): void {
  const open = new Map<string, Set<{ session: string; end(): void }>>();
  onEnded(({ id }) => {
    for (const all of open.values()) for (const one of all) if (one.session === id) one.end();
  });
  app.get(livePath, door, (request, response) => {
    const actor = actorOf(response);
    if (actor.kind !== 'owner') return sendProblem(response, problem('unauthenticated', 'Sign in first.'));
    const mine = open.get(actor.id) ?? new Set();
    open.set(actor.id, mine);
    if (mine.size >= maxEach)
      return sendProblem(
        response,
        problem('too-many', `At most ${maxEach} pages are told at once. Close some.`),
      );
    response.writeHead(200, {
      'Content-Type': 'text/event-stream',
      'Cache-Control': 'no-store',
      'X-Accel-Buffering': 'no',
    });
    const say = (text: string) => {
      if (response.writableLength > maxWaitingBytes) return end();
      response.write(text);
    };
    const tell = (now: OwnCameras) => say(`data: ${JSON.stringify(now)}\n\n`);
    const unwatch = desk.watch(actor.id, tell);
    const beat = setInterval(() => say(':\n\n'), beatMs);
    beat.unref();
    const one = { session: actor.session, end: () => end() };
    function end() {
      clearInterval(beat);
      unwatch();
      mine.delete(one);
      if (mine.size === 0) open.delete((actor as { id: string }).id);
      response.end();
    }
    mine.add(one);
    request.on('close', end);
    tell(desk.camerasOf(actor.id));
  });
  mountReadOnly(app, [livePath]);
}
