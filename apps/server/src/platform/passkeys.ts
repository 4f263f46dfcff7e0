import { isIP } from 'node:net';
import type {
  AuthenticationResponseJSON,
  AuthenticatorTransport,
  RegistrationResponseJSON,
} from '@simplewebauthn/server';
import { problem, type Answer, type PasskeyProof } from '@clerestory/protocol';
import type { Clock } from './clock.ts';
import { ok, refuse } from './http.ts';
import { Tickets } from './tickets.ts';

const maxPasskeysEach = 20;
const rpName = 'Clerestory';

/** Read when first asked for: a fifth of what the server has to load is this library. */
const webAuthn = () => import('@simplewebauthn/server');

/** What of a passkey is kept to know it again. */
export interface PasskeyCredential {
  credential: string;
  publicKey: Uint8Array;
  counter: number;
  transports: readonly string[];
}

/** The two ceremonies of WebAuthn level 3: registering a passkey, and signing in with one. What is kept, the caller keeps. */
export class PasskeyCeremony {
  /** Of people who are signed in and register one; apart, so that no stranger's sign-ins push them out. */
  readonly #registrations: Tickets<{ challenge: string; holder: string }>;
  /** Of sign-ins, where the passkey says who it is. */
  readonly #signIns: Tickets<string>;
  constructor(clock: Clock) {
    this.#registrations = new Tickets(clock);
    this.#signIns = new Tickets(clock);
  }

  async begin(
    holder: string,
    { login, name, have }: { login: string; name: string; have: readonly { credential: string }[] },
    origin: string,
  ): Promise<Answer<{ ticket: string; options: Record<string, unknown> }>> {
    const rpID = rpIdOf(origin);
    if (!rpID.ok) return rpID;
    if (have.length >= maxPasskeysEach)
      return refuse(
        problem('unprocessable', `One has at most ${maxPasskeysEach} passkeys. Remove one first.`),
      );
    const options = await (
      await webAuthn()
    ).generateRegistrationOptions({
      rpName,
      rpID: rpID.value,
      userName: login,
      userDisplayName: name,
      userID: new TextEncoder().encode(holder),
      attestationType: 'none',
      excludeCredentials: have.map(({ credential }) => ({ id: credential })),
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    });
    const ticket = this.#registrations.issue({ challenge: options.challenge, holder }, holder);
    return ok({ ticket, options: { ...options } as Record<string, unknown> });
  }

  async prove(holder: string, proof: PasskeyProof, origin: string): Promise<Answer<PasskeyCredential>> {
    const challenge = this.#registrations.take(proof.ticket);
    const rpID = rpIdOf(origin);
    if (!rpID.ok) return rpID;
    if (challenge?.holder !== holder) return refuse(lapsed);
    const verified = await (
      await webAuthn()
    )
      .verifyRegistrationResponse({
        response: proof.response as unknown as RegistrationResponseJSON,
        expectedChallenge: challenge.challenge,
        expectedOrigin: origin,
        expectedRPID: rpID.value,
        requireUserVerification: true,
      })
      .catch(() => ({ verified: false as const }));
    if (!verified.verified)
      return refuse(problem('unprocessable', 'This passkey could not be verified. Try again.'));
    const { id, publicKey, counter, transports } = verified.registrationInfo.credential;
    return ok({ credential: id, publicKey, counter, transports: transports ?? [] });
  }

  /** @param place whom its challenge is counted to, since nobody is known yet */
  async signInOptions(
    origin: string,
    place: string,
  ): Promise<Answer<{ ticket: string; options: Record<string, unknown> }>> {
    const rpID = rpIdOf(origin);
    if (!rpID.ok) return rpID;
    const options = await (
      await webAuthn()
    ).generateAuthenticationOptions({ rpID: rpID.value, userVerification: 'required' });
    const ticket = this.#signIns.issue(options.challenge, place);
    return ok({ ticket, options: { ...options } as Record<string, unknown> });
  }

  /** Which passkey answered the challenge, with its counter now; null when none did. */
  async provenBy<P extends PasskeyCredential>(
    proof: PasskeyProof,
    origin: string,
    find: (credential: string) => Promise<P | null>,
  ): Promise<{ passkey: P; counter: number } | null> {
    const challenge = this.#signIns.take(proof.ticket);
    const rpID = rpIdOf(origin);
    if (challenge === undefined || !rpID.ok) return null;
    const response = proof.response as unknown as AuthenticationResponseJSON;
    const passkey = typeof response.id === 'string' ? await find(response.id) : null;
    if (!passkey) return null;
    const verified = await (
      await webAuthn()
    )
      .verifyAuthenticationResponse({
        response,
        expectedChallenge: challenge,
        expectedOrigin: origin,
        expectedRPID: rpID.value,
        requireUserVerification: true,
        credential: {
          id: passkey.credential,
          publicKey: new Uint8Array(passkey.publicKey),
          counter: passkey.counter,
          transports: [...passkey.transports] as AuthenticatorTransport[],
        },
      })
      .catch(() => null);
    return verified?.verified ? { passkey, counter: verified.authenticationInfo.newCounter } : null;
  }
}

const lapsed = problem('gone', 'That took too long. Begin again.');

/** The relying party's id is the host's name; WebAuthn (level 3, section 5.1.3) takes no IP address. */
function rpIdOf(origin: string): Answer<string> {
  const { hostname } = new URL(origin);
  return isIP(hostname.replaceAll(/[[\]]/g, '')) === 0
    ? ok(hostname)
    : refuse(
        problem(
          'unprocessable',
          `Passkeys belong to a host name, and this page was opened by an IP address. Open it by name, such as ${origin.replace(hostname, 'localhost')}.`,
        ),
      );
}
