import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startMailbox } from '../apps/server/src/testing/mailbox.ts';
import { openNoticeDesk } from '../tools/notice-desk/desk.ts';
import { percentile } from './pixels.ts';
import type { Table } from './table.ts';

/**
 * Notices to an owner over a real SMTP server on this machine: `count` enqueued as fast as the store takes them, each in a
 * transaction of its own; then one after the other, from before its transaction until the mail server has it.
 */
export async function benchNotices(count: number, singles: number): Promise<Table> {
  const dir = mkdtempSync(path.join(tmpdir(), 'clerestory-bench-'));
  const takenAt: number[] = [];
  const mailbox = await startMailbox({
    onData(stream, _session, done) {
      stream.resume();
      stream.on('end', () => {
        takenAt.push(performance.now());
        done();
      });
    },
  });
  const desk = await openNoticeDesk(dir, mailbox.port);
  try {
    const made = await desk.owners.registry.create(
      { name: 'Bench', email: 'bench@example.org', phone: null, language: 'en' },
      { by: 'person:bench', key: 'bench-owner-1' },
    );
    if (!made.ok) throw new Error(made.problem.detail);
    desk.notices.start();
    const startMs = performance.now();
    for (let n = 0; n < count; n++) await desk.tell(made.value.id, `many-${n}`);
    while (takenAt.length < count) await new Promise((resolve) => setTimeout(resolve, 5));
    const perSecond = count / (((takenAt.at(-1) ?? 0) - startMs) / 1000);
    const waits: number[] = [];
    for (let n = 0; n < singles; n++) {
      const before = takenAt.length;
      const fromMs = performance.now();
      await desk.tell(made.value.id, `single-${n}`);
      while (takenAt.length === before) await new Promise((resolve) => setImmediate(resolve));
      waits.push((takenAt.at(-1) ?? 0) - fromMs);
    }
    return {
      ...{ name: 'notices', title: 'Owner notices by mail', figures: { count, perSecond, waits } },
      note: 'Each notice is written in a transaction of its own and sent from the outbox over SMTP to a mail server on the same machine. Alone: from before the transaction until the mail server has it.',
      columns: ['notices', 'per second', 'alone, p50 ms', 'p95 ms', 'most ms'],
      rows: [
        [
          count,
          Math.round(perSecond),
          ...[percentile(waits, 0.5), percentile(waits, 0.95), Math.max(...waits)].map(Math.round),
        ],
      ],
    };
  } finally {
    await desk.close();
    await mailbox.close();
    rmSync(dir, { recursive: true, force: true });
  }
}
