import { z } from 'zod';

/** The one list of error codes, with their HTTP status and the short title of RFC 9457 (section 3.1.3). */
export const errorCatalogue = {
  'invalid-request': { status: 400, title: 'The request is not valid' },
  unauthenticated: { status: 401, title: 'Sign in first' },
  forbidden: { status: 403, title: 'Not allowed' },
  'not-found': { status: 404, title: 'No such thing' },
  'method-not-allowed': { status: 405, title: 'This address does not take that method' },
  conflict: { status: 409, title: 'Somebody else changed it first' },
  exists: { status: 409, title: 'It exists already' },
  'key-reused': { status: 409, title: 'That idempotency key was used for something else' },
  gone: { status: 410, title: 'It is no longer kept' },
  'too-large': { status: 413, title: 'The request is too large' },
  'unsupported-media-type': { status: 415, title: 'Send JSON' },
  unprocessable: { status: 422, title: 'It makes sense, but cannot be done' },
  'too-many': { status: 429, title: 'Too many at once' },
  'headers-too-large': { status: 431, title: 'The address or the headers are too large' },
  internal: { status: 500, title: 'A fault of ours' },
  'bad-gateway': { status: 502, title: 'The camera or media node gave no usable answer' },
  unavailable: { status: 503, title: 'Not available right now' },
  locked: { status: 423, title: 'Unlock first' },
  held: { status: 423, title: 'Somebody else has control' },
  'confirm-first': { status: 403, title: 'Confirm that it is you' },
  'storage-full': { status: 507, title: 'The disk is full' },
  timeout: { status: 504, title: 'No answer in time' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ErrorCode = keyof typeof errorCatalogue;
export const ErrorCode = z.enum(Object.keys(errorCatalogue) as [ErrorCode, ...ErrorCode[]]);

/** One fault in a request: where (JSON pointer, RFC 6901) and what to do about it. */
export const FieldFault = z.object({ pointer: z.string(), message: z.string() });
export type FieldFault = z.infer<typeof FieldFault>;
/** Faults told at once; whoever mends these hears of the rest. */
const maxFieldFaults = 50;

/** Problem details, RFC 9457, with our code and the faults per field. Sockets answer with the same object. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: ErrorCode,
  errors: z.array(FieldFault).optional(),
  /** For `conflict`: the wall's present sequence, so that the client can resync. */
  sequence: z.int().optional(),
  /** For `too-many`: seconds after which it may work. */
  retryAfterS: z.int().positive().optional(),
});
export type Problem = z.infer<typeof Problem>;

/** Makes a problem; `detail` says what happened and what to do, in words for a person. */
export function problem(
  code: ErrorCode,
  detail: string,
  more: { errors?: FieldFault[]; sequence?: number; retryAfterS?: number } = {},
): Problem {
  const { status, title } = errorCatalogue[code];
  return { type: `urn:clerestory:problem:${code}`, title, status, detail, code, ...more };
}

/** Longest name that a pointer repeats, characters. */
const maxPointerPart = 100;
const pointerOf = (path: readonly PropertyKey[]) =>
  path
    .map((part) => String(part).slice(0, maxPointerPart).replaceAll('~', '~0').replaceAll('/', '~1'))
    .map((part) => `/${part}`)
    .join('');

/** Turns a failed parse into a problem that names each faulty field, those that nobody knows included. */
export function problemFromZod(error: z.ZodError, what = 'The request'): Problem {
  const errors = error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ pointer: pointerOf([...issue.path, key]), message: issue.message }))
      : [{ pointer: pointerOf(issue.path), message: issue.message }],
  );
  const first = errors[0];
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  const where = first?.pointer ? `${first.pointer}: ` : '';
  return problem('invalid-request', `${what}: ${where}${first?.message ?? 'not valid'}${more}`, {
    errors: errors.slice(0, maxFieldFaults),
  });
}

/** The answer to every acknowledged socket event: a value or a problem. */
export type Answer<T> = { ok: true; value: T } | { ok: false; problem: Problem };
export const answerOf = <T extends z.ZodType>(value: T) =>
  z.discriminatedUnion('ok', [
    z.object({ ok: z.literal(true), value }),
    z.object({ ok: z.literal(false), problem: Problem }),
  ]);
