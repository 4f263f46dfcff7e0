import { commonest } from './commonest.ts';

/**
 * NIST SP 800-63B-4 section 3.1.1.2: at least 15 characters where a password alone may sign somebody in, at least 64
 * allowed, no rules on which characters, no expiry, and a list of what is commonly chosen.
 */
const minPasswordLength = 15;
const maxPasswordLength = 128;

/** Fewer different characters than this is a pattern, not a password. */
const minDistinct = 5;

/** The form that is counted, checked and hashed, so that one password typed on two keyboards is the same. */
export const normalised = (password: string): string => password.normalize('NFKC');

const lettersOf = (text: string) => text.toLowerCase().replaceAll(/[^\p{L}]/gu, '');

/** Every step is the same: 1234…, abcd…, zyxw… */
function isRun(text: string): boolean {
  const codes = [...text].map((one) => one.codePointAt(0) ?? 0);
  const step = (codes[1] ?? 0) - (codes[0] ?? 0);
  if (Math.abs(step) > 1) return false;
  return codes.every((code, index) => index === 0 || code - (codes[index - 1] ?? 0) === step);
}

/** Nothing but one common word, over and over. */
const repeatsCommon = (letters: string): boolean =>
  letters.length > 0 &&
  commonest.some(
    (word) => letters.length % word.length === 0 && letters === word.repeat(letters.length / word.length),
  );

/** What is wrong with a chosen password, in words, or null. `own` are the login name and the like. */
export function faultOfPassword(password: string, own: readonly string[]): string | null {
  const text = normalised(password);
  const length = [...text].length;
  if (length < minPasswordLength)
    return `Use at least ${minPasswordLength} characters; a sentence of a few words is easiest to keep.`;
  if (length > maxPasswordLength) return `Use at most ${maxPasswordLength} characters.`;
  const lower = text.toLowerCase();
  for (const word of own) {
    // The part before the @ of an address is as easily guessed as the whole.
    const short = word.toLowerCase().split('@')[0] ?? '';
    if (short.length >= 3 && lower.replaceAll(short, '').length < minPasswordLength / 2)
      return 'Do not build it from your own name.';
  }
  if (new Set(lower).size < minDistinct || isRun(lower))
    return 'It follows a simple pattern. Use a sentence of a few words.';
  if (commonest.includes(lower) || repeatsCommon(lettersOf(lower)))
    return 'It is one of the passwords that are tried first. Use a sentence of a few words.';
  return null;
}

/** What is wrong with a chosen PIN, or null. */
export function faultOfPin(pin: string): string | null {
  if (new Set(pin).size < 3 || isRun(pin)) return 'This PIN is among the first to be tried. Take another.';
  return null;
}
