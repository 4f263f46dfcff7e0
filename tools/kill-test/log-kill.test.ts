import { expect, test } from 'vitest';
import { assured } from '../harness/assured.ts';
import { logDifferences, viewIn, type LogHeld, type LogJournal } from './log-journal.ts';
import { runLogKills } from './log-kills.ts';

/** In the suite; `node tools/kill-test/log.ts 200` by hand. */
const kills = 6;

test(
  'B1: killed while it appends and signs, the log has every entry that was told once, and goes on from every checkpoint',
  { timeout: 600_000 },
  async () => {
    const report = await runLogKills({ kills, seed: 20_261_128 });
    expect(report.faults).toEqual([]);
    expect(report.kills).toBe(kills);
    expect(report.acknowledged).toBeGreaterThan(kills * 10);
    expect(report.proofs).toBeGreaterThan(kills);
    const { journal, held } = report;
    expect(journal.readings.size * journal.views.size).toBeGreaterThan(0);
    for (const [what, changed] of defects(journal, held))
      expect(logDifferences(journal, changed).length, `not seen: ${what}`).toBeGreaterThan(0);
    assured({
      ...{ row: 'B1', trials: report.acknowledged },
      claim: `an entry of the log that was told is there once, where and as it was told, after kill -9 during appends in groups and signing (${kills} kills); each checkpoint goes on from the one before, the witness signs on, clerestory-verify finds nothing`,
      control: 'an entry lost, doubled, moved or changed, and a view without its end, are each seen',
    });
  },
);

/** What a kill could have done to what was told. */
function* defects({ readings, views }: LogJournal, held: LogHeld): Generator<[string, LogHeld]> {
  const told = held.readings.findIndex(({ detail }) => readings.has(String(detail['subject'])));
  const [reading] = held.readings.slice(told, told + 1);
  const seen = held.begun.findIndex((entry) => views.get(viewIn(held.rounds, entry)) === 'told');
  const [view] = held.begun.slice(seen, seen + 1);
  if (!reading || !view) throw new Error('nothing was told');
  const of = (changed: Partial<LogHeld>): LogHeld => ({ ...held, ...changed });
  yield ['a lost entry', of({ readings: held.readings.toSpliced(told, 1) })];
  yield ['an entry twice', of({ readings: [...held.readings, reading] })];
  yield ['an entry elsewhere', of({ readings: held.readings.with(told, { ...reading, sequence: 1 }) })];
  yield ['another entry', of({ readings: held.readings.with(told, { ...reading, hash: '0'.repeat(64) }) })];
  yield ['a lost view', of({ begun: held.begun.toSpliced(seen, 1) })];
  yield ['a view twice', of({ begun: [...held.begun, view] })];
  yield ['a view without an end', of({ ended: held.ended.slice(1) })];
  yield ['a view that ended twice', of({ ended: [...held.ended, ...held.ended.slice(0, 1)] })];
}
