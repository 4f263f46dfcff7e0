import { startAuthentication, startRegistration } from '@simplewebauthn/browser';
import type { Answer, Me, Passkey, PasskeyProof } from '@clerestory/protocol';
import { callRoute } from '../../state/call-route.ts';
import { passkeyFault } from '../../state/session.ts';

type Json<F extends (options: never) => unknown> = Parameters<F>[0] extends { optionsJSON: infer O }
  ? O
  : never;

/** Asks the browser for a proof with one of the person's passkeys. */
export async function provePasskey(): Promise<Answer<PasskeyProof>> {
  const begun = await callRoute('passkeySignInOptions', {});
  if (!begun.ok) return begun;
  try {
    const response = await startAuthentication({
      optionsJSON: begun.value.options as unknown as Json<typeof startAuthentication>,
    });
    return { ok: true, value: { ticket: begun.value.ticket, response: { ...response } } };
  } catch (error) {
    return passkeyFault(error);
  }
}

export async function signInByPasskey(): Promise<Answer<Me>> {
  const proof = await provePasskey();
  return proof.ok ? callRoute('passkeySignIn', { body: proof.value }) : proof;
}

/** Unlocks the session, and confirms that it is really its person. */
export async function unlockByPasskey(): Promise<Answer<Me>> {
  const proof = await provePasskey();
  return proof.ok ? callRoute('unlockSession', { body: { passkey: proof.value } }) : proof;
}

export async function registerPasskey(name: string): Promise<Answer<Passkey>> {
  const begun = await callRoute('beginPasskey', {});
  if (!begun.ok) return begun;
  try {
    const response = await startRegistration({
      optionsJSON: begun.value.options as unknown as Json<typeof startRegistration>,
    });
    return await callRoute('addPasskey', {
      body: { ticket: begun.value.ticket, response: { ...response }, name },
    });
  } catch (error) {
    return passkeyFault(error);
  }
}
