import { z } from 'zod';
import { Purpose } from './consent.ts';
import { CameraId, Id, textLine, UnixMs } from './ids.ts';

const hourMs = 60 * 60_000;

/** What a request for footage may ask for at most: a street corner and a day, not a quarter and a month. */
export const footageLimits = {
  radiusM: { least: 50, most: 1_000 },
  /** From the beginning to the end of what is asked for, ms. */
  spanMs: 24 * hourMs,
  /** How long ago it may have begun, ms. */
  agoMs: 30 * 24 * hourMs,
  words: { least: 20, most: 1_000 },
  /** Of an owner's answer, characters. */
  answer: { least: 1, most: 500 },
  /** How long owners may answer, days. */
  days: { least: 1, most: 14 },
} as const;

/** What people write, on several lines if they like; kept as one. */
const plainWords = (least: number, most: number, tooShort: string) =>
  z
    .string('give a text')
    .transform((text) => text.replaceAll(/\s+/g, ' '))
    .pipe(textLine(most).refine((text) => text.length >= least, tooShort));

/**
 * - `waiting`: a supervisor has to look at it first; no owner knows of it
 * - `published`: owners of cameras in the area were told, and may answer or not
 * - `refused`: by the supervisor; no owner knows of it
 * - `closed`: by who asked, by a supervisor, or by its end
 */
export const FootageState = z.enum(['waiting', 'published', 'refused', 'closed']);
export type FootageState = z.infer<typeof FootageState>;

/** The case that footage is asked for: an incident of this site, or a number of another system. */
export const FootageCase = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('incident'),
    number: z.int('the number of an incident').min(1, 'the number of an incident').max(999_999_999),
  }),
  z.strictObject({
    kind: z.literal('other'),
    number: textLine(40).refine((text) => text !== '', 'give the case number'),
  }),
]);
export type FootageCase = z.infer<typeof FootageCase>;

/** As people write it: `Incident 12`, or the number of the other system as it stands. */
export const caseText = ({ kind, number }: FootageCase): string =>
  kind === 'incident' ? `Incident ${number}` : number;

const { radiusM, spanMs, words, answer, days } = footageLimits;
export const FootageInput = z
  .strictObject({
    purpose: Purpose,
    case: FootageCase,
    /** Where, as people call it. */
    place: textLine(120).refine((text) => text !== '', 'say where'),
    /** The middle of the area, WGS 84 degrees. */
    latitude: z.number('degrees as a number').min(-90).max(90),
    longitude: z.number('degrees as a number').min(-180).max(180),
    radiusM: z
      .int('whole metres')
      .min(radiusM.least, `at least ${radiusM.least} m`)
      .max(radiusM.most, `at most ${radiusM.most} m: ask for each place by itself`),
    from: z.number('give day and time').min(0),
    to: z.number('give day and time').min(0),
    words: plainWords(
      words.least,
      words.most,
      'write to the owners in a sentence what happened and what to look for',
    ),
    days: z.int('whole days').min(days.least).max(days.most, `at most ${days.most} days`).default(days.most),
  })
  .superRefine(({ from, to }, context) => {
    const fail = (message: string) => context.addIssue({ code: 'custom', path: ['to'], message });
    if (to <= from) fail('the end comes after the beginning');
    else if (to - from > spanMs) fail(`at most ${spanMs / hourMs} hours: ask for each day by itself`);
  });
export type FootageInput = z.infer<typeof FootageInput>;

const Named = z.object({ id: Id, name: z.string() });
const asked = {
  id: Id,
  /** As people call it; counts up from 1. */
  number: z.int().min(1),
  purpose: Purpose,
  case: FootageCase,
  place: z.string(),
  latitude: z.number(),
  longitude: z.number(),
  radiusM: z.int(),
  from: UnixMs,
  to: UnixMs,
  words: z.string(),
};

/** Why a request is closed. */
export const FootageEnd = z.enum(['asker', 'supervisor', 'end', 'asker-gone']);
export type FootageEnd = z.infer<typeof FootageEnd>;

/**
 * A request as the agency sees it. Whom it concerns, how many they are, and who ignored or hid it is nowhere in it: of
 * owners, the agency learns of those alone who answered.
 */
export const FootageRequest = z.object({
  ...asked,
  state: FootageState,
  /** The part of town, as public cameras there name it; '' where there is none. */
  district: z.string(),
  askedBy: Named,
  askedAt: UnixMs,
  moderatedBy: Named.nullable(),
  moderatedAt: UnixMs.nullable(),
  /** Why the supervisor refused it. */
  refusal: z.string().nullable(),
  days: z.int(),
  /** When it closes by itself. */
  endsAt: UnixMs,
  closedAt: UnixMs.nullable(),
  end: FootageEnd.nullable(),
  /** Owners who answered. */
  answers: z.int(),
});
export type FootageRequest = z.infer<typeof FootageRequest>;

/** A second person's word. A refusal says why. */
export const FootageModeration = z.discriminatedUnion('decision', [
  z.strictObject({ decision: z.literal('publish') }),
  z.strictObject({
    decision: z.literal('refuse'),
    why: plainWords(10, 500, 'say in a sentence why, so that it can be asked better'),
  }),
]);
export type FootageModeration = z.infer<typeof FootageModeration>;

/** How an owner who answered wants to be reached; `words`: as the words say, and in no other way. */
export const FootageReach = z.enum(['mail', 'phone', 'words']);
export type FootageReach = z.infer<typeof FootageReach>;

export const FootageAnswerInput = z.strictObject({
  cameras: z
    .array(CameraId)
    .min(1, 'choose at least one camera')
    .max(50)
    .refine((all) => new Set(all).size === all.length, 'each camera once'),
  words: plainWords(answer.least, answer.most, 'say in a few words what you have'),
  reach: FootageReach,
});
export type FootageAnswerInput = z.infer<typeof FootageAnswerInput>;

const NamedCamera = z.object({ id: CameraId, name: z.string(), place: z.string() });

/** What an owner answered, as who asked reads it: name and contact are told because the owner answered. */
export const FootageAnswer = z.object({
  id: Id,
  name: z.string(),
  reach: FootageReach,
  /** The address or number that the owner wants to be reached at; null: as the words say. */
  contact: z.string().nullable(),
  words: z.string(),
  cameras: z.array(NamedCamera),
  at: UnixMs,
});
export type FootageAnswer = z.infer<typeof FootageAnswer>;

/** A request as an owner sees it whose cameras are in the area. */
export const OwnFootageRequest = z.object({
  ...asked,
  state: z.enum(['published', 'closed']),
  /** Why it is closed. */
  end: FootageEnd.nullable(),
  /** Who asks: an investigator, by name. */
  askedBy: z.string(),
  publishedAt: UnixMs,
  endsAt: UnixMs,
  /** The owner's own cameras in the area. */
  cameras: z.array(NamedCamera),
  answer: FootageAnswerInput.extend({ words: z.string(), at: UnixMs }).nullable(),
  /** The owner has put it away; nobody else ever learns of that. */
  hidden: z.boolean(),
});
export type OwnFootageRequest = z.infer<typeof OwnFootageRequest>;

/** A request as everybody may read it: no case, no name, no place smaller than a district. */
export const PublicFootageRequest = z.object({
  number: z.int().min(1),
  purpose: Purpose,
  district: z.string(),
  /** To the hour. */
  from: UnixMs,
  to: UnixMs,
  /** `2026-11-27`, UTC. */
  publishedOn: z.string(),
  state: z.enum(['published', 'closed']),
});
export type PublicFootageRequest = z.infer<typeof PublicFootageRequest>;
