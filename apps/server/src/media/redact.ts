/** Most that is kept of what an ffmpeg says, characters: the end of it. */
export const maxSaidChars = 4096;

/**
 * Takes addresses and logins out of ffmpeg's words, before they are looked at, logged or sent anywhere.
 * `secrets` are the exact strings that must not be left over, in addition to everything that looks like an address.
 */
export function redact(text: string, secrets: readonly string[] = []): string {
  let clean = text.replace(/\b[a-z][a-z0-9+.-]{1,15}:\/\/[^\s'"]*/gi, '<address>');
  for (const secret of [...secrets].sort((a, b) => b.length - a.length))
    if (secret.length >= 3) clean = clean.replaceAll(secret, '<secret>');
  return clean
    .replace(/\b(?:\d{1,3}\.){3}\d{1,3}(?::\d{1,5})?\b/g, '<address>')
    .replace(/(hostname|host) \S+/gi, '$1 <address>');
}
