import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import express, { type Express } from 'express';
import helmet from 'helmet';
import { mountReadOnly } from '../../platform/http.ts';
import { root } from '../../platform/places.ts';
import { permissionsPolicy } from '../../platform/security.ts';
import { missingPage } from './missing-page.ts';

const distDir = path.join(root, 'apps/portal/dist');
const indexFile = path.join(distDir, 'index.html');
const anyPage = '/portal{/*page}';

/** First parts of the addresses that are pages; the app says of every other that there is none, with status 404. */
const known = new Set(['', 'camera', 'cameras', 'register', 'requests', 'settings', 'public']);

/** Content-security policy of the pages for owners and the public: nothing from elsewhere, no pictures of cameras. */
const security = helmet.contentSecurityPolicy({
  useDefaults: false,
  directives: {
    defaultSrc: [`'none'`],
    scriptSrc: [`'self'`],
    styleSrc: [`'self'`],
    fontSrc: [`'self'`],
    imgSrc: [`'self'`, 'data:'],
    connectSrc: [`'self'`],
    manifestSrc: [`'self'`],
    workerSrc: [`'self'`],
    baseUri: [`'none'`],
    formAction: [`'self'`],
    frameAncestors: [`'none'`],
  },
});

/** The portal: a bundle of its own below `/portal`, which has no code of the wall. */
export function mountPortal(app: Express): void {
  app.use('/portal', security);
  // An owner who stands at the camera may say so by the phone; the browser asks them first.
  app.use('/portal', (_request, response, next) => {
    response.set('Permissions-Policy', permissionsPolicy(['geolocation']));
    next();
  });
  app.use(
    '/portal/assets',
    express.static(path.join(distDir, 'assets'), { immutable: true, maxAge: '365d', index: false }),
  );
  app.use('/portal', express.static(distDir, { index: false, maxAge: 0, redirect: false }));
  app.get(anyPage, (request, response, next) => {
    // A name with a dot asks for a file, and gets the plain answer.
    if (request.path.includes('.')) return next();
    const [first = ''] = request.path.split('/').slice(2);
    response
      .status(known.has(first) ? 200 : 404)
      .set('Cache-Control', 'no-cache')
      .type('html');
    response.send(existsSync(indexFile) ? readFileSync(indexFile, 'utf8') : missingPage);
  });
  mountReadOnly(app, [anyPage]);
}
