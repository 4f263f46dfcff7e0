import type { Plain, PublicEntry } from './entry.ts';

/** Counts below this are not shown, so that no cell speaks of one person or one camera. */
export const smallest = 5;

/** `null`: fewer than `smallest`, or hidden so that such a one cannot be computed from the rest. */
export type Count = number | null;
export type Counts = Readonly<Record<string, Count>>;

/** The public report: computed from the public entries of the log alone, up to a checkpoint. */
export interface Report {
  v: 1;
  origin: string;
  /** Entries of the log that it was computed from. */
  size: number;
  /** base64; the root of the checkpoint of that size. */
  root: string;
  /** `2026-11`, or `all`. */
  month: string;
  /** Times a private camera was opened, by purpose, kind of place and district. */
  accesses: { total: Count; purpose: Counts; placeKind: Counts; district: Counts };
  /** Views of all cameras, public ones too, and how long they took, seconds. */
  views: { total: Count; medianSeconds: number | null };
  refused: Count;
  /** Accesses for an incident that the viewer had opened. */
  ownIncident: Count;
  /** Without regard to the owner’s terms, by two people. */
  overrides: Count;
  /** Messages to owners about an access. */
  notices: Count;
  /** Requests for footage that were published, by purpose. Small numbers too: each of them is listed in the open. */
  footage: Readonly<Record<string, number>>;
  /** As last counted in that time, by tier and by consent; and how much of the time they worked. */
  cameras: { day: string; tiers: Counts; states: Counts; uptimePercent: number | null } | null;
  /** Months of it in which some count is not shown: what adds up several months lacks that. */
  hiddenIn: readonly string[];
  /** What a reader of these numbers has to know, in words. */
  note: string;
}

const note = `Counts below ${smallest} are not shown (null), and others are hidden with them. The counts of several months add up only what each month shows: where hiddenIn names months, the truth is higher, and may be far higher.`;

interface Month {
  accesses: number;
  purpose: Map<string, number>;
  placeKind: Map<string, number>;
  district: Map<string, number>;
  footage: Map<string, number>;
  views: number;
  seconds: number[];
  refused: number;
  ownIncident: number;
  overrides: number;
  notices: number;
  /** As last counted in it. */
  cameras: Report['cameras'];
}

const newMonth = (): Month => ({
  ...{ accesses: 0, views: 0, refused: 0, ownIncident: 0, overrides: 0, notices: 0, seconds: [] },
  cameras: null,
  ...{ purpose: new Map(), placeKind: new Map(), district: new Map(), footage: new Map() },
});

const add = (counts: Map<string, number>, value: Plain | undefined): void => {
  if (typeof value === 'string' && value !== '') counts.set(value, (counts.get(value) ?? 0) + 1);
};
const shown = (count: number): Count => (count > 0 && count < smallest ? null : count);

/**
 * Small cells are hidden, and more with them, from the smallest on, until whoever knows the total and this rule cannot
 * tell what one of them is: what is hidden together is at least two cells, not fewer than `smallest`, neither just one each nor
 * as many each as a small one can be, and no cell that is shown is as large as a hidden one. `null` when hiding all of them is
 * not enough; then the total is to be hidden too. `rest`: what the total has besides the cells, which is a cell that nobody is
 * shown.
 */
export function suppressed(counts: ReadonlyMap<string, number>, rest = 0): Counts | null {
  const bySize = [...counts].sort(([a, m], [b, n]) => m - n || (a < b ? -1 : 1));
  let hidden = bySize.filter(([, count]) => count < smallest).length;
  const isEnough = () => {
    // With nothing hidden, whoever takes the cells from the total has the rest.
    if (hidden === 0 && (rest === 0 || rest >= smallest)) return true;
    const together = [...bySize.slice(0, hidden).map(([, count]) => count), ...(rest > 0 ? [rest] : [])];
    const [cells, sum] = [together.length, together.reduce((total, count) => total + count, 0)];
    // Which of two as large is shown would depend on their names, and so tell of the others.
    if (bySize[hidden - 1]?.[1] === bySize[hidden]?.[1]) return false;
    const isMost = together.every((count) => count < smallest) && sum === cells * (smallest - 1);
    return cells >= 2 && !isMost && sum >= Math.max(smallest, 2 * cells);
  };
  while (!isEnough() && hidden < bySize.length) hidden += 1;
  if (!isEnough()) return null;
  const isHidden = new Set(bySize.slice(0, hidden).map(([name]) => name));
  return Object.fromEntries(
    [...counts]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, count]) => [name, isHidden.has(name) ? null : count]),
  );
}

const allHidden = (counts: ReadonlyMap<string, number>): Counts =>
  Object.fromEntries([...counts.keys()].sort().map((name) => [name, null]));

type Table = 'purpose' | 'placeKind' | 'district';
const tables: readonly Table[] = ['purpose', 'placeKind', 'district'];

/** A month's accesses as they are shown: where one table cannot be hidden within itself, its total is hidden, and all. */
function accessesOf(month: Month): Report['accesses'] {
  const total = shown(month.accesses);
  const [purpose, placeKind, district] = tables.map((table) => {
    const named = [...month[table].values()].reduce((sum, count) => sum + count, 0);
    return suppressed(month[table], month.accesses - named);
  });
  if (total !== null && purpose && placeKind && district) return { total, purpose, placeKind, district };
  return {
    total: month.accesses === 0 ? 0 : null,
    ...{ purpose: allHidden(month.purpose), placeKind: allHidden(month.placeKind) },
    district: allHidden(month.district),
  };
}

/** Is a count of this month not shown? */
function hides(month: Month): boolean {
  const { total, ...cells } = accessesOf(month);
  const { views, refused, ownIncident, overrides, notices } = month;
  return [
    total,
    ...Object.values(cells).flatMap((counts) => Object.values(counts)),
    ...[views, refused, ownIncident, overrides, notices].map(shown),
  ].includes(null);
}

/** What several months show, together; what one of them hides is not in it. `null`: some hide it, and none shows any. */
const sumOf = (counts: readonly Count[]): Count => {
  const sum = counts.reduce<number>((total, count) => total + (count ?? 0), 0);
  return sum === 0 && counts.includes(null) ? null : sum;
};
const sumOfTables = (all: readonly Counts[]): Counts =>
  Object.fromEntries(
    [...new Set(all.flatMap((one) => Object.keys(one)))]
      .sort((a, b) => (a < b ? -1 : 1))
      .map((name) => [name, sumOf(all.flatMap((one) => (name in one ? [one[name] ?? null] : [])))]),
  );

function median(values: readonly number[]): number | null {
  if (values.length < smallest) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [a = 0, b = 0] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return Math.round(((a + b) / 2) * 10) / 10;
}

/** `integrated 12` → counts, small ones hidden; `paused few` is one that was hidden when it was written. */
function tally(value: Plain | undefined): Counts {
  const cells = (Array.isArray(value) ? value : []).map((text: string) => {
    const at = text.lastIndexOf(' ');
    return [text.slice(0, at), text.slice(at + 1)] as const;
  });
  const told = new Map(cells.map(([name, count]) => [name, Number(count)]));
  if (cells.some(([, count]) => count === 'few'))
    return Object.fromEntries([...told].map(([name, count]) => [name, Number.isNaN(count) ? null : count]));
  return suppressed(told) ?? allHidden(told);
}

/** Takes the entries of a log one by one, oldest first, and says at any time what there is to report. */
export class ReportBuilder {
  readonly #months = new Map<string, Month>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  take({ sequence, at, kind, public: detail }: PublicEntry): void {
    this.#size = sequence;
    const name = new Date(at).toISOString().slice(0, 7);
    const month = this.#months.get(name) ?? newMonth();
    this.#months.set(name, month);
    switch (kind) {
      case 'grant-given':
        month.accesses += 1;
        add(month.purpose, detail['purpose']);
        add(month.placeKind, detail['placeKind']);
        add(month.district, detail['district']);
        if (detail['selfOpened'] === true) month.ownIncident += 1;
        if (detail['kind'] === 'exigent') month.overrides += 1;
        return;
      case 'grant-refused':
        month.refused += 1;
        return;
      case 'notice-sent':
        month.notices += 1;
        return;
      case 'footage-moderated':
        if (detail['decision'] === 'publish') add(month.footage, detail['purpose']);
        return;
      case 'view-started':
        month.views += 1;
        return;
      case 'view-ended':
        if (typeof detail['seconds'] === 'number') month.seconds.push(detail['seconds']);
        return;
      case 'cameras-counted': {
        const uptime = detail['uptimePercent'];
        month.cameras = {
          ...{ day: String(detail['day']), tiers: tally(detail['tiers']), states: tally(detail['states']) },
          uptimePercent: typeof uptime === 'number' ? uptime : null,
        };
      }
    }
  }

  months(): string[] {
    return [...this.#months.keys()];
  }

  report(checkpoint: Pick<Report, 'origin' | 'size' | 'root'>, month = 'all'): Report {
    const named = [...this.#months].filter(([name]) => month === 'all' || name === month);
    const chosen = named.map(([, one]) => one);
    // Each month as it is shown, so that no difference between what is shown of several shows what one of them hides.
    const sum = (of: (one: Month) => number) => sumOf(chosen.map((one) => shown(of(one))));
    const accesses = chosen.map(accessesOf);
    const footage = new Map<string, number>();
    for (const one of chosen)
      for (const [name, count] of one.footage) footage.set(name, (footage.get(name) ?? 0) + count);
    const { origin, size, root } = checkpoint;
    return {
      ...{ v: 1, origin, size, root, month },
      accesses: {
        total: sumOf(accesses.map(({ total }) => total)),
        purpose: sumOfTables(accesses.map(({ purpose }) => purpose)),
        placeKind: sumOfTables(accesses.map(({ placeKind }) => placeKind)),
        district: sumOfTables(accesses.map(({ district }) => district)),
      },
      views: {
        total: sum(({ views }) => views),
        medianSeconds: median(chosen.flatMap(({ seconds }) => seconds)),
      },
      refused: sum((one) => one.refused),
      ownIncident: sum((one) => one.ownIncident),
      overrides: sum((one) => one.overrides),
      notices: sum((one) => one.notices),
      footage: Object.fromEntries([...footage].sort(([a], [b]) => (a < b ? -1 : 1))),
      cameras: chosen.findLast(({ cameras }) => cameras !== null)?.cameras ?? null,
      hiddenIn: named.filter(([, one]) => hides(one)).map(([name]) => name),
      note,
    };
  }
}

/** The report as a table: what, of which, how many. Nothing in it begins like a formula. */
export function reportCsv(report: Report): string {
  const cell = (value: string) => {
    const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
    return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const said = (count: Count) =>
    count === null ? `fewer than ${smallest}, or hidden with it` : String(count);
  const rows: [string, string, string][] = [
    ['what', 'of', 'count'],
    ['checkpoint', report.origin, String(report.size)],
    ['month', '', report.month],
    ['note', '', report.note],
    ['months with counts that are not shown', '', report.hiddenIn.join(' ')],
    ['accesses to private cameras', '', said(report.accesses.total)],
  ];
  for (const by of ['purpose', 'placeKind', 'district'] as const)
    for (const [name, count] of Object.entries(report.accesses[by]))
      rows.push([`accesses by ${by}`, name, said(count)]);
  rows.push(
    ['views of all cameras', '', said(report.views.total)],
    [
      'median seconds of a view',
      '',
      report.views.medianSeconds === null ? '' : String(report.views.medianSeconds),
    ],
    ['refused', '', said(report.refused)],
    ['for an incident opened by the viewer', '', said(report.ownIncident)],
    ['overrides', '', said(report.overrides)],
    ['notices to owners', '', said(report.notices)],
  );
  for (const [name, count] of Object.entries(report.footage))
    rows.push(['requests for footage by purpose', name, String(count)]);
  for (const [name, count] of Object.entries(report.cameras?.tiers ?? {}))
    rows.push(['cameras by tier', name, said(count)]);
  for (const [name, count] of Object.entries(report.cameras?.states ?? {}))
    rows.push(['cameras by consent', name, said(count)]);
  const uptime = report.cameras?.uptimePercent ?? null;
  if (report.cameras && uptime !== null) rows.push(['uptime percent', report.cameras.day, String(uptime)]);
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}
