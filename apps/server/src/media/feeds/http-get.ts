import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { noSuchStream } from '@clerestory/protocol';
import { checkAddress, type CheckedAddress, type Resolve } from '../../platform/addresses/check.ts';
import { isPublic, type CameraNetworks } from '../../platform/addresses/networks.ts';
import { FeedError } from './feed.ts';
import { authorize, type HttpLogin } from './http-login.ts';

/** Where feeds may connect to. */
export interface Reach {
  networks: CameraNetworks;
  resolve?: Resolve;
  /** Addresses that are not connected to. */
  shunned?: ReadonlySet<string>;
}

const maxRedirects = 3;
/** Until the head of an answer, and between two pieces of its body, ms. */
const silenceMs = 8_000;

export interface GetOptions {
  /** `bytes=0-99`, for a piece of a file. */
  range?: string;
  signal: AbortSignal;
}

/**
 * Asks one camera or media server for things, each address judged before it is connected to and then held to the
 * address that was judged. Redirects and links lead on within the same host or out to the open internet: never from
 * one machine of the site to another, which is how a hostile camera would look around. The login goes to its own host
 * alone. Close it when done.
 */
export class HttpGetter {
  readonly #reach: Reach;
  readonly #login: HttpLogin | null;
  readonly #agents = {
    http: new HttpAgent({ keepAlive: true, maxSockets: 4 }),
    https: new HttpsAgent({ keepAlive: true, maxSockets: 4 }),
  };
  #home: string | null = null;
  #challenge: string | undefined;

  constructor(reach: Reach, login: HttpLogin | null) {
    this.#reach = reach;
    this.#login = login;
  }

  close(): void {
    this.#agents.http.destroy();
    this.#agents.https.destroy();
  }

  /** A 200 or 206 and where it came from in the end. Rejects with FeedError. The first address that is asked is home. */
  async get(address: string, options: GetOptions): Promise<{ body: IncomingMessage; address: string }> {
    let at = address;
    for (let hop = 0; hop <= maxRedirects; hop++) {
      const to = await this.#judge(at);
      let body = await this.#ask(to, options);
      if (body.statusCode === 401 && this.#login && to.host === this.#home) {
        this.#challenge = body.headers['www-authenticate'];
        body.resume();
        body = await this.#ask(to, options);
      }
      const status = body.statusCode ?? 0;
      if (status === 200 || status === 206) return { body, address: at };
      body.destroy();
      const next = body.headers.location;
      if (status < 300 || status > 399 || next === undefined) throw refusalOf(status, this.#login !== null);
      at = urlOf(next, at);
    }
    throw new FeedError('The camera redirects in a circle');
  }

  /** The whole body. Rejects with FeedError when it is larger than `maxBytes`. */
  async getWhole(
    address: string,
    maxBytes: number,
    options: GetOptions,
  ): Promise<{ bytes: Buffer; address: string }> {
    const answer = await this.get(address, options);
    const pieces: Buffer[] = [];
    let size = 0;
    try {
      for await (const piece of answer.body as AsyncIterable<Buffer>) {
        size += piece.length;
        if (size > maxBytes) throw new FeedError('The camera sends more than makes sense');
        pieces.push(piece);
      }
    } catch (error) {
      if (error instanceof FeedError) throw error;
      throw new FeedError('The camera cut the connection');
    }
    return { bytes: Buffer.concat(pieces), address: answer.address };
  }

  async #judge(address: string): Promise<CheckedAddress> {
    const checked = await checkAddress(address, { ...this.#reach, schemes: ['http', 'https'] });
    if (!checked.ok)
      throw new FeedError(
        this.#home === null
          ? `The camera address cannot be used: ${checked.reason}`
          : `The camera leads to an address that cannot be used: ${checked.reason}`,
      );
    this.#home ??= checked.host;
    if (checked.host !== this.#home && !isPublic(checked.ip))
      throw new FeedError('The camera leads to another machine of this network, where it has no business');
    return checked;
  }

  #ask(to: CheckedAddress, { range, signal }: GetOptions): Promise<IncomingMessage> {
    const secure = to.scheme === 'https';
    const path = to.path.startsWith('/') ? to.path : `/${to.path}`;
    const home = to.host === this.#home;
    const login = home && this.#login ? authorize(this.#challenge, this.#login, 'GET', path) : null;
    const named = isIP(to.host) === 6 ? `[${to.host}]` : to.host;
    const usual = to.port === (secure ? 443 : 80);
    return new Promise((resolve, reject) => {
      const asked = (secure ? httpsRequest : httpRequest)({
        ...{ host: to.ip, port: to.port, path, method: 'GET', signal, timeout: silenceMs },
        agent: secure ? this.#agents.https : this.#agents.http,
        ...(secure && isIP(to.host) === 0 && { servername: to.host }),
        headers: {
          Host: usual ? named : `${named}:${to.port}`,
          'User-Agent': 'Clerestory',
          Accept: '*/*',
          ...(range !== undefined && { Range: range }),
          ...(login !== null && { Authorization: login }),
        },
      });
      asked.on('timeout', () => asked.destroy(new FeedError('The camera does not answer')));
      asked.on('error', (error) => reject(faultOf(error)));
      asked.on('response', resolve);
      asked.end();
    });
  }
}

/** An address relative to where it stands. Throws FeedError. */
export function urlOf(reference: string, base: string): string {
  try {
    const url = new URL(reference, base);
    url.hash = '';
    return url.href;
  } catch {
    throw new FeedError('The camera names an address that is none');
  }
}

function faultOf(error: NodeJS.ErrnoException): FeedError {
  if (error instanceof FeedError) return error;
  const words: Record<string, string> = {
    ECONNREFUSED: 'Nothing answers at that address and port',
    EHOSTUNREACH: 'No way to that address',
    ENETUNREACH: 'No way to that address',
    ETIMEDOUT: 'The camera does not answer',
  };
  const code = error.code ?? '';
  if (words[code]) return new FeedError(words[code]);
  if (/CERT|SELF_SIGNED|UNABLE_TO_|ALTNAME/.test(code))
    return new FeedError(
      'The certificate of that server is not valid: correct it, or use http:// inside your network',
    );
  if (/SSL|EPROTO/.test(code)) return new FeedError('The server does not speak HTTPS at that port');
  if (/^HPE_/.test(code)) return new FeedError('The camera answers, but not with HTTP');
  return new FeedError('The camera cut the connection');
}

function refusalOf(status: number, hasLogin: boolean): FeedError {
  if (status === 401)
    return new FeedError(
      hasLogin
        ? 'The camera refuses the user name or password'
        : 'The camera asks for a user name and password: add them to this camera',
      'unauthorized',
    );
  if (status === 403) return new FeedError('The camera forbids this login to watch', 'unauthorized');
  if (status === 404 || status === 410) return new FeedError(noSuchStream);
  if (status === 503) return new FeedError('The camera has no room for another viewer, or is still starting');
  return new FeedError(`The camera answers with error ${status}`);
}
