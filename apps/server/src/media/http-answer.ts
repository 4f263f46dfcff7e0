import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { errorCatalogue, problem, type ErrorCode } from '@clerestory/protocol';
import type { Clock } from './clock.ts';

/** A reader that takes nothing for this long is cut off, ms. */
const readerPatienceMs = 30_000;

/** A refusal on its way out as problem details (RFC 9457). */
export class HttpProblem extends Error {
  readonly code: ErrorCode;
  readonly retryAfterS: number | undefined;

  constructor(code: ErrorCode, detail: string, retryAfterS?: number) {
    super(detail);
    this.code = code;
    this.retryAfterS = retryAfterS;
  }
}

export interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
  /** Names the client to the gate and to the count of viewers. */
  viewer: string;
  clock: Clock;
  /** Aborts when the client goes away. */
  signal: AbortSignal;
}

export function answerProblem({ request, response }: Exchange, fault: HttpProblem): void {
  if (response.headersSent) return void response.destroy();
  const body = JSON.stringify(problem(fault.code, fault.message));
  response.statusCode = errorCatalogue[fault.code].status;
  response.setHeader('Content-Type', 'application/problem+json');
  response.setHeader('Content-Length', Buffer.byteLength(body));
  if (fault.retryAfterS !== undefined) response.setHeader('Retry-After', fault.retryAfterS);
  response.end(request.method === 'HEAD' ? undefined : body);
}

/**
 * Writes a body of several pieces without joining them; `mayGo` is asked before each, and a no cuts the answer off.
 * Waits for slow clients, so that no more than one piece is queued for them. `onSent` hears of each piece that left.
 */
export async function answerBytes(
  { request, response, signal, clock }: Exchange,
  contentType: string,
  pieces: readonly Uint8Array[],
  mayGo: () => boolean,
  onSent: (bytes: number) => void,
): Promise<void> {
  response.setHeader('Content-Type', contentType);
  response.setHeader(
    'Content-Length',
    pieces.reduce((sum, piece) => sum + piece.length, 0),
  );
  if (request.method === 'HEAD') return void response.end();
  for (const piece of pieces) {
    if (signal.aborted) return;
    if (!mayGo()) return void request.socket.destroy();
    onSent(piece.length);
    if (response.write(piece)) continue;
    const patience = new AbortController();
    const callOff = clock.after(readerPatienceMs, () => patience.abort());
    // Rejects when the client goes away: then the next round ends it.
    await once(response, 'drain', { signal: AbortSignal.any([signal, patience.signal]) }).catch(() => {});
    callOff();
    // The connection and not the answer: one that waits for others before it on the same connection has no hold of it yet.
    if (patience.signal.aborted) return void request.socket.destroy();
  }
  response.end();
}
