import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

type Claims = Record<string, unknown>;

/**
 * What an OpenID provider answers a client, without its pages: a way through it costs two short requests, where thousands are
 * gone. Codes are bound to the client, its secret, the redirect and the PKCE challenge, as in RFC 6749 and 7636.
 * At `<issuer>/plain` stands a second one, which has no userinfo endpoint and says all it says in the id token.
 */
export async function startSmallProvider(secret: string) {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = (claims: Claims): string => {
    const text = `${encoded({ alg: 'ES256', kid: '1' })}.${encoded(claims)}`;
    const key = { key: pair.privateKey, dsaEncoding: 'ieee-p1363' } as const;
    return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;
  };
  const codes = new Map<string, { asked: URLSearchParams; subject: string; claims: Claims }>();
  const tokens = new Map<string, Claims>();
  const said = { discovered: 0, away: false };

  const door = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', origin);
    const at = pathname.startsWith('/plain') ? `${origin}/plain` : origin;
    const answer = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    const text = await bodyOf(request);
    switch (pathname.replace(/^\/plain/, '')) {
      case '/.well-known/openid-configuration':
        said.discovered += 1;
        if (said.away) return answer(503, {});
        return answer(200, {
          issuer: at,
          authorization_endpoint: `${at}/auth`,
          token_endpoint: `${at}/token`,
          jwks_uri: `${at}/jwks`,
          ...(at === origin ? { userinfo_endpoint: `${at}/me` } : {}),
          response_types_supported: ['code'],
          subject_types_supported: ['public'],
          id_token_signing_alg_values_supported: ['ES256'],
        });
      case '/jwks':
        return answer(200, { keys: [{ ...pair.publicKey.export({ format: 'jwk' }), kid: '1' }] });
      case '/token': {
        const sent = new URLSearchParams(text);
        const code = sent.get('code') ?? '';
        const found = codes.get(code);
        codes.delete(code);
        const challenge = createHash('sha256')
          .update(sent.get('code_verifier') ?? '')
          .digest('base64url');
        const fits =
          found?.asked.get('code_challenge') === challenge &&
          found.asked.get('redirect_uri') === sent.get('redirect_uri') &&
          found.asked.get('client_id') === sent.get('client_id') &&
          sent.get('client_secret') === secret;
        if (!fits) return answer(400, { error: 'invalid_grant' });
        const token = randomUUID();
        const nowS = Math.floor(Date.now() / 1000);
        const { asked, subject, claims } = found;
        tokens.set(token, { sub: subject, ...claims });
        const of = { iss: at, sub: subject, aud: asked.get('client_id'), nonce: asked.get('nonce') };
        return answer(200, {
          access_token: token,
          token_type: 'Bearer',
          id_token: signed({ ...of, iat: nowS, exp: nowS + 60, ...(at === origin ? {} : claims) }),
        });
      }
      case '/me': {
        const claims = tokens.get(request.headers.authorization?.replace('Bearer ', '') ?? '');
        return claims ? answer(200, claims) : answer(401, {});
      }
      default:
        return answer(404, {});
    }
  });
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(door.address() as AddressInfo).port}`;
  return {
    issuer: origin,
    plain: `${origin}/plain`,
    said,
    /** Somebody whose browser was sent to `location` signs in there: the query with which it comes back. */
    signIn(location: string, subject: string, claims: Claims = {}): string {
      const asked = new URL(location).searchParams;
      const code = randomUUID();
      codes.set(code, { asked, subject, claims });
      return `?${new URLSearchParams({ code, state: asked.get('state') ?? '' })}`;
    },
    async close(): Promise<void> {
      door.closeAllConnections();
      await new Promise((resolve) => door.close(resolve));
    },
  };
}

async function bodyOf(request: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString();
}
