import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLogger } from '../../platform/logging.ts';
import { until } from '../../testing/server.ts';
import { ReportService } from './report-service.ts';
import { LogSite } from './testing/log-site.ts';

let site: LogSite;
let reports: ReportService;
/** Entries that were read, and what a reading waits for. */
let read = 0;
let gate: Promise<unknown> = Promise.resolve();

beforeEach(async () => {
  site = await new LogSite().start();
  await site.append(900);
  await site.checkpoints.tick();
  [read, gate] = [0, Promise.resolve()];
  reports = new ReportService({
    log: createLogger('silent'),
    async leaves(first, count) {
      await gate;
      const leaves = await site.record.log.leaves(first, count);
      read += leaves.length;
      return leaves;
    },
    published: () => site.checkpoints.published(),
    patienceMs: 200,
  });
});
afterEach(async () => {
  reports.stop();
  await site.remove();
});

test('after a start the log is read without anybody asking, each entry once', async () => {
  reports.start();
  await until(() => read === 901);
  expect(await reports.report('all')).toMatchObject({
    ...{ ok: true, value: { report: { size: 901, views: { total: 900 } } } },
  });
  expect(read).toBe(901);
});

test('whoever asks while it is being read waits so long at most, and is told how far it is', async () => {
  let open = () => undefined as void;
  gate = new Promise<void>((resolve) => (open = resolve));
  const early = await reports.report('all');
  expect(early).toMatchObject({
    ...{ ok: false, problem: { code: 'unavailable', detail: expect.stringContaining('0 of 901 entries') } },
  });
  open();
  await until(async () => (await reports.report('all')).ok);
  expect(read).toBe(901);
});
