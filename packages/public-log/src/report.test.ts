import { describe, expect, test } from 'vitest';
import { ReportBuilder, reportCsv, suppressed, type PublicEntry } from './index.ts';

let sequence = 0;
const at = Date.UTC(2026, 10, 3, 14);
const entry = (kind: string, detail: PublicEntry['public'], ms = at): PublicEntry => ({
  ...{
    v: 1,
    sequence: (sequence += 1),
    at: ms,
    kind,
    by: 'person',
    of: 'camera',
    public: detail,
    committed: {},
  },
});
function builder(...entries: PublicEntry[]): ReportBuilder {
  const made = new ReportBuilder();
  for (const one of entries) made.take(one);
  return made;
}
const checkpoint = { origin: 'wall.example.org/log', size: 100, root: 'root' };
const grants = (count: number, purpose: string, more = {}) =>
  Array.from({ length: count }, () => entry('grant-given', { purpose, placeKind: 'shop', ...more }));

describe('the public report', () => {
  test('counts by purpose, place and month, and takes the median of what views took', () => {
    const made = builder(
      ...grants(7, 'robbery', { district: 'harbour' }),
      ...grants(6, 'fire', { kind: 'exigent', selfOpened: true }),
      ...[10, 30, 20, 5, 400].map((seconds) => entry('view-ended', { seconds })),
      entry('grant-given', { purpose: 'fire' }, Date.UTC(2026, 9, 3)),
    );
    const { accesses, views, overrides, ownIncident } = made.report(checkpoint, '2026-11');
    expect(accesses).toEqual({
      ...{ total: 13, purpose: { robbery: 7, fire: 6 }, placeKind: { shop: 13 }, district: { harbour: 7 } },
    });
    expect([views.medianSeconds, overrides, ownIncident]).toEqual([20, 6, 6]);
    // October has one alone, which is hidden: it is in no sum either.
    expect(made.report(checkpoint, '2026-10').accesses.total).toBeNull();
    expect(made.report(checkpoint).accesses.total).toBe(13);
  });

  test('hides small counts, and with one alone the next, so that the total does not give it away', () => {
    const { accesses } = builder(
      ...grants(3, 'fire'),
      ...grants(9, 'robbery'),
      ...grants(20, 'traffic'),
    ).report(checkpoint);
    expect(accesses.purpose).toEqual({ fire: null, robbery: null, traffic: 20 });
    const two = builder(...grants(3, 'fire'), ...grants(4, 'weapon'), ...grants(20, 'traffic')).report(
      checkpoint,
    );
    expect(two.accesses.purpose).toEqual({ fire: null, weapon: null, traffic: 20 });
    expect(builder(entry('view-ended', { seconds: 9 })).report(checkpoint).views.medianSeconds).toBeNull();
    expect(builder(...grants(2, 'fire')).report(checkpoint).accesses.total).toBeNull();
    expect(builder().report(checkpoint).accesses.total).toBe(0);
  });

  test('hides so much that no total, and no other month, gives a small count away', () => {
    const october = Date.UTC(2026, 9, 3);
    const inOctober = (count: number, purpose: string) =>
      grants(count, purpose).map((one) => ({ ...one, at: october }));
    // One and one: their sum would say each, so that the next is hidden with them.
    const pair = builder(
      ...grants(1, 'fire'),
      ...grants(1, 'weapon'),
      ...grants(20, 'traffic'),
      ...grants(30, 'robbery'),
    );
    expect(pair.report(checkpoint).accesses.purpose).toEqual({
      ...{ fire: null, weapon: null, traffic: null, robbery: 30 },
    });
    // One each of five kinds: five in all would say so.
    const each = builder(...['a', 'b', 'c', 'd', 'e'].flatMap((purpose) => grants(1, purpose)));
    expect(each.report(checkpoint).accesses).toEqual({
      ...{ total: null, purpose: { a: null, b: null, c: null, d: null, e: null }, placeKind: { shop: null } },
      district: {},
    });
    // All months less all others say nothing of the one that is hidden.
    const months = builder(
      ...grants(9, 'fire'),
      ...grants(8, 'traffic'),
      ...inOctober(2, 'fire'),
      ...inOctober(7, 'traffic'),
    );
    const all = months.report(checkpoint).accesses;
    const november = months.report(checkpoint, '2026-11').accesses;
    expect(months.report(checkpoint, '2026-10').accesses.purpose).toEqual({ fire: null, traffic: null });
    expect([all.purpose, november.purpose]).toEqual([
      { fire: 9, traffic: 8 },
      { fire: 9, traffic: 8 },
    ]);
    expect(all.total).toBe(26);
    const refused = (count: number, ms: number) =>
      Array.from({ length: count }, () => entry('grant-refused', {}, ms));
    const both = builder(...refused(2, october), ...refused(9, at));
    expect(both.report(checkpoint, '2026-10').refused).toBeNull();
    expect(both.report(checkpoint).refused).toBe(9);
  });

  test('hides so much that what is in no cell of a table is not given away by its total', () => {
    const some = builder(...grants(9, 'fire', { district: 'harbour' }), ...grants(2, 'fire')).report(
      checkpoint,
    );
    expect(some.accesses).toMatchObject({ total: 11, purpose: { fire: 11 }, district: { harbour: null } });
    const many = builder(...grants(9, 'fire', { district: 'harbour' }), ...grants(5, 'fire')).report(
      checkpoint,
    );
    expect(many.accesses).toMatchObject({ total: 14, district: { harbour: 9 } });
  });

  test.each([
    ['there is nothing besides its cells', 0],
    ['there may be something besides its cells', 14],
  ])(
    'tells no small number to whoever knows the total, the rule, and that in a table %s',
    (_what, mostRest) => {
      /** What is shown of a table → each table of up to three cells of which that much is shown. */
      const alike = new Map<string, number[][]>();
      const most = 14;
      const look = (cells: readonly number[], length: number): void => {
        for (let count = 1; count <= most && cells.length < length; count++) look([...cells, count], length);
        if (cells.length < length) return;
        const sum = cells.reduce((all, count) => all + count, 0);
        for (let rest = 0; rest <= mostRest && sum + rest <= most; rest++) {
          const shown = suppressed(new Map(cells.map((count, at) => [`n${at}`, count])), rest);
          if (!shown) continue;
          const told = JSON.stringify([sum + rest, shown]);
          alike.set(told, [...(alike.get(told) ?? []), [...cells, rest]]);
        }
      };
      for (const length of [1, 2, 3]) look([], length);
      const known: string[] = [];
      for (const [told, tables] of alike) {
        const [, shown] = JSON.parse(told) as [number, Record<string, number | null>];
        for (const [at, count] of [...Object.values(shown), null].entries()) {
          const [only = 0, ...others] = new Set(tables.map((table) => table[at]));
          if (count === null && others.length === 0 && only > 0 && only < 5) known.push(`${told}: ${only}`);
        }
      }
      expect(alike.size).toBeGreaterThan(50);
      expect(known).toEqual([]);
    },
  );

  test('hides small numbers of cameras, and has those of the month that is asked for', () => {
    const counted = (day: string, states: string[], ms: number) =>
      entry('cameras-counted', { day, tiers: ['integrated 40'], states, uptimePercent: 90 }, ms);
    const made = builder(
      counted('2026-10-31', ['standing 30', 'paused 1', 'on-request 9'], Date.UTC(2026, 9, 31)),
      counted('2026-11-03', ['standing 31', 'paused few', 'on-request few'], at),
    );
    expect(made.report(checkpoint, '2026-10').cameras).toMatchObject({
      ...{ day: '2026-10-31', states: { standing: 30, paused: null, 'on-request': null } },
    });
    expect(made.report(checkpoint).cameras).toMatchObject({
      ...{ day: '2026-11-03', states: { standing: 31, paused: null, 'on-request': null } },
    });
  });

  test('counts requests for footage that were published, small numbers too, since each is listed in the open', () => {
    const word = (decision: string, purpose: string) => entry('footage-moderated', { decision, purpose });
    const report = builder(
      ...[word('publish', 'robbery'), word('publish', 'fire'), word('publish', 'fire')],
      word('refuse', 'weapon'),
    ).report(checkpoint);
    expect(report.footage).toEqual({ fire: 2, robbery: 1 });
    expect(reportCsv(report)).toContain('requests for footage by purpose,fire,2');
  });

  test('shows cameras as they were last counted', () =>
    expect(
      builder(
        entry('cameras-counted', {
          day: '2026-11-02',
          tiers: ['integrated 3'],
          states: [],
          uptimePercent: 90,
        }),
        entry('cameras-counted', {
          day: '2026-11-03',
          tiers: ['integrated 14', 'registered 11'],
          states: ['on-request 12'],
          uptimePercent: 98.5,
        }),
      ).report(checkpoint).cameras,
    ).toEqual({
      day: '2026-11-03',
      tiers: { integrated: 14, registered: 11 },
      states: { 'on-request': 12 },
      uptimePercent: 98.5,
    }));

  test('says in its files which months hide something, and that a sum of them is lower than the truth', () => {
    const often = Array.from({ length: 9 }, () => entry('grant-refused', {}, Date.UTC(2026, 10, 5)));
    const seldom = [entry('grant-refused', {}, Date.UTC(2026, 9, 5))];
    const report = builder(...seldom, ...often).report(checkpoint);
    expect([report.refused, report.hiddenIn]).toEqual([9, ['2026-10']]);
    expect(report.note).toMatch(/below 5 are not shown.*may be far higher/);
    expect(reportCsv(report)).toContain('months with counts that are not shown,,2026-10\r\n');
    expect(reportCsv(report)).toContain(`note,,"${report.note}"\r\n`);
    expect(builder(...often).report(checkpoint).hiddenIn).toEqual([]);
  });

  test('as a table has no cell that a spreadsheet would compute', () => {
    const csv = reportCsv(builder(...grants(8, '=HYPERLINK("x")', { district: '+1,2' })).report(checkpoint));
    expect(csv).toContain(`accesses by purpose,"'=HYPERLINK(""x"")",8`);
    expect(csv).toContain(`accesses by district,"'+1,2",8`);
  });
});
