import { createRequire } from 'node:module';
import { Agent, request as httpRequest } from 'node:http';
import { Agent as TlsAgent, request as httpsRequest } from 'node:https';
import onvif from 'onvif';

/** Largest answer of a device, bytes; encoders with many channels send some 200 KB of profiles. */
const maxAnswerBytes = 512 * 1024;
/** A request is over after this long, however much of its answer has come, ms. */
export const answerTimeoutMs = 5_000;
/** Times that a device may ask for a login within one request. */
const maxChallenges = 2;

type Callback = (error: Error | null, data?: unknown, xml?: string, status?: number) => void;
interface Order {
  service?: string;
  action?: string | null;
  body: string;
  url?: { path?: string | null };
  headers?: Record<string, string | number>;
  replyTimeout?: number;
}
/** What the library keeps to itself, and what is replaced here. */
interface Inner {
  uri?: Record<string, { path?: string | null }>;
  digestAuth(challenges: string[], options: object): string;
  _requestPart2(order: Order, callback: Callback): void;
}

// No types come with this part of the library.
const { parseSOAPString, getDigestHeaders } = createRequire(import.meta.url)('onvif/lib/utils') as {
  parseSOAPString(xml: string, callback: Callback, status: number): void;
  getDigestHeaders(raw: string[]): string[];
};

export interface DeviceAddress {
  secure: boolean;
  /** The address that was judged; nothing else is ever connected to, whatever the device says of itself. */
  ip: string;
  /** For the Host header, and for SNI where it is a name. */
  host: string;
  port: number;
  path: string;
}
export interface Login {
  username: string;
  password: string;
}

/** The device did not answer as it should; `code` where the connection failed. */
export class DeviceError extends Error {
  override name = 'DeviceError';
  readonly code: string;
  constructor(message: string, code = '') {
    super(message);
    this.code = code;
  }
}

export const escapeXml = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** The library searches for namespaces with a pattern that takes quadratic time over a text like this. */
const wouldTakeForever = /xmlns[^=]{256}/;

function parse(xml: string, status: number, callback: Callback): void {
  if (wouldTakeForever.test(xml)) return callback(new DeviceError('The answer is no SOAP'));
  try {
    parseSOAPString(xml, callback, status);
  } catch (error) {
    callback(error as Error);
  }
}

interface Sent {
  status: number;
  challenges: string[];
  xml: string;
}

/** One request to the pinned address: bounded in time and size, redirects are answers like any other. */
function send(
  address: DeviceAddress,
  agent: Agent,
  order: Order,
  path: string,
  timeoutMs: number,
): Promise<Sent> {
  return new Promise((resolve, reject) => {
    const start = address.secure ? httpsRequest : httpRequest;
    const request = start(
      {
        method: 'POST',
        host: address.ip,
        port: address.port,
        path,
        agent,
        headers: {
          ...order.headers,
          Host: `${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`,
          'Content-Type': `application/soap+xml;charset=utf-8;action="${order.action ?? ''}"`,
          'Content-Length': Buffer.byteLength(order.body),
        },
        ...(address.secure && { servername: address.host === address.ip ? '' : address.host }),
      },
      (response) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > maxAnswerBytes) request.destroy(new DeviceError('The answer is too large'));
          else chunks.push(chunk);
        });
        response.on('end', () => {
          const xml = Buffer.concat(chunks).toString('utf8');
          resolve({
            status: response.statusCode ?? 0,
            challenges: getDigestHeaders(response.rawHeaders),
            xml,
          });
        });
        response.on('error', reject);
      },
    );
    const timer = setTimeout(
      () => request.destroy(new DeviceError('no answer in time', 'ETIMEDOUT')),
      timeoutMs,
    );
    request.on('close', () => clearTimeout(timer));
    request.on('error', reject);
    request.end(Buffer.from(order.body));
  });
}

/** The library's requests over a transport of ours; parsing and the login digest stay the library's. */
class BoundedCam extends onvif.Cam {
  readonly #address: DeviceAddress;
  readonly #agent: Agent;
  readonly #login: Login;

  constructor(address: DeviceAddress, login: Login) {
    super({
      hostname: address.ip,
      port: address.port,
      path: address.path,
      useSecure: address.secure,
      username: escapeXml(login.username),
      password: login.password,
      preserveAddress: true,
      autoconnect: false,
    });
    this.#address = address;
    this.#login = login;
    // Cameras sign their certificates themselves; the address is pinned and the login goes as a digest.
    const options = { keepAlive: true, maxSockets: 4, timeout: 30_000 };
    this.#agent = address.secure
      ? new TlsAgent({ ...options, rejectUnauthorized: false })
      : new Agent(options);
  }

  /** The library calls this for every message that it has made. */
  _requestPart2(order: Order, callback: Callback): void {
    this.#exchange(order).then(
      ({ xml, status }) => parse(xml, status, callback),
      (error: Error) => callback(error),
    );
  }

  close(): void {
    this.#agent.destroy();
  }

  async #exchange(order: Order): Promise<Sent> {
    const inner = this as unknown as Inner;
    const path =
      order.url?.path ??
      (order.service ? (inner.uri?.[order.service]?.path ?? `/onvif/${order.service}`) : this.#address.path);
    for (let asked = 0; ; asked++) {
      const sent = await send(this.#address, this.#agent, order, path, order.replyTimeout ?? answerTimeoutMs);
      if (sent.status >= 300 && sent.status < 400)
        throw new DeviceError('It wants to send us on to another address, which is not followed');
      if (sent.status !== 401 || sent.challenges.length === 0) {
        if (sent.status === 401 && sent.xml.trim() === '') throw new DeviceError('Unauthorized', 'EAUTH');
        return sent;
      }
      if (asked >= maxChallenges - 1) throw new DeviceError('Unauthorized', 'EAUTH');
      order.headers = { Authorization: this.#digest(sent.challenges, path) };
    }
  }

  /** The library's answer to a challenge. What it puts into XML is escaped; here the name goes as it is, in UTF-8. */
  #digest(challenges: string[], path: string): string {
    const inner = this as unknown as Inner & { username: string };
    const escaped = inner.username;
    inner.username = this.#login.username;
    const header = inner.digestAuth(challenges, { path, method: 'POST' });
    inner.username = escaped;
    return Buffer.from(header).toString('latin1');
  }
}

export type { BoundedCam };
export const openCam = (address: DeviceAddress, login: Login): BoundedCam => new BoundedCam(address, login);
