import fc, { type Arbitrary } from 'fast-check';
import { z } from 'zod';
import { apiBase, Problem, type RestRoute } from '@clerestory/protocol';

/** One schema of JSON Schema 2020-12, as far as zod writes them. */
interface Schema {
  type?: string;
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | boolean;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  minimum?: number;
  maximum?: number;
}

/** What breaks programs that trust their input. */
const hostileTexts = [
  '',
  ' ',
  '\0',
  '\ud800',
  '\u202egnp.exe',
  '__proto__',
  'constructor',
  '../../etc/passwd',
  '%00',
  `'; drop table cameras; --`,
  '${7*7}',
  '<script>',
  'x'.repeat(5_000),
  '9'.repeat(40),
];
const deep = (levels: number): unknown => (levels === 0 ? [] : [deep(levels - 1)]);
const hostile: Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(...hostileTexts),
  fc.constantFrom(null, true, 0, -0, -1, 0.5, 1e308, 2 ** 53, 2 ** 31, -(2 ** 63)),
  fc.constantFrom<unknown>([], {}, [[]], deep(500), { length: 1e9 }, { toString: null, then: 1 }),
  fc.jsonValue(),
);

/** What exists, by the name of the field, so that the fuzz comes past the doors. Nothing listens at the addresses. */
const known: Record<string, readonly string[]> = {
  wall: ['control-room'],
  screen: ['left', 'centre', 'right'],
  camera: ['gate', 'main-street'],
  tile: ['0', '1', '12'],
  main: ['rtsp://127.0.0.1:9/main'],
  sub: ['rtsp://127.0.0.1:9/sub'],
  scene: ['alley', 'skyline'],
  address: ['127.0.0.1:9'],
  issuer: ['http://127.0.0.1:9/issuer'],
  login: ['ada', 'team'],
};

function text({ pattern, minLength = 0, maxLength = 60 }: Schema, field: string): Arbitrary<string> {
  const free = fc.string({ minLength, maxLength: Math.min(maxLength, minLength + 60), unit: 'grapheme' });
  // Classes such as \p{Cc} cannot be turned round; such texts are nearly free ones.
  const made =
    pattern === undefined || pattern.includes('\\p') ? free : fc.stringMatching(new RegExp(pattern));
  const there = known[field];
  if (!there) return made;
  return fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...there) }, { weight: 1, arbitrary: made });
}

function fitting(schema: Schema, wild: number, field: string): Arbitrary<unknown> {
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return fc.oneof(...choices.map((one) => near(one, wild, field)));
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const { minimum = -1_000, maximum = 1_000_000 } = schema;
  switch (schema.type) {
    case 'string':
      return text(schema, field);
    case 'integer':
      return fc.oneof(
        fc.integer({ min: Math.max(minimum, -1e9), max: Math.min(maximum, 1e9) }),
        fc.integer(),
      );
    case 'number':
      return fc.double({ min: minimum, max: maximum, noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(near(schema.items ?? {}, wild, field), {
        minLength: schema.minItems ?? 0,
        maxLength: 5,
      });
    case 'object': {
      const fields = Object.entries(schema.properties ?? {}).map(([name, one]) => [
        name,
        near(one, wild, name),
      ]);
      const record = fc.record(Object.fromEntries(fields) as Record<string, Arbitrary<unknown>>, {
        requiredKeys: schema.required ?? [],
      });
      const more = fc.dictionary(fc.constantFrom(...hostileTexts.slice(3)), hostile, { maxKeys: 1 });
      return fc
        .tuple(record, fc.oneof({ weight: 9, arbitrary: fc.constant({}) }, { weight: wild, arbitrary: more }))
        .map(([a, b]) => ({ ...a, ...b }));
    }
    default:
      return fc.jsonValue();
  }
}

/** A value that fits the schema nearly everywhere: at each place it is hostile `wild` times in 40. */
const near = (schema: Schema, wild: number, field = ''): Arbitrary<unknown> =>
  wild === 0
    ? fitting(schema, 0, field)
    : fc.oneof(
        { weight: 40 - wild, arbitrary: fitting(schema, wild, field) },
        { weight: wild, arbitrary: hostile },
      );

/** Values for a zod schema: half of them as they should be, half with hostile parts. */
export function valuesFor(schema: z.ZodType): Arbitrary<unknown> {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Schema;
  return fc.oneof(near(json, 0), near(json, 2));
}

/** A request as it goes over the wire. */
export interface WildRequest {
  method: string;
  address: string;
  headers: Record<string, string>;
  body: string | undefined;
}

const wildSegments = ['%00', '%E0%A4%A', '%2e%2e%2f', '%F0%9F%98%80', '-', 'A', '9'.repeat(300)];
// A segment of dots alone would be another path.
const segment = (schema: Schema, field: string): Arbitrary<string> =>
  fc.oneof(
    {
      weight: 4,
      arbitrary: text(schema, field).map((one) =>
        encodeURIComponent(one.toWellFormed()).replace(/^\.+$/, '%00'),
      ),
    },
    { weight: 1, arbitrary: fc.constantFrom(...wildSegments) },
  );

function addresses(row: RestRoute): Arbitrary<string> {
  const names = [...row.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '');
  const params = row.params ? (z.toJSONSchema(row.params, { io: 'input' }) as Schema).properties : undefined;
  const path = fc
    .tuple(...names.map((name) => segment(params?.[name] ?? { type: 'string' }, name)))
    .map((values) =>
      names.reduce((sofar, name, at) => sofar.replace(`{${name}}`, () => values[at] ?? ''), row.path),
    );
  if (!row.query) return path.map((one) => apiBase + one);
  const query = valuesFor(row.query).map((value) =>
    Object.entries(value ?? {})
      .map(([name, one]) => [name, typeof one === 'object' ? JSON.stringify(one) : String(one)])
      .map((pair) => pair.map((one) => encodeURIComponent((one ?? '').toWellFormed())).join('='))
      .join('&'),
  );
  const wildQuery = fc.constantFrom('limit=1&limit=2', '%', 'a[b]=c', '&&==', '__proto__[x]=1', 'cursor');
  return fc
    .tuple(path, fc.oneof({ weight: 4, arbitrary: query }, { weight: 1, arbitrary: wildQuery }))
    .map(([one, search]) => `${apiBase}${one}?${search}`);
}

const rawBodies = [
  '',
  '{',
  'null',
  '[]',
  '"x"',
  '7',
  '{"a":1}}',
  '\ufeff{}',
  '{"__proto__":{"admin":true}}',
  '[['.repeat(9_000),
];
const bodies = (row: RestRoute): Arbitrary<string | undefined> =>
  row.method === 'get'
    ? fc.constant(undefined)
    : fc.oneof(
        { weight: 6, arbitrary: valuesFor(row.body ?? z.object({})).map((value) => JSON.stringify(value)) },
        { weight: 1, arbitrary: fc.constantFrom(...rawBodies, undefined) },
      );

const types = [
  'application/json; charset=latin1',
  'text/plain',
  'application/json; charset=',
  'multipart/form-data',
];
const printable = fc.stringMatching(/^[ -~]{0,70}$/);
const headersOf = (row: RestRoute): Arbitrary<Record<string, string>> =>
  fc.record(
    {
      'content-type': fc.oneof(
        { weight: 9, arbitrary: fc.constant('application/json') },
        { weight: 1, arbitrary: fc.constantFrom(...types) },
      ),
      'idempotency-key': fc.oneof({ weight: 5, arbitrary: fc.uuid() }, { weight: 1, arbitrary: printable }),
      'if-match': fc.constantFrom('*', '"0"', '"3"', '"99"', 'W/"2"', '"-1"', '""'),
    },
    { requiredKeys: ['content-type', ...(row.idempotent ? (['idempotency-key'] as const) : [])] },
  );

/** Requests for one route, from right to absurd. */
export const requestsFor = (row: RestRoute): Arbitrary<WildRequest> =>
  fc.record({
    method: fc.constant(row.method.toUpperCase()),
    address: addresses(row),
    headers: headersOf(row),
    body: bodies(row),
  });

/** A server that does not answer by then hangs, ms. */
const patienceMs = 10_000;

/** Sends it. @throws Error unless the answer is what the protocol promises: a success of the route's own, or a problem that is no fault of ours. */
export async function mustAnswer(
  url: string,
  row: RestRoute,
  { method, address, headers, body }: WildRequest,
): Promise<void> {
  const response = await fetch(url + address, {
    method,
    headers,
    redirect: 'manual',
    signal: AbortSignal.timeout(patienceMs),
    ...(body !== undefined && { body }),
  });
  const answer = await response.text();
  const { status } = response;
  const said = `${status} ${answer.slice(0, 300)}`;
  // What a camera or a media node did not answer is no fault of the server.
  const elsewhere = status === 502 || status === 503;
  if (status >= 500 && !elsewhere) throw new Error(`a fault of the server: ${said}`);
  if (status >= 400) {
    const type = response.headers.get('content-type') ?? '';
    const problem = type.includes('application/problem+json')
      ? Problem.safeParse(JSON.parse(answer))
      : undefined;
    if (problem?.data?.status !== status) throw new Error(`a refusal that is no problem (RFC 9457): ${said}`);
    return;
  }
  if (status !== row.status) throw new Error(`not the status of the table: ${said}`);
  if (row.answer && status !== 303) row.answer.parse(JSON.parse(answer));
}
