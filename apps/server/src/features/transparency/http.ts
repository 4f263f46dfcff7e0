import type { Express, Request, RequestHandler, Response } from 'express';
import { problem } from '@clerestory/protocol';
import { formatVerifierKey, parseCheckpoint, parseTilePath, tileWidth, widthOf } from '@clerestory/tlog';
import { reportCsv } from '@clerestory/public-log';
import { actorName } from '../../platform/actor.ts';
import { mountReadOnly, ok, sendRefusal, type RouteHandlers } from '../../platform/http.ts';
import type { Checkpoints } from './checkpoints.ts';
import type { TreeSource } from './ports.ts';
import { checkPage, reportCss, reportPage } from './report-page.ts';
import type { ReportService } from './report-service.ts';
import type { Language } from './report-words.ts';

/** A checkpoint changes; tiles never do (C2SP tlog-tiles). */
const checkpointAge = 'public, max-age=5';
const tileAge = 'public, max-age=31536000, immutable';
const plain = 'text/plain; charset=utf-8';

/** The log for everybody: C2SP tlog-tiles below `/log`. Only what a published checkpoint covers is shown. */
export function mountLog(
  app: Express,
  parts: {
    checkpoints: Checkpoints;
    tree: TreeSource;
    reports: ReportService;
    publicUrl: () => string;
    guard: RequestHandler;
  },
): void {
  const { checkpoints, tree, guard } = parts;
  const anywhere = (response: Response) => response.set('Access-Control-Allow-Origin', '*');
  app.use('/log', guard);
  app.get('/log/checkpoint', (request, response) => {
    const published = checkpoints.published();
    if (!published.ok) return sendRefusal(request, response, published.problem);
    anywhere(response).set('Cache-Control', checkpointAge).type(plain).send(published.value.note);
  });
  app.get('/log/key', (_request, response) => {
    const keys = checkpoints.keys().toReversed().map(formatVerifierKey);
    anywhere(response)
      .set('Cache-Control', checkpointAge)
      .type(plain)
      .send(`${keys.join('\n')}\n`);
  });
  app.get('/log/tile/*name', async (request, response) => {
    const published = checkpoints.published();
    if (!published.ok) return sendRefusal(request, response, published.problem);
    const size = parseCheckpoint(`${published.value.note.split('\n\n')[0]}\n`)?.size ?? 0;
    const name = request.path.slice('/log/'.length);
    const id = parseTilePath(name);
    // A partial tile of an earlier size is as true as ever; one that is not yet signed is not there.
    if (!id || id.width > widthOf(id.level, id.index, size))
      return sendRefusal(
        request,
        response,
        problem('not-found', `There is no such tile in the log of ${size} entries.`),
      );
    const bytes = Buffer.from(await tree.tile(id));
    anywhere(response)
      .set('Cache-Control', id.width === tileWidth ? tileAge : 'public, max-age=3600')
      .type('application/octet-stream')
      .send(bytes);
  });
  mountReport(app, parts);
  mountReadOnly(app, ['/log/checkpoint', '/log/key', '/log/tile/*name']);
}

const languageOf = (request: Request): Language => {
  const asked = request.query['lang'];
  if (asked === 'en' || asked === 'es') return asked;
  return request.acceptsLanguages('en', 'es') === 'es' ? 'es' : 'en';
};

/** Neither script nor anything from elsewhere: the pages are text and one style sheet. */
const pageSecurity =
  "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The public report as a page and as files, and the page that says how to check it. */
function mountReport(
  app: Express,
  {
    checkpoints,
    reports,
    publicUrl,
  }: { checkpoints: Checkpoints; reports: ReportService; publicUrl: () => string },
): void {
  app.get(['/log/report', '/log/report.json', '/log/report.csv'], async (request, response) => {
    const month = typeof request.query['month'] === 'string' ? request.query['month'] : 'all';
    const found = await reports.report(month);
    if (!found.ok) return sendRefusal(request, response, found.problem);
    const { report, months } = found.value;
    response.set('Cache-Control', checkpointAge).set('Access-Control-Allow-Origin', '*');
    if (request.path.endsWith('.json')) return void response.json(report);
    if (request.path.endsWith('.csv'))
      return void response.type('text/csv; charset=utf-8').send(reportCsv(report));
    response.set('Content-Security-Policy', pageSecurity);
    response.type('html').send(reportPage({ language: languageOf(request), report, months }));
  });
  app.get('/log/how-to-check', (request, response) => {
    const key = checkpoints.keys().at(-1);
    const at = { base: publicUrl(), key: key ? formatVerifierKey(key) : '' };
    response.set('Cache-Control', checkpointAge).set('Content-Security-Policy', pageSecurity);
    response.type('html').send(checkPage(languageOf(request), at));
  });
  app.get('/log/report.css', (_request, response) => {
    response.set('Cache-Control', 'public, max-age=3600').type('css').send(reportCss);
  });
  mountReadOnly(app, [
    '/log/report',
    '/log/report.json',
    '/log/report.csv',
    '/log/how-to-check',
    '/log/report.css',
  ]);
}

export function logRoutes(checkpoints: Checkpoints): RouteHandlers {
  return {
    getLogStatus: async (_, { actor }) => ok(await checkpoints.statusFor(actorName(actor))),
  };
}
