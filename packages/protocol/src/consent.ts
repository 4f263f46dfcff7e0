import { z } from 'zod';
import { CameraId, Id, textLine, UnixMs } from './ids.ts';
import { Role } from './people.ts';

/** Who lends a camera. Name and contact are the owner's account and known nowhere else. */
export const OwnerId = Id;
export type OwnerId = z.infer<typeof OwnerId>;

/** `public`: the agency's own. `private`: lent by an owner; nothing of it is shown without a grant. */
export const Visibility = z.enum(['public', 'private']);
export type Visibility = z.infer<typeof Visibility>;

/** `registered`: where it is and whom to ask, never a picture. `integrated`: it has a stream. */
export const Tier = z.enum(['registered', 'integrated']);
export type Tier = z.infer<typeof Tier>;

/** What a camera looks at, as a site's policy tells places apart. */
export const PlaceKind = z.enum([
  'street',
  'transit',
  'park',
  'public-building',
  'shop',
  'business',
  'school',
  'health',
  'worship',
  'residential',
  'other',
]);
export type PlaceKind = z.infer<typeof PlaceKind>;
/** As owners and the public read them. */
export const placeKindWords: Readonly<Record<PlaceKind, string>> = {
  shop: 'Shop',
  business: 'Other business',
  residential: 'Home',
  school: 'School',
  health: 'Doctor or hospital',
  worship: 'Place of worship',
  'public-building': 'Public building',
  street: 'Street',
  park: 'Park',
  transit: 'Station or stop',
  other: 'Something else',
};
/** `placeKindWords` in Spanish. */
export const placeKindWordsEs: Readonly<Record<PlaceKind, string>> = {
  shop: 'Tienda',
  business: 'Otro negocio',
  residential: 'Casa',
  school: 'Escuela',
  health: 'Médico u hospital',
  worship: 'Lugar de culto',
  'public-building': 'Edificio público',
  street: 'Calle',
  park: 'Parque',
  transit: 'Estación o parada',
  other: 'Otra cosa',
};

/** The controlled list of purposes: types of incidents and standing purposes alike, so that an owner learns one list. */
export const Purpose = z.enum([
  'violence',
  'weapon',
  'robbery',
  'fire',
  'medical',
  'danger',
  'traffic',
  'crowd',
  'hazard',
  'property',
]);
export type Purpose = z.infer<typeof Purpose>;
export const purposeWords: Readonly<Record<Purpose, string>> = {
  violence: 'Fight or assault',
  weapon: 'Gun or other weapon',
  robbery: 'Robbery or break-in',
  fire: 'Fire or explosion',
  medical: 'Medical emergency',
  danger: 'Person in danger',
  traffic: 'Traffic collision or blocked road',
  crowd: 'Safety of a crowd',
  hazard: 'Flood, storm or other hazard',
  property: 'Theft or damage',
};

/**
 * How far an owner's consent goes.
 * - `registered`: location and contact only, never live
 * - `on-request`: each access is approved by the owner
 * - `incident`: live for a grant bound to an open incident within the radius
 * - `scheduled`: as `incident`, and within the hours
 * - `standing`: live at any time for the named purposes, and for incidents of them
 */
export const ConsentLevel = z.enum(['registered', 'on-request', 'incident', 'scheduled', 'standing']);
export type ConsentLevel = z.infer<typeof ConsentLevel>;

/** A consent as it is now: its level while it holds, or why it does not. */
export const ConsentState = z.enum([...ConsentLevel.options, 'paused', 'revoked', 'expired', 'pending']);
export type ConsentState = z.infer<typeof ConsentState>;

/** On what a consent rests. An owner may pause and revoke whichever it is. */
export const ConsentBasis = z.enum(['voluntary', 'permit', 'order']);
export type ConsentBasis = z.infer<typeof ConsentBasis>;

const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time such as 17:30');
/** 1 Monday … 7 Sunday (ISO 8601). */
const Weekday = z.int().min(1).max(7);
/**
 * From one time of day until another, on days of the week. `until` at or before `from` is on the next day, which counts
 * to the day it began on; both the same: a whole day.
 */
export const HoursWindow = z.strictObject({
  days: z.array(Weekday).min(1, 'choose at least one day').max(7),
  from: clockTime,
  until: clockTime,
});
export type HoursWindow = z.infer<typeof HoursWindow>;

const isTimeZone = (zone: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
};
/** By the clocks of a place, daylight saving included. */
export const Hours = z.strictObject({
  /** IANA name, such as `Europe/Berlin`. */
  zone: z.string().max(60).refine(isTimeZone, 'a time zone such as Europe/Berlin'),
  windows: z.array(HoursWindow).min(1, 'give at least one time of the week').max(14),
});
export type Hours = z.infer<typeof Hours>;

const termsFields = {
  level: ConsentLevel,
  /** For which purposes, whatever the level. */
  purposes: z
    .array(Purpose)
    .max(Purpose.options.length)
    .refine((all) => new Set(all).size === all.length, 'each purpose once'),
  /** Null: at any hour. */
  hours: Hours.nullable().default(null),
  /** An incident has to be this near, metres; null: no limit of the owner's own. */
  radiusM: z
    .int('whole metres')
    .min(20, 'at least 20 m')
    .max(20_000, 'at most 20 km')
    .nullable()
    .default(null),
  /** From then on it does not hold any more; null: until revoked. */
  expiresAt: UnixMs.nullable().default(null),
  /** Recordings of the camera are kept this many days at most; 0: nothing is kept. */
  retentionDays: z.int('whole days').min(0).max(365, 'at most 365 days').default(0),
};
/** What an owner allows. */
export const ConsentTerms = z.strictObject(termsFields).superRefine((terms, context) => {
  const fail = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
  if (terms.level !== 'registered' && terms.purposes.length === 0)
    fail('purposes', 'choose at least one purpose');
  if (terms.level === 'scheduled' && terms.hours === null) fail('hours', 'say at which hours');
  if ((terms.level === 'incident' || terms.level === 'scheduled') && terms.radiusM === null)
    fail('radiusM', 'say how near an incident has to be, metres');
});
export type ConsentTerms = z.infer<typeof ConsentTerms>;
export type ConsentTermsInput = z.input<typeof ConsentTerms>;

export const ConsentStatus = z.enum(['pending', 'given', 'paused', 'revoked', 'expired']);
export type ConsentStatus = z.infer<typeof ConsentStatus>;

/** One version of one owner's consent for one camera. Versions count up per camera, over all its owners. */
export const Consent = z.object({
  camera: CameraId,
  owner: OwnerId,
  version: z.int().min(1),
  status: ConsentStatus,
  ...termsFields,
  hours: Hours.nullable(),
  radiusM: z.int().nullable(),
  expiresAt: UnixMs.nullable(),
  retentionDays: z.int(),
  basis: ConsentBasis,
  /** Of a pause; null: until resumed. */
  pausedUntil: UnixMs.nullable(),
  /** When and by whom this version was made: `owner:<id>`, `person:<id>` or `server`. */
  at: UnixMs,
  by: z.string(),
});
export type Consent = z.infer<typeof Consent>;

/** What an owner does with the own consent. `give` confirms what was proposed, with these terms. */
export const ConsentChange = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('give'), terms: ConsentTerms }),
  /** As it was proposed. */
  z.strictObject({ type: z.literal('confirm') }),
  z.strictObject({ type: z.literal('pause'), until: UnixMs.nullable().default(null) }),
  z.strictObject({ type: z.literal('resume') }),
  z.strictObject({ type: z.literal('revoke') }),
]);
export type ConsentChange = z.infer<typeof ConsentChange>;

/** The agency's proposal to an owner: it does not hold before the owner has confirmed it. */
export const ConsentProposal = z.strictObject({
  owner: OwnerId,
  basis: ConsentBasis.default('voluntary'),
  terms: ConsentTerms,
});
export type ConsentProposal = z.infer<typeof ConsentProposal>;

export const policyPresets = ['clerestory', 'nashville', 'san-francisco', 'seattle', 'custom'] as const;
export const PolicyPreset = z.enum(policyPresets);
export type PolicyPreset = z.infer<typeof PolicyPreset>;

/** Switches of a site for private cameras. Where a consent says something else, the stricter holds. */
export const SitePolicy = z.strictObject({
  preset: PolicyPreset,
  /** The kill switch: nothing private is shown, whatever anybody has allowed. */
  isPrivateOff: z.boolean(),
  /** Why it is off, or ''. */
  offReason: textLine(200),
  /** No live video from such places. */
  noLiveFrom: z.array(PlaceKind).max(PlaceKind.options.length),
  /** Incidents have to be this near at most, metres; null: as owners say. */
  radiusM: z.int().min(20).max(20_000).nullable(),
  /** Nothing of a private camera is kept longer, days. */
  retentionDays: z.int().min(0).max(365),
  /** Standing purposes open a camera at all. */
  allowsStanding: z.boolean(),
  /** Who may ask. */
  askers: z.array(Role).max(5),
  /** Whose approval is needed: nobody's, a second person's where the asker opened the incident, or always. */
  approval: z.enum(['never', 'own-incident', 'always']),
  /** Who may approve. Never one's own. */
  approvers: z.array(Role).max(5),
  /** How long one grant lasts at most, minutes. */
  grantMinutes: z
    .int()
    .min(5)
    .max(24 * 60),
  /** An incident that has been open for longer opens no camera any more, hours. */
  incidentHours: z
    .int()
    .min(1)
    .max(24 * 14),
  /** Hours of an exigent override by two people; 0: there is none. */
  exigentHours: z.int().min(0).max(24, 'at most 24 hours'),
});
export type SitePolicy = z.infer<typeof SitePolicy>;

/** The kill switch, with a word on why. */
export const PrivateSwitch = z.strictObject({
  off: z.boolean(),
  reason: textLine(200).refine((text) => text !== '', 'say why'),
});
