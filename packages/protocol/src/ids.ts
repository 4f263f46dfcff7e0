import { z } from 'zod';

/** Ids are lower-case words: safe in a path, a header byte string and a log line. 1 to 64 characters. */
const idPattern = /^[a-z0-9][a-z0-9-]{0,63}$/;

export const Id = z.string().regex(idPattern, 'an id is 1 to 64 of a-z, 0-9 and -, not starting with -');
export const CameraId = Id;
export const WallId = Id;
export const ScreenId = Id;
export type CameraId = z.infer<typeof CameraId>;
export type WallId = z.infer<typeof WallId>;
export type ScreenId = z.infer<typeof ScreenId>;

/** Which encoding of a camera: `main` (large) or `sub` (small, for the grid). */
export const StreamName = z.enum(['main', 'sub']);
export type StreamName = z.infer<typeof StreamName>;
/** What can be sent of a camera: one of its pictures’ encodings, or its sound, which is a stream of its own. */
export const StreamKind = z.enum([...StreamName.options, 'audio']);
export type StreamKind = z.infer<typeof StreamKind>;

/** Zero-based cell of a layout; people see `tile + 1`. The largest layout has 36 cells, parked ones included 64. */
export const TileIndex = z.int().min(0).max(63).meta({
  description: 'The place of a tile, counted from 0. People count from 1, and so do the words of errors.',
});
export type TileIndex = z.infer<typeof TileIndex>;

/** Unix time in milliseconds, UTC. */
export const UnixMs = z.number().min(0);

/** Key that makes a repeated command harmless: 8 to 64 printable characters, chosen by the client. */
export const IdempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{8,64}$/, '8 to 64 printable characters, no spaces');

/** Turn the order of letters on a page, so that a name reads as another: marks, embeddings, overrides, isolates. */
const turnsText = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;
/** Control characters, and separators of lines and paragraphs (Unicode categories Cc, Zl, Zp). */
const breaksLine = /[\p{Cc}\p{Zl}\p{Zp}]/u;
/** Half of a character outside the basic plane. */
const loneSurrogate = /\p{Cs}/u;
/** Anything that leaves ink: a letter, a digit, a sign. Joiners, spaces and the fillers of Hangul and Braille do not. */
const visible = /(?![\u115f\u1160\u2800\u3164\uffa0])[\p{L}\p{N}\p{P}\p{S}]/u;

/**
 * One line of text that people read, 0 to `max` UTF-16 units, trimmed and in normal form C (UAX 15). Joiners stay, since
 * scripts and emoji need them; what would hide, break or turn the text is refused.
 */
export const textLine = (max: number) =>
  z
    .string('give a text')
    .trim()
    .normalize('NFC')
    .max(max, `at most ${max} characters`)
    .superRefine((text, context) => {
      const refuse = (message: string) => context.addIssue({ code: 'custom', message });
      if (breaksLine.test(text)) refuse('one line without control characters: take out tabs and line breaks');
      else if (loneSurrogate.test(text)) refuse('half of a character is in it: type the text anew');
      else if (turnsText.test(text))
        refuse('take out the invisible signs that turn the direction of the text');
      else if (text !== '' && !visible.test(text)) refuse('nothing in it can be seen: use letters or digits');
    });

/** Name shown to people: a text line that is not empty. */
export const DisplayName = textLine(80).refine((text) => text !== '', 'a name is needed');
