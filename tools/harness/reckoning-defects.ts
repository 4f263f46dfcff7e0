import type { CameraAccess } from '@clerestory/protocol';
import type { Report } from '@clerestory/public-log';
import type { Reckoning } from './reckoning.ts';

/** What each party could get wrong, one at a time. */
export function* defects(true_: Reckoning): Generator<[string, Reckoning]> {
  for (const kind of new Set(true_.entries.map((entry) => entry.kind))) {
    const at = true_.entries.findIndex((entry) => entry.kind === kind);
    yield [`a dropped ${kind}`, { ...true_, entries: true_.entries.toSpliced(at, 1) }];
    yield [`${kind} twice`, { ...true_, entries: [...true_.entries, ...true_.entries.slice(at, at + 1)] }];
  }
  const { desk: sent, outbox: box, accesses, report } = true_;
  const isView = ({ kind }: { kind: string }) => kind.startsWith('view-');
  const view = true_.entries.find(isView)?.detail['view'];
  const again = true_.entries.filter((entry) => isView(entry) && entry.detail['view'] === view);
  yield ['a view counted twice', { ...true_, entries: [...true_.entries, ...again] }];
  yield ['a notice left out', { ...true_, desk: sent.slice(1) }];
  yield ['a notice sent twice', { ...true_, desk: [...sent, ...sent.slice(-1)] }];
  yield ['a notice not enqueued', { ...true_, outbox: box.slice(1) }];
  yield ['a notice that waits', { ...true_, outbox: box.with(0, { ...box[0]!, state: 'dead' }) }];
  yield ['an access no owner reads', { ...true_, accesses: accesses.slice(1) }];
  yield ['a byte that an owner reads', { ...true_, accesses: accesses.with(0, moreOf(accesses[0]!)) }];
  yield ['a byte that the gate passed', { ...true_, passed: true_.passed + 1 }];
  const [name = '', bytes = 0] = [...true_.received][0] ?? [];
  yield ['a byte that came', { ...true_, received: new Map([...true_.received, [name, bytes + 1]]) }];
  yield ['a refusal', { ...true_, refused: true_.refused + 1 }];
  for (const cell of ['refused', 'ownIncident', 'overrides', 'notices'] as const)
    yield [`report: ${cell}`, { ...true_, report: { ...report, [cell]: (report[cell] ?? 0) + 1 } }];
  for (const cell of ['total', 'medianSeconds'] as const)
    yield [`report: views ${cell}`, withViews(true_, { [cell]: (report.views[cell] ?? 0) + 1 })];
  for (const by of ['purpose', 'placeKind', 'district'] as const)
    for (const [cell, count] of Object.entries(report.accesses[by])) {
      const counts = { ...report.accesses[by], [cell]: (count ?? 0) - 1 };
      yield [
        `report: ${by} ${cell}`,
        { ...true_, report: { ...report, accesses: { ...report.accesses, [by]: counts } } },
      ];
    }
}
const moreOf = (access: CameraAccess): CameraAccess => ({ ...access, bytes: access.bytes + 1 });
const withViews = (all: Reckoning, views: Partial<Report['views']>): Reckoning => ({
  ...all,
  report: { ...all.report, views: { ...all.report.views, ...views } },
});
