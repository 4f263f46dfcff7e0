import { z } from 'zod';
import { Problem } from './errors.ts';
import { apiBase, routes, type RestRoute } from './rest.ts';

type Json = Record<string, unknown>;
const schemaOf = (schema: z.ZodType, io: 'input' | 'output'): Json => {
  const made = z.toJSONSchema(schema, { io, target: 'draft-2020-12', unrepresentable: 'any' }) as Json;
  delete made['$schema'];
  return made;
};

function parametersOf(row: RestRoute): Json[] {
  const list: Json[] = [];
  for (const [where, schema] of [
    ['path', row.params],
    ['query', row.query],
  ] as const) {
    if (!schema) continue;
    const whole = schemaOf(schema, 'input');
    const required = (whole['required'] as string[] | undefined) ?? [];
    for (const [name, one] of Object.entries(whole['properties'] as Json)) {
      list.push({ name, in: where, required: where === 'path' || required.includes(name), schema: one });
    }
  }
  if (row.idempotent)
    list.push({
      name: 'Idempotency-Key',
      in: 'header',
      required: false,
      description: 'Repeating a request with the same key changes nothing more.',
      schema: { type: 'string', minLength: 8, maxLength: 64 },
    });
  if (row.ifMatch)
    list.push({
      name: 'If-Match',
      in: 'header',
      required: false,
      description:
        'The revision (camera) or sequence (wall) you were looking at, in double quotes; 409 when what you touch changed since.',
      schema: { type: 'string' },
    });
  return list;
}

/** The OpenAPI 3.1 document of the REST interface, made from the same schemas that parse the requests. */
export function openApiDocument(version: string): Json {
  const paths: Record<string, Json> = {};
  const refused = {
    description: 'Refused: RFC 9457 problem details',
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  };
  for (const [operationId, row] of Object.entries(routes) as [string, RestRoute][]) {
    const operation: Json = {
      operationId,
      summary: row.summary,
      tags: [row.tag],
      parameters: parametersOf(row),
      responses: {
        [row.status]: row.answer
          ? {
              description: 'Done',
              content: { 'application/json': { schema: schemaOf(row.answer, 'output') } },
            }
          : { description: 'Done' },
        default: refused,
      },
    };
    if (row.body)
      operation['requestBody'] = {
        required: true,
        content: { 'application/json': { schema: schemaOf(row.body, 'input') } },
      };
    (paths[apiBase + row.path] ??= {})[row.method] = operation;
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Clerestory',
      version,
      description: 'What the console can do, for programs. Refusals are RFC 9457 problem details.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths,
    components: { schemas: { Problem: schemaOf(Problem, 'output') } },
  };
}
