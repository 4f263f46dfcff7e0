import type { Consent } from '@clerestory/protocol';

/**
 * A consent on a wall clock that was moved by so much since it was made: its end comes no later for a clock that was set
 * back, the end of its pause no sooner for one that was set forward.
 */
export function atClock(consent: Consent, movedMs: number): Consent {
  const { expiresAt, pausedUntil } = consent;
  if (movedMs === 0 || (expiresAt === null && pausedUntil === null)) return consent;
  return {
    ...consent,
    expiresAt: expiresAt === null ? null : expiresAt + Math.min(0, movedMs),
    pausedUntil: pausedUntil === null ? null : pausedUntil + Math.max(0, movedMs),
  };
}
