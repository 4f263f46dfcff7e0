import {
  routes,
  type Answer,
  type RestRoute,
  type RouteAnswer,
  type RouteInput,
  type RouteName,
} from '@clerestory/protocol';
import { request } from './rest.ts';

type Given<N extends RouteName> = {
  [K in keyof RouteInput<N> as RouteInput<N>[K] extends undefined ? never : K]: Wire<RouteInput<N>[K]>;
};
/** Before parsing: what has a default may be left out, and a query is text. */
type Wire<T> = T extends object ? { [K in keyof T]?: T[K] | string | undefined } : T;

/** Calls a route of the protocol's table and reads its answer by the same table. Never rejects. */
export function callRoute<N extends RouteName>(
  name: N,
  given: Given<N>,
  more: { key?: string; base?: number; timeoutMs?: number } = {},
): Promise<Answer<RouteAnswer<N>>> {
  const row: RestRoute = routes[name];
  const { params, query, body } = given as {
    params?: Record<string, unknown>;
    query?: Record<string, unknown>;
    body?: unknown;
  };
  const path = row.path.replaceAll(/\{(\w+)\}/g, (_whole, key: string) =>
    encodeURIComponent(String(params?.[key] ?? '')),
  );
  const asked = Object.entries(query ?? {}).filter(([, value]) => value !== undefined && value !== '');
  const search =
    asked.length > 0 ? `?${new URLSearchParams(asked.map(([key, value]) => [key, String(value)]))}` : '';
  return request(row.method.toUpperCase() as 'GET', path + search, {
    parse: (value) => (row.answer ? row.answer.parse(value) : undefined) as RouteAnswer<N>,
    ...(body === undefined ? {} : { body }),
    ...more,
  });
}
