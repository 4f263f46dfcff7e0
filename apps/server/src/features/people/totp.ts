import { randomBytes } from 'node:crypto';
import { generateSecret, generateURI, verifySync } from 'otplib';

/** Steps of 30 s (RFC 6238 section 4.1); one step either way is taken for clocks that are a little off (section 5.2). */
const periodS = 30;
const issuer = 'Clerestory';

/** 160 random bits, as RFC 4226 section 4 recommends, in base32. */
export const newTotpSecret = (): string => generateSecret({ length: 20 });

/** What the app reads from the QR picture. */
export const totpUri = (secret: string, login: string): string =>
  generateURI({ strategy: 'totp', issuer, label: login, secret, period: periodS });

/**
 * The step whose code this is, or null. A step at or before `lastStep` was used already and does not count again
 * (RFC 6238 section 5.2).
 */
export function stepOfCode(secret: string, code: string, nowMs: number, lastStep: number): number | null {
  if (!/^\d{6}$/.test(code)) return null;
  const epoch = Math.floor(nowMs / 1000);
  const result = verifySync({ secret, token: code, epoch, epochTolerance: periodS, period: periodS });
  const step = Math.floor(epoch / periodS) + (result.valid ? result.delta : 0);
  return result.valid && step > lastStep ? step : null;
}

const recoveryCodeCount = 10;

/** 80 random bits each, in four groups that can be read out: no 0, 1, 8 or 9. */
export function newRecoveryCodes(): string[] {
  const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';
  return Array.from({ length: recoveryCodeCount }, () => {
    const letters = [...randomBytes(16)].map((byte) => alphabet[byte % 32]).join('');
    return letters.replace(/(.{4})(?=.)/g, '$1-');
  });
}

/** A recovery code as typed, in the one form that is hashed. */
export const plainRecoveryCode = (code: string): string => code.toLowerCase().replaceAll(/[\s-]/g, '');
