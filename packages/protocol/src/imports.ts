import { z } from 'zod';
import { CameraId, Id, textLine, UnixMs } from './ids.ts';
import { NumberCursor, wholeNumber } from './query.ts';
import type { RestRoute } from './rest.ts';

/** Rows of one import. */
export const maxImportedCameras = 10_000;
/** Largest body of an import, bytes. */
export const maxImportBytes = 8 * 1024 * 1024;

/** What a column may mean. */
export const ImportField = z.enum([
  'externalId',
  'name',
  'place',
  'neighbourhood',
  'latitude',
  'longitude',
  'number',
  'url',
  'subUrl',
  'username',
  'password',
  'tags',
]);
export type ImportField = z.infer<typeof ImportField>;
const column = z.string().min(1).max(200);
/** Field → name of the column that holds it. */
export const ImportMapping = z.partialRecord(ImportField, column);
export type ImportMapping = z.infer<typeof ImportMapping>;

export const ImportInput = z.strictObject({
  /** Whose list it is, such as `city traffic`: the same external id in another list is another camera. */
  list: textLine(60).default(''),
  format: z.enum(['csv', 'geojson', 'json']),
  text: z.string().min(1, 'the file is empty').max(maxImportBytes),
  /** What is left out is guessed from the columns' names; null: this field is in no column. */
  mapping: z.partialRecord(ImportField, column.nullable()).default({}),
});
export type ImportInput = z.infer<typeof ImportInput>;

export const ImportOutcome = z.enum(['created', 'updated', 'unchanged', 'refused']);
export type ImportOutcome = z.infer<typeof ImportOutcome>;

/** One row: before the start what would become of it, afterwards what did. */
export const ImportedRow = z.object({
  /** Line of the file for CSV, the how-manieth feature otherwise; from 1. */
  line: z.int(),
  outcome: ImportOutcome,
  name: z.string(),
  camera: CameraId.nullable(),
  /** Why it was refused, or what of it was not taken and which camera shows the same stream; '' otherwise. Never an address. */
  detail: z.string(),
  done: z.boolean(),
});
export type ImportedRow = z.infer<typeof ImportedRow>;

/** `ready`: looked through, nothing changed yet. */
export const ImportState = z.enum(['ready', 'running', 'done', 'cancelled', 'failed']);
export type ImportState = z.infer<typeof ImportState>;

export const CameraImport = z.object({
  id: Id,
  list: z.string(),
  state: ImportState,
  /** In words, for `cancelled` and `failed`; '' otherwise. */
  reason: z.string(),
  columns: z.array(z.string()),
  mapping: ImportMapping,
  counts: z.record(ImportOutcome, z.int()),
  /** Rows that were written or found as they should be, of `total`. */
  done: z.int(),
  total: z.int(),
  createdAt: UnixMs,
  /** Nobody can start it afterwards. */
  expiresAt: UnixMs,
});
export type CameraImport = z.infer<typeof CameraImport>;
export const CameraImportPage = CameraImport.extend({
  rows: z.array(ImportedRow),
  next: z.string().nullable(),
});
export type CameraImportPage = z.infer<typeof CameraImportPage>;

const route = <const R extends RestRoute>(row: R): R => row;
const OnImport = z.object({ import: Id });

/** Cameras from a file: looked through first, written on a second word. */
export const importRoutes = {
  createImport: route({
    method: 'post',
    path: '/imports',
    tag: 'cameras',
    status: 201,
    maxBodyBytes: maxImportBytes + 64 * 1024,
    summary: 'Look through a CSV, GeoJSON or JSON file of cameras; changes nothing yet',
    body: ImportInput,
    answer: CameraImport,
  }),
  getImport: route({
    method: 'get',
    path: '/imports/{import}',
    tag: 'cameras',
    status: 200,
    summary: 'How far an import is, and what became of each row',
    params: OnImport,
    query: z.strictObject({
      /** `next` of the page before. */
      cursor: NumberCursor.optional(),
      limit: wholeNumber(1, 500).default(100),
      outcome: ImportOutcome.optional(),
    }),
    answer: CameraImportPage,
  }),
  startImport: route({
    method: 'post',
    path: '/imports/{import}/start',
    tag: 'cameras',
    status: 200,
    summary: 'Write what was looked through, a batch at a time',
    params: OnImport,
    answer: CameraImport,
  }),
  cancelImport: route({
    method: 'post',
    path: '/imports/{import}/cancel',
    tag: 'cameras',
    status: 200,
    summary: 'Stop after the present batch; what is written stays',
    params: OnImport,
    answer: CameraImport,
  }),
} as const;
