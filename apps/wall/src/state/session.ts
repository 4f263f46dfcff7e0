import { problem, type Answer, type Me, type Problem, type Role, type WhoAmI } from '@clerestory/protocol';
import { createStore } from 'zustand/vanilla';
import { callRoute } from './call-route.ts';

/** Who is signed in at this page. `who` is null until the server has said so for the first time. */
export interface SessionState {
  who: WhoAmI | null;
  /** Why it could not be asked; the last answer stays. */
  fault: Problem | null;
}

export const sessionStore = createStore<SessionState>(() => ({ who: null, fault: null }));

/** Asks the server who is signed in here. */
export async function refreshSession(): Promise<void> {
  const answer = await callRoute('whoAmI', {});
  sessionStore.setState(answer.ok ? { who: answer.value, fault: null } : { fault: answer.problem });
}

/** Takes over what a sign-in or an unlock answered, and asks for the rest. */
export function tookSession(me: Me): void {
  const { who } = sessionStore.getState();
  if (who) sessionStore.setState({ who: { ...who, me }, fault: null });
  void refreshSession();
}

/** One of these roles is held by who is signed in. */
export const holds = (who: WhoAmI | null, ...roles: Role[]): boolean =>
  who?.me?.roles.some((role) => roles.includes(role)) ?? false;

/** The server's word on a passkey ceremony, or the browser's where it was called off. */
export function passkeyFault(error: unknown): Answer<never> {
  const { name } = error as Error;
  const detail =
    name === 'NotAllowedError'
      ? 'Nothing was confirmed. Try again and follow what the browser asks.'
      : name === 'SecurityError'
        ? 'Passkeys need a host name: open this page as http://localhost instead of by number.'
        : name === 'InvalidStateError'
          ? 'This device is registered already.'
          : 'The browser could not use a passkey here. Sign in another way.';
  return { ok: false, problem: problem('unprocessable', detail) };
}

/** People do not act at every moment; one word a minute is enough to stay unlocked. */
const tellActivityMs = 60_000;
/** A lock, or an end, that happened elsewhere is seen after this time at the latest. */
const askAgainMs = 30_000;

/** Keeps the store true while a page that needs a session is open. Returns how to stop. */
export function watchSession(): () => void {
  let toldMs = -Infinity;
  const acted = () => {
    const { who } = sessionStore.getState();
    const nowMs = performance.now();
    if (!who?.me || who.me.session.locked || nowMs - toldMs < tellActivityMs) return;
    toldMs = nowMs;
    void callRoute('touchSession', {});
  };
  const seen = () => void (document.visibilityState === 'visible' && refreshSession());
  const timer = setInterval(seen, askAgainMs);
  const signs = ['pointerdown', 'keydown', 'wheel'] as const;
  for (const sign of signs) window.addEventListener(sign, acted, { passive: true });
  document.addEventListener('visibilitychange', seen);
  void refreshSession();
  return () => {
    clearInterval(timer);
    for (const sign of signs) window.removeEventListener(sign, acted);
    document.removeEventListener('visibilitychange', seen);
  };
}
