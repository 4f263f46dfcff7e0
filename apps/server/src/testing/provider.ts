import { generateKeyPairSync } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';

export const clientSecret = 'a secret that only the two of them know';

export interface TestProvider {
  issuer: string;
  door: Server;
  close(): Promise<void>;
}

/**
 * The real provider, for the client `clerestory` of the server at `url`, with a page that signs `signsIn()` in and agrees to
 * everything. `says`: its claims of an account.
 */
export async function startProvider(
  url: string,
  { signsIn, says }: { signsIn: () => string; says: (account: string) => Record<string, unknown> },
): Promise<TestProvider> {
  const door = createServer();
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(door.address() as AddressInfo).port}`;
  const oidc = new Provider(issuer, {
    clients: [
      {
        client_id: 'clerestory',
        client_secret: clientSecret,
        redirect_uris: [`${url}/api/v1/session/provider/return`],
        token_endpoint_auth_method: 'client_secret_post',
      },
    ],
    claims: { openid: ['sub'], email: ['email', 'email_verified', 'duties'], profile: [] },
    pkce: { required: () => true },
    cookies: { keys: ['only for this test'] },
    jwks: {
      keys: [
        {
          ...generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }),
          kid: '1',
        },
      ],
    },
    ttl: { Interaction: 60, Session: 60, Grant: 60, AccessToken: 60, IdToken: 60 },
    features: { devInteractions: { enabled: false } },
    findAccount: (_context: unknown, id: string) => ({
      accountId: id,
      claims: () => ({ sub: id, ...says(id) }),
    }),
    interactions: { url: (_context: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
  });
  const handle = oidc.callback();
  door.on('request', async (request, response) => {
    if (!request.url?.startsWith('/interaction/')) return handle(request, response);
    const { prompt, params } = await oidc.interactionDetails(request, response);
    if (prompt.name === 'login')
      return oidc.interactionFinished(request, response, { login: { accountId: signsIn() } });
    const grant = new oidc.Grant({ accountId: signsIn(), clientId: String(params['client_id']) });
    grant.addOIDCScope('openid email profile');
    await oidc.interactionFinished(request, response, { consent: { grantId: await grant.save() } });
  });
  return {
    ...{ issuer, door },
    async close() {
      door.closeAllConnections();
      await new Promise((resolve) => door.close(resolve));
    },
  };
}
