import type { Consent, ConsentState } from '@clerestory/protocol';

/** C1 C2: what a consent is at a time. One that nobody marked as expired yet is so all the same. */
export function consentStateOf(
  consent: Pick<Consent, 'status' | 'level' | 'expiresAt' | 'pausedUntil'>,
  nowMs: number,
): ConsentState {
  const { status, level, expiresAt, pausedUntil } = consent;
  if (status === 'revoked' || status === 'pending' || status === 'expired') return status;
  if (expiresAt !== null && nowMs >= expiresAt) return 'expired';
  if (status === 'paused' && (pausedUntil === null || nowMs < pausedUntil)) return 'paused';
  return level;
}
