import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { until } from './server.ts';

export interface ReceivedLetter {
  to: string;
  subject: string;
  messageId: string;
  headers: ReadonlyMap<string, string>;
  text: string;
}

/** A real SMTP server on a free port, which keeps what it is given. */
export interface Mailbox {
  port: number;
  letters: ReceivedLetter[];
  /** Settings with which a server writes to it. */
  env: Record<string, string>;
  /** Waits for a letter to this address that `fits`, and takes it out. */
  take(to: string, fits?: (letter: ReceivedLetter) => boolean): Promise<ReceivedLetter>;
  close(): Promise<void>;
}

/** `options` may refuse recipients or ask for a login; `port` 0 takes a free one. */
export async function startMailbox(options: SMTPServerOptions = {}, port = 0): Promise<Mailbox> {
  const letters: ReceivedLetter[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    onData(stream, session, done) {
      text(stream).then((source) => {
        for (const { address } of session.envelope.rcptTo) letters.push(read(source, address));
        done();
      }, done);
    },
    ...options,
  });
  // A client that is killed in the middle is no fault of the mailbox.
  server.on('error', () => undefined);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const listening = (server.server.address() as AddressInfo).port;
  return {
    port: listening,
    letters,
    env: {
      CLERESTORY_SMTP_HOST: '127.0.0.1',
      CLERESTORY_SMTP_PORT: String(listening),
      CLERESTORY_SMTP_SECURITY: 'none',
      CLERESTORY_SMTP_FROM: 'Clerestory <wall@example.org>',
    },
    take: (to, fits = () => true) =>
      until(() => {
        const at = letters.findIndex((letter) => letter.to === to && fits(letter));
        return at < 0 ? undefined : letters.splice(at, 1)[0];
      }),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** As much of RFC 5322, RFC 2045 and RFC 2047 as our own letters use. */
function read(source: string, to: string): ReceivedLetter {
  const [head = '', ...rest] = source.split('\r\n\r\n');
  const headers = new Map(
    head
      .replaceAll(/\r\n[ \t]+/g, ' ')
      .split('\r\n')
      .map((line): [string, string] => {
        const at = line.indexOf(':');
        return [line.slice(0, at).toLowerCase(), decodeWords(line.slice(at + 1).trim())];
      }),
  );
  const body = rest.join('\r\n\r\n');
  const encoding = headers.get('content-transfer-encoding')?.toLowerCase();
  return {
    to,
    subject: headers.get('subject') ?? '',
    messageId: headers.get('message-id') ?? '',
    headers,
    text: encoding === 'quoted-printable' ? quoted(body) : encoding === 'base64' ? base64(body) : body,
  };
}

const base64 = (body: string) => Buffer.from(body, 'base64').toString('utf8');
const quoted = (body: string) =>
  Buffer.from(
    body
      .replaceAll(/=\r?\n/g, '')
      .replaceAll(/=([0-9A-F]{2})/gi, (_whole, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString('utf8');
const decodeWords = (line: string) =>
  line
    .replaceAll(/\?=\s+=\?/g, '?==?')
    .replaceAll(/=\?utf-8\?([BQ])\?([^?]*)\?=/gi, (_whole, kind: string, body: string) =>
      kind.toUpperCase() === 'B' ? base64(body) : quoted(body.replaceAll('_', ' ')),
    );
