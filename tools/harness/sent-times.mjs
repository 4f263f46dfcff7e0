// Loaded before a media node under test: when the kernel last took video or a playlist for each view that names itself in a
// header. What a busy client reads later has left long before; this says when. Whoever connects to the socket is told.
import { rmSync } from 'node:fs';
import { Server } from 'node:http';
import { createServer, Socket } from 'node:net';

/** Socket → its view, and how to read what is written to it. */
const views = new WeakMap();
/** View → ms of the machine's monotonic clock, which all processes share. */
const lastMs = new Map();
const nowMs = () => Number(process.hrtime.bigint()) / 1e6;

const emit = Server.prototype.emit;
Server.prototype.emit = function (event, request, ...rest) {
  const view = (event === 'request' || event === 'upgrade') && request.headers['x-view'];
  if (view && views.get(request.socket)?.view !== view)
    views.set(request.socket, { view, status: 0, isHeader: true, opcode: 0 });
  return Reflect.apply(emit, this, [event, request, ...rest]);
};

/** Not a refusal, nor a notice: an answer of 200, or a binary message (RFC 6455 section 5.2; header and payload take turns). */
function isShown(seen, chunk) {
  if (seen.status !== 101) {
    const status = /^HTTP\/1\.1 (\d{3})/.exec(chunk.subarray(0, 12).toString('latin1'))?.[1];
    if (status !== undefined) seen.status = Number(status);
    return seen.status === 200;
  }
  const isHeader = seen.isHeader;
  seen.isHeader = !isHeader;
  if (isHeader) seen.opcode = chunk[0] & 0x0f;
  return !isHeader && (seen.opcode === 0 || seen.opcode === 2);
}

const write = Socket.prototype._writeGeneric;
Socket.prototype._writeGeneric = function (writev, data, encoding, done) {
  const seen = views.get(this);
  const chunks = writev ? data : [{ chunk: data, encoding }];
  const shown = seen && chunks.filter(({ chunk, encoding: as }) => isShown(seen, Buffer.from(chunk, as)));
  if (!shown || shown.length === 0) return write.call(this, writev, data, encoding, done);
  const { view } = seen;
  return write.call(this, writev, data, encoding, (error) => {
    if (!error) lastMs.set(view, nowMs());
    done(error);
  });
};

const path = process.env['SENT_TIMES_SOCKET'];
if (path !== undefined && /media[/\\]main\.[jt]s$/.test(process.argv[1] ?? '')) {
  rmSync(path, { force: true });
  createServer((asking) => asking.end(JSON.stringify([...lastMs])))
    .listen(path)
    .unref();
}
