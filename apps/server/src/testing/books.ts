import type { CameraAccess, HashedEntry } from '@clerestory/protocol';
import { smallest, type Report } from '@clerestory/public-log';

/** One stretch of accesses, as each place that knows of them has it. */
export interface Books {
  cameras: readonly string[];
  given: HashedEntry[];
  grantEnds: HashedEntry[];
  views: HashedEntry[];
  viewEnds: HashedEntry[];
  refused: HashedEntry[];
  notices: HashedEntry[];
  /** What the owner's page lists, from the table of grants. */
  told: CameraAccess[];
  /** What the owner's file opens of each entry. */
  proved: Record<string, unknown>[];
  report: Report;
}
/** Seconds of the record are rounded to tenths, each by itself. */
const roundingS = 0.051;
const sums = (entries: HashedEntry[], field: string): Map<unknown, number> => {
  const all = new Map<unknown, number>();
  for (const { detail } of entries)
    all.set(detail['grant'], (all.get(detail['grant']) ?? 0) + Number(detail[field]));
  return all;
};
const median = (values: number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  return Math.round((((low ?? 0) + (high ?? 0)) / 2) * 10) / 10;
};

/** Everything in which the books differ, in words. */
export function differences(books: Books): string[] {
  const { cameras, given, grantEnds, views, viewEnds, refused, notices, told, proved, report } = books;
  const found: string[] = [];
  const same = (what: string, one: unknown, other: unknown) => {
    if (JSON.stringify(one) !== JSON.stringify(other))
      found.push(`${what}: ${JSON.stringify(one)}, ${JSON.stringify(other)}`);
  };
  const lent = viewEnds.filter(({ detail }) => detail['grant'] !== undefined);
  const [bytes, seconds] = [sums(lent, 'bytes'), sums(lent, 'seconds')];
  const grants = given.map(({ detail }) => String(detail['grant'])).toSorted();
  same('grants told', told.map(({ grant }) => grant).toSorted(), grants);
  same('grants ended', grantEnds.map(({ detail }) => String(detail['grant'])).toSorted(), grants);
  for (const one of told) {
    same(`bytes under ${one.grant}`, one.bytes, bytes.get(one.grant) ?? 0);
    const count = lent.filter(({ detail }) => detail['grant'] === one.grant).length;
    if (Math.abs(one.seconds - (seconds.get(one.grant) ?? 0)) > count * roundingS)
      found.push(`seconds under ${one.grant}: ${one.seconds}, ${seconds.get(one.grant)}`);
  }
  const asked = given.map(({ subject, detail }) => `access:${String(detail['request'])}:${subject.slice(7)}`);
  same('notices', notices.map(({ detail }) => detail['notice']).toSorted(), [...new Set(asked)].toSorted());
  const provedBytes = proved.reduce((sum, one) => sum + Number(one['detail.bytes'] ?? 0), 0);
  same(
    'bytes proved',
    provedBytes,
    [...bytes.values()].reduce((sum, one) => sum + one, 0),
  );
  const about = [...given, ...grantEnds, ...refused, ...views, ...viewEnds].filter(({ subject }) =>
    cameras.includes(subject.slice('camera:'.length)),
  );
  same('entries proved', proved.length, about.length);
  const shown = (count: number) => (count > 0 && count < smallest ? null : count);
  same('accesses in public', report.accesses.total, shown(given.length));
  same('by place in public', report.accesses.placeKind, { shop: shown(given.length) });
  same('by purpose in public', report.accesses.purpose, { fire: shown(given.length) });
  same('views in public', report.views.total, shown(views.length));
  same(
    'median in public',
    report.views.medianSeconds,
    median(viewEnds.map(({ detail }) => Number(detail['seconds']))),
  );
  same('refused in public', report.refused, shown(refused.length));
  same('notices in public', report.notices, shown(notices.length));
  return found;
}
