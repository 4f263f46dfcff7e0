/** The thread of `openViewsApart`: opens the views, and tells again and again what came. */
import { parentPort, workerData } from 'node:worker_threads';
import { openManyViews } from './many-views.ts';
import { absoluteMs, type ApartOrder, type ApartWord } from './views-apart.ts';

/** What came is told this often, ms. */
const tellEveryMs = 50;

const { mediaPort, cookies, cameras, others } = workerData as ApartOrder;
const tell = (word: ApartWord) => parentPort?.postMessage(word);
const browsers = cookies.map((cookie) => ({ cookieHeader: () => cookie }));
const views = await openManyViews(mediaPort, browsers, cameras, others);
tell({ type: 'open', views: views.map(({ door, camera, view }) => ({ door, camera, view })) });
const timer = setInterval(
  () =>
    tell({
      type: 'seen',
      views: views.map(({ bytes, lastMs, refusals }) => [bytes, absoluteMs(lastMs), refusals]),
    }),
  tellEveryMs,
);
parentPort?.once('message', () => {
  clearInterval(timer);
  for (const view of views) view.close();
  process.exit();
});
