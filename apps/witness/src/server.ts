import { createServer, type Server } from 'node:http';
import { formatVerifierKey } from '@clerestory/tlog';
import type { Witness } from './witness.ts';

/** Largest request, bytes: 63 hashes and a checkpoint with its signatures. */
const maxBodyBytes = 64 * 1024;
/** A request has to be there by then, ms. */
const patienceMs = 10_000;

/** `POST /add-checkpoint` and `GET /key`. */
export function witnessServer(witness: Witness): Server {
  const server = createServer((request, response) => {
    const answer = (status: number, body: string, type = 'text/plain; charset=utf-8') =>
      void response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
    if (request.method === 'GET' && request.url === '/key')
      return answer(200, `${formatVerifierKey(witness.key)}\n`);
    if (request.url !== '/add-checkpoint') return answer(404, 'POST /add-checkpoint, or GET /key\n');
    if (request.method !== 'POST') return answer(405, 'POST it\n');
    const parts: Buffer[] = [];
    let bytes = 0;
    request.on('data', (part: Buffer) => {
      bytes += part.length;
      if (bytes <= maxBodyBytes) parts.push(part);
    });
    request.on('end', () => {
      if (bytes > maxBodyBytes) return answer(413, 'this is too large\n');
      try {
        const { status, body, type } = witness.addCheckpoint(Buffer.concat(parts).toString('utf8'));
        answer(status, body, type);
      } catch {
        // The disk, say: nothing was signed, and it may be asked again.
        answer(500, 'it could not be remembered, so it is not signed\n');
      }
    });
    request.on('error', () => response.destroy());
  });
  server.requestTimeout = patienceMs;
  server.headersTimeout = patienceMs;
  return server;
}
