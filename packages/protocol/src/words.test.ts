import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { errorCatalogue, problemFromZod, routes, type RestRoute } from './index.ts';

const said = (schema: z.ZodType, value: unknown) => {
  const { error } = schema.safeParse(value);
  if (!error) throw new Error('it parsed');
  return problemFromZod(error, 'The body');
};

describe('a fault is told in words, with what is taken', () => {
  test.each([
    [z.string(), undefined, 'it is missing: give a text'],
    [z.string(), 7, 'give a text'],
    [z.int(), 1.5, 'give a whole number'],
    [z.number(), Number.NaN, 'give a number'],
    [z.boolean(), 'yes', 'give true or false'],
    [z.array(z.string()), {}, 'give a list'],
    [z.strictObject({}), [], 'give an object'],
    [z.enum(['a', 'b']), 'c', 'use one of a, b'],
    [z.literal('a'), 'c', 'use one of a'],
    [z.int().min(2), 1, 'at least 2'],
    [z.string().max(3), 'abcd', 'at most 3 characters'],
    [z.array(z.int()).min(1), [], 'at least one entry'],
    [z.string().regex(/^x$/), 'y', 'it is not written as it has to be'],
    [z.union([z.boolean(), z.enum(['0', '1'])]), 'maybe', 'give true or false; or use one of 0, 1'],
    [z.record(z.string().max(1), z.int()), { ab: 1 }, 'this name cannot be used here: at most one character'],
  ])('%# %j', (schema, value, words) => {
    expect(said(schema, value).errors).toEqual([{ pointer: expect.any(String), message: words }]);
  });

  test('words of its own are kept', () => {
    expect(said(z.string('a name, please'), 7).detail).toBe('The body: a name, please');
  });

  test('an unknown field is named, also deep down, and the whole by an empty pointer (RFC 6901)', () => {
    const schema = z.strictObject({ source: z.strictObject({ kind: z.string() }) });
    expect(
      said(schema, { source: { kind: 'x', 'us/er~': 1 }, nmae: 1 }).errors?.map((one) => one.pointer),
    ).toEqual(['/source/us~1er~0', '/nmae']);
    expect(said(schema, null).errors?.[0]?.pointer).toBe('');
    expect(said(schema, null).detail).toBe('The body: give an object');
  });

  test('however many faults there are, the answer stays small', () => {
    const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`${'x'.repeat(300)}${n}`, n]));
    expect(JSON.stringify(said(z.strictObject({}), many)).length).toBeLessThan(20_000);
  });

  test('an unknown choice of a union names the choices', () => {
    const kind = z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('rtsp') }),
      z.object({ kind: z.literal('demo') }),
    ]);
    expect(said(kind, { kind: 'file' }).detail).toBe('The body: /kind: use one of rtsp, demo');
  });
});

const queries = (Object.entries(routes) as [string, RestRoute][]).filter(
  // An identity provider adds to its answer what it likes (RFC 6749 section 4.1.2).
  ([name, row]) => row.query && name !== 'providerReturn',
);

test.each(queries)('%s: a query that is not understood is refused, and names what is not', (_name, row) => {
  expect(said(row.query as z.ZodType, { limt: '5' }).errors).toContainEqual({
    pointer: '/limt',
    message: expect.stringContaining('no such field'),
  });
});

const numbers = queries.flatMap(([name, row]) =>
  ['limit', 'since', 'cursor', 'sequence', 'from', 'to']
    // People and owners are listed by name.
    .filter(
      (field) =>
        row.query?.shape[field] && !(['listPeople', 'listOwners'].includes(name) && field === 'cursor'),
    )
    .map((field) => [name, field, row] as const),
);
test.each(numbers)('%s: %s is a whole number or a fault in words', (_name, field, row) => {
  for (const bad of ['-1', '1'.repeat(21), '', 'NaN', '1.5', '1e3', ' 1', '0x10', ['1', '2']])
    expect(said(row.query as z.ZodType, { [field]: bad }).errors, JSON.stringify(bad)).toContainEqual({
      pointer: `/${field}`,
      message: expect.stringMatching(/^(a whole number from \d+ to \d+|the cursor is not one of ours.*)$/),
    });
});

test('every error code is an HTTP error', () => {
  for (const { status } of Object.values(errorCatalogue)) expect(status).toBeGreaterThanOrEqual(400);
});
