import { canonicalJson } from '@clerestory/tlog';
import { z } from 'zod';
import { NumberCursor, ofSpan, wholeNumber } from './query.ts';
import { UnixMs } from './ids.ts';

/** What the record knows of. A kind is never renamed, since entries are kept for good. */
export const RecordKind = z.enum([
  'sign-in',
  'sign-in-refused',
  'session-ended',
  'session-locked',
  'session-unlocked',
  'person-created',
  'person-changed',
  'password-changed',
  'link-made',
  'authenticator-added',
  'authenticator-removed',
  'people-policy-changed',
  'provider-changed',
  'refused',
  'camera-group-changed',
  'right-added',
  'right-removed',
  'screen-paired',
  'screen-revoked',
  'view-started',
  'view-ended',
  'player-link-made',
  'player-link-renewed',
  'player-link-ended',
  'record-read',
  'record-verified',
  'settings-changed',
  'camera-added',
  'camera-changed',
  'camera-removed',
  'camera-address-freed',
  'camera-address-handed-on',
  'camera-masks-changed',
  'camera-sound-changed',
  'camera-tried',
  'ptz-taken',
  'ptz-lost',
  'consent-proposed',
  'consent-changed',
  'site-policy-changed',
  'feed-added',
  'feed-removed',
  'incident-opened',
  'incident-closed',
  'grant-asked',
  'grant-given',
  'grant-refused',
  'grant-ended',
  'footage-asked',
  'footage-moderated',
  'footage-closed',
  'footage-answers-read',
  'screen-ordered',
  'log-begun',
  'log-key-changed',
  'log-begun-anew',
  'record-erased',
  'record-exported',
  'audit-asked',
  'audit-sampled',
  'audit-finding',
  'cameras-counted',
  'owner-registered',
  'owner-changed',
  'owner-left',
  'owner-keys-renewed',
  'snapshot-taken',
  'moment-marked',
  'command-run',
  'notice-sent',
  'notice-undelivered',
  'notice-delay-asked',
  'notice-delay-approved',
  'notice-delay-ended',
]);
export type RecordKind = z.infer<typeof RecordKind>;

/** Flat on purpose: whoever checks an entry needs to understand no nesting. Numbers are finite, texts well-formed. */
export const RecordDetail = z.record(
  z.string().max(60),
  z.union([z.string().max(2_000), z.number(), z.boolean(), z.null(), z.array(z.string().max(200)).max(100)]),
);
export type RecordDetail = z.infer<typeof RecordDetail>;

/** What a feature hands to the record. `actor` and `subject` are `<kind>:<id>`, or one word such as `server`. */
export interface RecordNote {
  kind: RecordKind;
  actor: string;
  subject: string;
  detail: RecordDetail;
}

/** SHA-256, lower-case hexadecimal. */
export const RecordHash = z.string().regex(/^[0-9a-f]{64}$/, 'a hash is 64 hexadecimal digits');

export const RecordEntry = z.object({
  /** 1, 2, 3 … without a gap. */
  sequence: z.int().min(1),
  at: UnixMs,
  kind: RecordKind,
  actor: z.string(),
  subject: z.string(),
  detail: RecordDetail,
});
export type RecordEntry = z.infer<typeof RecordEntry>;
export const HashedEntry = RecordEntry.extend({ hash: RecordHash });
export type HashedEntry = z.infer<typeof HashedEntry>;

/** The record's end. Who keeps one can tell later whether anything up to it was changed or cut off. */
export const RecordHead = z.object({ sequence: z.int().min(0), hash: RecordHash });
export type RecordHead = z.infer<typeof RecordHead>;

export const recordVersion = 1;
/** The hash before the first entry: 32 zero bytes. */
export const emptyRecordHash = '0'.repeat(64);

/**
 * The canonical text of an entry, version 1: JSON of `{actor, at, detail, kind, sequence, subject, v}` by the JSON
 * Canonicalization Scheme (RFC 8785): keys in the order of their UTF-16 code units, numbers as ECMAScript writes them,
 * no white space. Its UTF-8 bytes go into the chain: `hash = SHA-256(hash of the entry before, as 32 bytes || text)`.
 * @throws RangeError for a number that is not finite or a text with a lone surrogate, which no canonical JSON can hold.
 */
export const encodeRecordEntry = (entry: RecordEntry): string =>
  canonicalJson({ ...entry, v: recordVersion });

/** What an auditor asks of the record; newest first. Reading is itself recorded. */
export const RecordQuery = ofSpan(
  z.strictObject({
    /** `next` of the page before. */
    cursor: NumberCursor.optional(),
    limit: wholeNumber(1, 500).default(100),
    kind: RecordKind.optional(),
    actor: z.string().max(100).optional(),
    subject: z.string().max(100).optional(),
    from: wholeNumber(0, 999_999_999_999_999).optional(),
    to: wholeNumber(0, 999_999_999_999_999).optional(),
  }),
);
export type RecordQuery = z.infer<typeof RecordQuery>;

export const RecordPage = z.object({
  items: z.array(HashedEntry),
  next: z.string().nullable(),
  /** Keep it: it proves later that nothing up to here was changed or cut off. */
  head: RecordHead,
});
export type RecordPage = z.infer<typeof RecordPage>;

/** An entry that is not as it was written, and what is wrong with it, in words. */
export const RecordFault = z.object({ sequence: z.int(), fault: z.string() });
export type RecordFault = z.infer<typeof RecordFault>;

/** What a walk along the chain found. */
export const RecordVerification = z.discriminatedUnion('ok', [
  z.object({
    ok: z.literal(true),
    entries: z.int(),
    /** Of those, how many have lost their words when they were old enough, as the log itself says. */
    erased: z.int(),
    head: RecordHead,
    /** Why the log is not signed any more, however right the record is in itself; null while it is. */
    halted: z.string().nullable(),
  }),
  /** The first entry that is not as it was written. */
  RecordFault.extend({
    ok: z.literal(false),
    /** Where the log has begun anew since, the walk went on `from` there: the next fault, or null for none to the end. */
    anew: z.array(z.object({ from: z.int(), fault: RecordFault.nullable() })),
  }),
]);
export type RecordVerification = z.infer<typeof RecordVerification>;
