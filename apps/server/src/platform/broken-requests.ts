import { STATUS_CODES } from 'node:http';
import { problem } from '@clerestory/protocol';
import { securityHeaderLines } from './security.ts';
import type { WebServer } from './tls.ts';

const refusalOf = (code: string | undefined) => {
  if (code === 'HPE_HEADER_OVERFLOW')
    return problem('headers-too-large', 'Shorten the address, or send fewer and shorter headers.');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return problem('timeout', 'The request did not come to its end in time. Send it again.');
  return problem('invalid-request', 'This is not a request as HTTP has them (RFC 9112).');
};

/** Answers what Node itself cannot read as a request, with a problem instead of an empty page; then hangs up. */
export function answerBrokenRequests(http: WebServer): void {
  http.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
    const refusal = refusalOf(error.code);
    const body = JSON.stringify(refusal);
    socket.end(
      [
        `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}`,
        'Connection: close',
        ...securityHeaderLines,
        'Content-Type: application/problem+json; charset=utf-8',
        `Content-Length: ${Buffer.byteLength(body)}`,
        '',
        body,
      ].join('\r\n'),
    );
  });
}
