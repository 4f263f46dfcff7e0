import {
  apiBase,
  portalRoutes,
  Problem,
  problem,
  type Answer,
  type RestRoute,
} from '@clerestory/protocol/portal';
import type { z } from 'zod';

export type PortalRoute = keyof typeof portalRoutes;
type Field<N extends PortalRoute, K extends string> =
  (typeof portalRoutes)[N] extends Record<K, infer S extends z.ZodType> ? { [P in K]: z.input<S> } : unknown;
/** What a route is given, before parsing. */
type Given<N extends PortalRoute> = Field<N, 'params'> & Field<N, 'body'> & Partial<Field<N, 'query'>>;
export type PortalAnswer<N extends PortalRoute> =
  (typeof portalRoutes)[N] extends Record<'answer', infer S extends z.ZodType> ? z.infer<S> : void;

/** A request that takes longer is given up and told. */
const timeoutMs = 15_000;

/** Calls a route of the protocol's table and reads its answer by the same table. Never rejects. */
export async function call<N extends PortalRoute>(
  name: N,
  given: Given<N>,
  key?: string,
): Promise<Answer<PortalAnswer<N>>> {
  const row: RestRoute = portalRoutes[name];
  const { params, query, body } = given as Partial<
    Record<'params' | 'query' | 'body', Record<string, unknown>>
  >;
  const path = row.path.replaceAll(/\{(\w+)\}/g, (_whole, part: string) =>
    encodeURIComponent(String(params?.[part] ?? '')),
  );
  const asked = Object.entries(query ?? {}).filter(([, value]) => value !== undefined);
  const search =
    asked.length > 0 ? `?${new URLSearchParams(asked.map(([part, value]) => [part, String(value)]))}` : '';
  let response: Response;
  try {
    response = await fetch(apiBase + path + search, {
      method: row.method.toUpperCase(),
      headers: {
        Accept: 'application/json',
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...(key !== undefined && { 'Idempotency-Key': key }),
      },
      signal: AbortSignal.timeout(timeoutMs),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  } catch {
    return { ok: false, problem: problem('unavailable', 'The server could not be reached.') };
  }
  try {
    const text = await response.text();
    const value: unknown = text === '' ? null : JSON.parse(text);
    if (!response.ok) return { ok: false, problem: Problem.parse(value) };
    return { ok: true, value: (row.answer ? row.answer.parse(value) : undefined) as PortalAnswer<N> };
  } catch {
    return {
      ok: false,
      problem: problem('bad-gateway', 'The answer could not be read. Load this page again.'),
    };
  }
}
