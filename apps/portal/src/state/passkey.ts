import { startAuthentication, startRegistration } from '@simplewebauthn/browser';
import { problem, type Answer, type OwnerMe, type Passkey } from '@clerestory/protocol/portal';
import { call } from './call.ts';

type Json<F extends (options: never) => unknown> = Parameters<F>[0] extends { optionsJSON: infer O }
  ? O
  : never;

/** The person closed the browser's dialog, or this device has no passkey for us. */
const notDone = { ok: false, problem: problem('unprocessable', 'No passkey was used.') } as const;

export async function signInByPasskey(): Promise<Answer<OwnerMe>> {
  const begun = await call('ownerPasskeySignInOptions', {});
  if (!begun.ok) return begun;
  try {
    const optionsJSON = begun.value.options as unknown as Json<typeof startAuthentication>;
    const response = await startAuthentication({ optionsJSON });
    return await call('ownerPasskeySignIn', {
      body: { ticket: begun.value.ticket, response: { ...response } },
    });
  } catch {
    return notDone;
  }
}

export async function addPasskey(name: string): Promise<Answer<Passkey>> {
  const begun = await call('ownerBeginPasskey', {});
  if (!begun.ok) return begun;
  try {
    const optionsJSON = begun.value.options as unknown as Json<typeof startRegistration>;
    const response = await startRegistration({ optionsJSON });
    return await call('ownerAddPasskey', {
      body: { ticket: begun.value.ticket, response: { ...response }, name },
    });
  } catch {
    return notDone;
  }
}
