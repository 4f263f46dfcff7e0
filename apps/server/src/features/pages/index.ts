import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import express, { type Express, type Request, type RequestHandler } from 'express';
import helmet from 'helmet';
import { mountReadOnly } from '../../platform/http.ts';
import { root } from '../../platform/places.ts';
import type { Peer } from '../../platform/peers.ts';
import { missingPage } from './missing-page.ts';
import { mountPortal } from './portal.ts';

const distDir = path.join(root, 'apps/wall/dist');
const indexFile = path.join(distDir, 'index.html');
const screenFile = path.join(distDir, 'screen.html');

/** A page per surface; anything else is the app's own "no such page", with status 404. */
const screenPages = ['/screen', '/screen/:screen'];
const pages = ['/', '/admin', '/fleet', '/workstation/:number'];

/** Changes with every build of the wall app, so that old pages know to reload. */
export function buildId(): string {
  if (!existsSync(indexFile) || !existsSync(screenFile)) return 'not-built';
  const hash = createHash('sha256').update(readFileSync(indexFile)).update(readFileSync(screenFile));
  return hash.digest('hex').slice(0, 12);
}

/** Where the media node is, as a page is told: its port on the page's own host, or a path there, behind a proxy. */
export type MediaPlace = { port: number } | { path: string };

/** Content-security policy of the wall's pages: no inline script, nothing from elsewhere but the media node. */
function pageSecurity(media: () => MediaPlace, peerOf: (request: Request) => Peer): RequestHandler {
  const at = (scheme: 'http' | 'ws') => (request: unknown) => {
    const { secure, host = '127.0.0.1' } = peerOf(request as Request);
    const place = media();
    // A page's own host counts as its own origin by HTTP; not every browser says so of its WebSockets.
    const there = 'path' in place ? host : `${host.replace(/:\d+$/, '')}:${place.port}`;
    return `${scheme}${secure ? 's' : ''}://${there}`;
  };
  return helmet.contentSecurityPolicy({
    useDefaults: false,
    directives: {
      defaultSrc: [`'none'`],
      scriptSrc: [`'self'`],
      styleSrc: [`'self'`],
      fontSrc: [`'self'`],
      imgSrc: [`'self'`, 'data:', 'blob:', at('http')],
      mediaSrc: [`'self'`, 'blob:', at('http')],
      connectSrc: [`'self'`, at('http'), at('ws')],
      manifestSrc: [`'self'`],
      workerSrc: [`'self'`],
      baseUri: [`'none'`],
      formAction: [`'self'`],
      frameAncestors: [`'none'`],
    },
  });
}

/**
 * The wall app's pages and files. A screen's page says where the media node is, so that the road to the pictures opens
 * before its code is there.
 */
export function mountPages(app: Express, media: () => MediaPlace, peerOf: (request: Request) => Peer): void {
  mountPortal(app);
  app.use(pageSecurity(media, peerOf));
  app.use(
    '/assets',
    express.static(path.join(distDir, 'assets'), {
      immutable: true,
      maxAge: '365d',
      index: false,
      fallthrough: true,
    }),
  );
  app.use(express.static(distDir, { index: false, maxAge: '1h' }));
  const send = (status: number, file: string) => (_request: Request, response: express.Response) => {
    response.status(status).set('Cache-Control', 'no-cache').type('html');
    if (!existsSync(file)) return response.send(missingPage);
    const place = media();
    const name = `name="clerestory-media" content="`;
    const said = 'path' in place ? place.path : String(place.port);
    return response.send(readFileSync(file, 'utf8').replace(`${name}"`, `${name}${said}"`));
  };
  app.get(screenPages, send(200, screenFile));
  app.get(pages, send(200, indexFile));
  mountReadOnly(app, [...screenPages, ...pages]);
  // The app says itself that there is no such page; a name with a dot asks for a file, and gets the plain answer.
  app.get(/^[^.]*$/, send(404, indexFile));
}
