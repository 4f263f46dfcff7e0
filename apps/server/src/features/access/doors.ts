import type { Express } from 'express';
import {
  apiBase,
  mediaPaths,
  routes,
  type MediaPathName,
  type RestRoute,
  type RouteName,
} from '@clerestory/protocol';
import { policy, type DoorId } from './policy.ts';

/** What a request can reach in a running server: method and path as they are mounted, or the name of a mounted handler. */
export interface MountedDoor {
  door: string;
  /** Its row in the policy table; null: it has none, and such a server must not run. */
  row: DoorId | null;
}

interface Layer {
  name: string;
  route?: { path: string | RegExp | (string | RegExp)[]; methods: Record<string, boolean> };
}

/** Doors that are not of the API. */
const others: Readonly<Record<string, DoorId>> = {
  'GET /healthz': 'http:healthz',
  'GET /readyz': 'http:readyz',
  'GET /metrics': 'http:metrics',
  [`GET ${apiBase}/openapi.json`]: 'http:openapi',
  'GET /': 'http:page',
  'GET /admin': 'http:page',
  'GET /portal{/*page}': 'http:portal',
  [`GET ${apiBase}/owner/live`]: 'http:owner-live',
  'GET /fleet': 'http:page',
  'GET /workstation/:number': 'http:page',
  'GET /screen': 'http:page',
  'GET /screen/:screen': 'http:screen-page',
  'GET /log/checkpoint': 'http:log',
  'GET /log/key': 'http:log',
  'GET /log/tile/*name': 'http:log',
  'GET /log/report': 'http:log',
  'GET /log/report.json': 'http:log',
  'GET /log/report.csv': 'http:log',
  'GET /log/report.css': 'http:log',
  'GET /log/how-to-check': 'http:log',
  serveStatic: 'http:files',
};
/** `all` mounts one handler for every method of Node's own list; a door has a few. */
const mostMethods = 8;
/** The page for an address that is none: a pattern, and not a path. */
const noPage = /^GET \/\^/;

const restRows = new Map(
  (Object.entries(routes) as [RouteName, RestRoute][]).map(([name, { method, path }]): [string, DoorId] => [
    `${method.toUpperCase()} ${apiBase}${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
    `rest:${name}`,
  ]),
);

const rowOf = (door: string): DoorId | null =>
  restRows.get(door) ?? others[door] ?? (noPage.test(door) ? 'http:no-page' : null);

/** Lists the doors of a live Express app. Handlers of every method are left out: they
 * only say which methods there are. */
export function mountedDoors(app: Express): MountedDoor[] {
  const { stack } = (app as unknown as { router: { stack: Layer[] } }).router;
  const found = stack.flatMap(({ name, route }) => {
    if (!route) return name === 'serveStatic' ? [name] : [];
    const methods = Object.keys(route.methods);
    if (methods.length > mostMethods) return [];
    return methods.flatMap((method) =>
      [route.path].flat().map((path) => `${method.toUpperCase()} ${String(path)}`),
    );
  });
  return [...new Set(found)].map((door) => ({ door, row: rowOf(door) }));
}

/** @throws Error when a door has no row: such a server does not start. */
export function assertPolicy(app: Express): void {
  const bare = mountedDoors(app).filter(({ row }) => row === null);
  if (bare.length > 0)
    throw new Error(
      `these doors have no row in the policy table: ${bare.map(({ door }) => door).join(', ')}`,
    );
  const unasked = (Object.keys(mediaPaths) as MediaPathName[]).filter(
    (name) => mediaPaths[name].asks === null && !policy[`media:${name}`].who.includes('anyone'),
  );
  if (unasked.length > 0)
    throw new Error(`the media node asks nobody about what the policy table keeps: ${unasked.join(', ')}`);
}
