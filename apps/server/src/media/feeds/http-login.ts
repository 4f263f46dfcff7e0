import { createHash, randomBytes } from 'node:crypto';

/** A user name and password for one server. */
export interface HttpLogin {
  username: string;
  password: string;
}

/** The parameters of a challenge such as `Digest realm="x", qop="auth"` (RFC 9110, 11.2), names in lower case. */
function parametersOf(challenge: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [, name = '', quoted, plain] of challenge.matchAll(
    /([a-z0-9-]+)\s*=\s*(?:"([^"]*)"|([^\s,]+))/gi,
  ))
    found[name.toLowerCase()] = quoted ?? plain ?? '';
  return found;
}

const algorithms: Record<string, 'md5' | 'sha256'> = { md5: 'md5', 'sha-256': 'sha256' };

/** The Authorization header for a Digest challenge (RFC 7616, 3.4); null when it asks for what we cannot do. */
function digest(challenge: string, login: HttpLogin, method: string, uri: string): string | null {
  const { realm = '', nonce = '', opaque, qop = '', algorithm = 'MD5' } = parametersOf(challenge);
  const kind = algorithms[algorithm.toLowerCase()];
  if (!kind || nonce === '') return null;
  const hash = (text: string) => createHash(kind).update(text).digest('hex');
  const [nc, cnonce] = ['00000001', randomBytes(8).toString('hex')];
  const [ha1, ha2] = [hash(`${login.username}:${realm}:${login.password}`), hash(`${method}:${uri}`)];
  const auth = /\bauth\b/i.test(qop);
  const response = auth
    ? hash(`${ha1}:${nonce}:${nc}:${cnonce}:auth:${ha2}`)
    : hash(`${ha1}:${nonce}:${ha2}`);
  const quote = (text: string) => `"${text.replace(/[\\"]/g, '\\$&')}"`;
  return [
    `Digest username=${quote(login.username)}, realm=${quote(realm)}, nonce=${quote(nonce)}, uri=${quote(uri)}`,
    `response="${response}", algorithm=${algorithm}`,
    ...(auth ? [`qop=auth, nc=${nc}, cnonce="${cnonce}"`] : []),
    ...(opaque === undefined ? [] : [`opaque=${quote(opaque)}`]),
  ].join(', ');
}

/** The Authorization header that answers a 401's challenge, Digest before Basic; null when there is none. */
export function authorize(
  challenge: string | undefined,
  login: HttpLogin,
  method: string,
  uri: string,
): string | null {
  const at = challenge?.search(/\bDigest\s/i) ?? -1;
  const answer = at < 0 ? null : digest((challenge ?? '').slice(at), login, method, uri);
  if (answer !== null) return answer;
  if (!/\bBasic\b/i.test(challenge ?? '')) return null;
  return `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`;
}
