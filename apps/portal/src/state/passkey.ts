import { startAuthentication, startRegistration } from '@simplewebauthn/browser';
import type { Answer, OwnerMe, Passkey } from '@clerestory/protocol/portal';
import { call } from './call.ts';

type Json<F extends (options: never) => unknown> = Parameters<F>[0] extends { optionsJSON: infer O }
  ? O
  : never;

/**
 * What went wrong in the browser, or that we do not know the passkey. `not-done`: it was called off, took too long, or this
 * device has none for us; browsers do not say which. `not-here`: passkeys need a name instead of numbers in the address.
 */
export type PasskeyTrouble = 'not-done' | 'unknown' | 'already' | 'not-here' | 'failed';
export type PasskeyAnswer<T> = Answer<T> | { ok: false; trouble: PasskeyTrouble };

const troubles: Readonly<Record<string, PasskeyTrouble>> = {
  NotAllowedError: 'not-done',
  AbortError: 'not-done',
  InvalidStateError: 'already',
  SecurityError: 'not-here',
};
const troubleOf = (error: unknown) => ({
  ...{ ok: false as const, trouble: troubles[(error as Error).name] ?? 'failed' },
});

export async function signInByPasskey(): Promise<PasskeyAnswer<OwnerMe>> {
  const begun = await call('ownerPasskeySignInOptions', {});
  if (!begun.ok) return begun;
  try {
    const optionsJSON = begun.value.options as unknown as Json<typeof startAuthentication>;
    const response = await startAuthentication({ optionsJSON });
    const answer = await call('ownerPasskeySignIn', {
      body: { ticket: begun.value.ticket, response: { ...response } },
    });
    return !answer.ok && answer.problem.code === 'unauthenticated'
      ? { ok: false, trouble: 'unknown' }
      : answer;
  } catch (error) {
    return troubleOf(error);
  }
}

export async function addPasskey(name: string): Promise<PasskeyAnswer<Passkey>> {
  const begun = await call('ownerBeginPasskey', {});
  if (!begun.ok) return begun;
  try {
    const optionsJSON = begun.value.options as unknown as Json<typeof startRegistration>;
    const response = await startRegistration({ optionsJSON });
    return await call('ownerAddPasskey', {
      body: { ticket: begun.value.ticket, response: { ...response }, name },
    });
  } catch (error) {
    return troubleOf(error);
  }
}
