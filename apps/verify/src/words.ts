/** A line on a terminal is no longer than this, characters. */
const longest = 10_000;

/**
 * What others wrote, so that it can be printed: control characters, ends of lines and what turns the direction of
 * writing are shown as `\u{…}`, since they could erase or fake words of this program.
 */
export function printable(text: string): string {
  const shown = text.replaceAll(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (sign) => `\\u{${sign.codePointAt(0)?.toString(16)}}`,
  );
  return shown.length <= longest
    ? shown
    : `${shown.slice(0, longest)} … and ${shown.length - longest} characters more`;
}
