import { z } from 'zod';
import { CameraId, Id, textLine, UnixMs } from './ids.ts';
import { BundleFile } from './log.ts';
import { foreignCursor, NumberCursor, ofSpan, wholeNumber } from './query.ts';
import { HashedEntry, RecordKind } from './record.ts';
import type { RestRoute } from './rest.ts';

const time = wholeNumber(0, 999_999_999_999_999);

const asked = z.strictObject({
  camera: CameraId.optional(),
  /** Who did it, or whom it was about. */
  person: Id.optional(),
  purpose: z.string().max(60).optional(),
  kind: RecordKind.optional(),
  from: time.optional(),
  to: time.optional(),
  cursor: NumberCursor.optional(),
  limit: wholeNumber(1, 500).default(100),
});

/** What an auditor looks for. Everything that is given has to hold. */
export const AuditQuery = ofSpan(asked);
export type AuditQuery = z.infer<typeof AuditQuery>;

/** The same as a file; without a limit it has as many as one file may. */
export const ExportQuery = ofSpan(
  asked.extend({
    limit: wholeNumber(1, 2_000).default(2_000),
    /** `size` of the first file, so that all files of one export end at the same checkpoint. */
    checkpoint: wholeNumber(1, 999_999_999_999_999).optional(),
  }),
);
export type ExportQuery = z.infer<typeof ExportQuery>;

/** Lists that an auditor asks for again and again. */
export const AuditList = z.enum(['self-opened', 'longest-views', 'refused', 'overrides']);
export type AuditList = z.infer<typeof AuditList>;

/** Where the next part of a list begins: a number, and of the longest views their length in tenths of a second before it. */
const ListCursor = z.string(foreignCursor).regex(/^\d{1,15}( \d{1,15})?$/, foreignCursor);
export const ListQuery = ofSpan(
  z.strictObject({ from: time.optional(), to: time.optional(), cursor: ListCursor.optional() }),
);
export type ListQuery = z.infer<typeof ListQuery>;

/** Entries of the record, each with the names that its ids have now; an id without a name is out of use. */
export const AuditPage = z.object({
  items: z.array(HashedEntry),
  names: z.record(z.string(), z.string()),
  next: z.string().nullable(),
  /** Of the longest views, on the first page: the beginnings of those that are still open. */
  running: z.array(HashedEntry).default([]),
  /**
   * Entries for which all holds but the camera or the person, and that have been erased: whether they were about them
   * nobody can say any more. 0 where neither was asked for: then those that were erased are on the page.
   */
  erased: z.int().min(0),
});
export type AuditPage = z.infer<typeof AuditPage>;

/** Who could see a camera in the minute from `at` to `until`, and who did. */
export const CouldSee = z.object({
  camera: CameraId,
  at: UnixMs,
  until: UnixMs,
  /** Persons whose right at some time of that minute let them open it, were its consent and a purpose given. */
  persons: z.array(z.object({ id: Id, name: z.string(), roles: z.array(z.string()) })),
  /** Views that were open then, for however short a time. */
  views: z.array(z.object({ actor: z.string(), since: UnixMs, until: UnixMs.nullable(), sequence: z.int() })),
  /** Screens that were paired then: they could show it while it was on one of their tiles. */
  screens: z.array(z.string()),
  /** What the actors of the views, the camera and the screens (`screen:<id>`) are called now, as far as they have a name. */
  names: z.record(z.string(), z.string()),
  /** What cannot be known any more, in words; empty when all is known. */
  unknown: z.array(z.string()),
});
export type CouldSee = z.infer<typeof CouldSee>;

export const SampleOrder = z
  .strictObject({
    from: UnixMs,
    to: UnixMs,
    size: z.int().min(1).max(500),
    /** Drawn by chance where the auditor sits, 32 hexadecimal digits: the server has signed before it knows it. */
    number: z.string().regex(/^[0-9a-f]{32}$/, 'it has 32 hexadecimal digits'),
    /** Entries of the checkpoint that the auditor has seen at `/log/checkpoint`; the lot is drawn from it and the number. */
    checkpoint: z.int().min(1),
  })
  .refine(({ from, to }) => from < to, 'the beginning comes before the end');
export type SampleOrder = z.infer<typeof SampleOrder>;
export const FindingVerdict = z.enum(['in-order', 'unclear', 'breach']);
export type FindingVerdict = z.infer<typeof FindingVerdict>;
export const FindingInput = z.strictObject({
  sequence: z.int().min(1),
  verdict: FindingVerdict,
  words: textLine(500),
});
export type FindingInput = z.infer<typeof FindingInput>;

/**
 * Accesses drawn by lot for an audit. The lot is made of two parts: the root of a checkpoint that was signed before, and a
 * number that the auditor's own browser has drawn. Who runs the server cannot choose, since the root was given away before
 * the number was there; an auditor who would try many numbers leaves no trace of it, and is not what this is against.
 */
export const Sample = z.object({
  id: Id,
  from: UnixMs,
  to: UnixMs,
  size: z.int(),
  /** Accesses between `from` and `to`. */
  drawnFrom: z.int(),
  /** base64 of `SHA-256(root, base64 || "\\n" || number)`. */
  seed: z.string(),
  /** What the auditor's browser drew, and the size of the checkpoint that was known before; null of old samples. */
  number: z.string().nullable(),
  checkpoint: z.int().nullable(),
  drawnAt: UnixMs,
  drawnBy: z.string(),
  /** Findings so far, by verdict. */
  found: z.object({ 'in-order': z.int(), unclear: z.int(), breach: z.int() }),
});
export type Sample = z.infer<typeof Sample>;
export const SampleWithEntries = Sample.extend({
  entries: z.array(
    HashedEntry.extend({
      finding: z
        .object({
          ...{ verdict: FindingVerdict, words: z.string(), by: z.string(), at: UnixMs },
          /** Findings on it before this one, which takes their place; all of them are in the record. */
          earlier: z.int().min(0),
        })
        .nullable(),
    }),
  ),
  names: z.record(z.string(), z.string()),
});
export type SampleWithEntries = z.infer<typeof SampleWithEntries>;

const route = <const R extends RestRoute>(row: R): R => row;
const OnSample = z.object({ sample: Id });

export const auditRoutes = {
  searchRecord: route({
    method: 'get',
    path: '/audit/entries',
    tag: 'record',
    status: 200,
    summary: 'The record by camera, person, purpose and time, newest first. That you ask is recorded',
    query: AuditQuery,
    answer: AuditPage,
  }),
  getAuditList: route({
    method: 'get',
    path: '/audit/lists/{list}',
    tag: 'record',
    status: 200,
    summary:
      'Self-opened incidents, the longest views, refused tries, overrides, in parts. That you ask is recorded',
    params: z.object({ list: AuditList }),
    query: ListQuery,
    answer: AuditPage,
  }),
  whoCouldSee: route({
    method: 'get',
    path: '/audit/could-see',
    tag: 'record',
    status: 200,
    summary: 'Who could see a camera in the minute of a time, and who did. That you ask is recorded',
    query: z.strictObject({ camera: CameraId, at: time }),
    answer: CouldSee,
  }),
  exportRecord: route({
    method: 'get',
    path: '/audit/export',
    tag: 'record',
    status: 200,
    summary:
      'Entries of the record with their proofs, as clerestory-verify reads them. That you export is recorded',
    query: ExportQuery,
    answer: BundleFile,
  }),
  listSamples: route({
    method: 'get',
    path: '/audit/samples',
    tag: 'record',
    status: 200,
    summary: 'Samples that were drawn, newest first. That you ask is recorded',
    answer: z.object({ items: z.array(Sample) }),
  }),
  drawSample: route({
    method: 'post',
    path: '/audit/samples',
    tag: 'record',
    status: 201,
    summary: 'Draw accesses by lot',
    body: SampleOrder,
    answer: Sample,
  }),
  getSample: route({
    method: 'get',
    path: '/audit/samples/{sample}',
    tag: 'record',
    status: 200,
    summary: 'A sample: its entries, and what was found of each. That you read it is recorded',
    params: OnSample,
    answer: SampleWithEntries,
  }),
  exportSample: route({
    method: 'get',
    path: '/audit/samples/{sample}/export',
    tag: 'record',
    status: 200,
    summary:
      'A sample with what was found, and proofs: clerestory-verify draws the lot again from it. That you export is recorded',
    params: OnSample,
    answer: BundleFile,
  }),
  addFinding: route({
    method: 'post',
    path: '/audit/samples/{sample}/findings',
    tag: 'record',
    status: 204,
    summary:
      'Record what was found of an entry; a later finding takes the place of the earlier one, and both stay in the record',
    params: OnSample,
    body: FindingInput,
  }),
} as const;
