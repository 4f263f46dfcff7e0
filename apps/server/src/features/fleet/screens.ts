import { createHash } from 'node:crypto';
import {
  AwayWhy,
  type FleetReport,
  type FleetScreen,
  type ScreenOutage,
  type ScreenStatus,
} from '@clerestory/protocol';
import { noticeAfterMs, togetherMs } from './causes.ts';
import {
  addTo,
  addToTrend,
  flapsFrom,
  flapWindowMs,
  flipsOf,
  lapsesOf,
  noTime,
  trendOver,
  type Change,
  type Run,
  type Side,
  type Span,
} from './rules.ts';

export type Shown = 'shown' | 'away';
/** Whether a window shows a screen; `why` when none does, as far as it is known. */
export interface Presence {
  shown: Shown;
  why: AwayWhy | null;
}

/** A screen that has not come this long after the server is away, ms. */
const screenGraceMs = 60_000;
const mostOutages = 200;

/** From what a screen says of itself, and why its last window went. */
export function presenceOf({ connected, report }: ScreenStatus, went: AwayWhy | null): Presence {
  if (connected === 0) return { shown: 'away', why: went };
  return report?.visible === false ? { shown: 'away', why: 'hidden' } : { shown: 'shown', why: null };
}

/** A screen that never came after a start of the server is away, not unknown, once it had time to come. */
export function withGrace(changes: readonly Change<Shown>[], runs: readonly Run[]): Change<Shown>[] {
  const missed = runs.flatMap((run): Change<Shown>[] => {
    const at = run.from + screenGraceMs;
    const came = changes.some((change) => change.at >= run.from && change.at <= at);
    return came || at > run.until ? [] : [{ to: 'away', reason: 'absent', at }];
  });
  return [...changes, ...missed].sort((a, b) => a.at - b.at);
}

const whyOf = (reason: string): AwayWhy | null => AwayWhy.safeParse(reason).data ?? null;

interface Lapsed {
  wall: string;
  screen: string;
  why: AwayWhy | null;
  from: number;
  until: number | null;
}

interface SidedScreen extends Span<Shown> {
  side: Side;
}

/** One screen over a time. */
export interface SeenScreen {
  row: FleetScreen;
  spans: readonly SidedScreen[];
  outages: readonly Lapsed[];
}

/** `spans` may begin before the time, so that an outage is told from its beginning. */
export function screenSeen(
  { name, status, sees }: { name: string; status: ScreenStatus; sees: (camera: string) => boolean },
  spans: readonly Span<Shown>[],
  window: Run,
): SeenScreen {
  const { wall, screen, report, lastSeenAt } = status;
  const sided = spans.map((span): SidedScreen => ({
    ...span,
    side: span.state === 'unknown' ? 'unknown' : span.state === 'shown' ? 'up' : 'down',
  }));
  const lapses = lapsesOf<Shown, SidedScreen>(sided, ({ side }) => side === 'down', window.until)
    .filter(({ until }) => until === null || until > window.from)
    .map(({ reason, from, until }): Lapsed => ({ wall, screen, why: whyOf(reason), from, until }));
  // What was never shown anywhere is not missed.
  const outages = lastSeenAt === null ? [] : lapses;
  const now = presenceOf(status, null);
  const last = sided.at(-1);
  const tiles = (report?.tiles ?? []).filter(({ camera }) => camera !== null && sees(camera));
  const darkTiles = tiles.filter(({ state }) => state !== 'live' && state !== 'late').length;
  const isShown = now.shown === 'shown';
  const flips = flipsOf(sided, window.until - flapWindowMs);
  return {
    spans: sided,
    outages,
    row: {
      ...{ wall, screen, name, ...addTo(noTime(), sided, window) },
      state: !isShown ? 'away' : darkTiles > 0 ? 'degraded' : 'shown',
      why: isShown || last?.side !== 'down' ? null : whyOf(last.reason),
      ...{ tiles: tiles.length, darkTiles, isBlank: report?.blank === true },
      ...{ outages: outages.length, flips, isFlapping: flips >= flapsFrom },
      awaySince: isShown ? null : (lapses.findLast(({ until }) => until === null)?.from ?? null),
      lastSeenAt,
    },
  };
}

/** Those of one wall that begin together are one, newest first. */
export function groupScreens(lapses: readonly Lapsed[]): ScreenOutage[] {
  const found: Lapsed[][] = [];
  for (const lapse of [...lapses].sort((a, b) => a.from - b.from)) {
    const together = found.findLast(
      ([first]) => first && first.wall === lapse.wall && lapse.from - first.from <= togetherMs,
    );
    if (together && together.every(({ screen }) => screen !== lapse.screen)) together.push(lapse);
    else found.push([lapse]);
  }
  return found
    .flatMap((parts): ScreenOutage[] => {
      const [first] = parts;
      if (!first) return [];
      const whys = new Set(parts.map(({ why }) => why));
      const ids = parts.map(({ screen, from }) => `${screen} ${from}`).sort();
      return [
        {
          id: createHash('sha256').update(ids.join('\n')).digest('hex').slice(0, 16),
          ...{ wall: first.wall, screens: parts.map(({ screen }) => screen) },
          why: whys.size === 1 ? first.why : null,
          from: first.from,
          until: parts.some(({ until }) => until === null)
            ? null
            : Math.max(...parts.map(({ until }) => until ?? 0)),
        },
      ];
    })
    .sort((a, b) => b.from - a.from);
}

type ScreensReport = Pick<
  FleetReport,
  'screens' | 'screenTotal' | 'screenTrend' | 'screenOutages' | 'screenNotices'
>;

/** All screens over a time. Those that were never shown anywhere count in no sum. */
export function screensReport(seen: readonly SeenScreen[], window: Run): ScreensReport {
  const [screenTotal, screenTrend] = [noTime(), trendOver(window)];
  for (const { row, spans } of seen) {
    if (row.lastSeenAt === null) continue;
    addTo(screenTotal, spans, window);
    addToTrend(screenTrend, spans, window);
  }
  const grouped = groupScreens(seen.flatMap(({ outages }) => outages));
  return {
    ...{ screens: seen.map(({ row }) => row), screenTotal, screenTrend },
    screenOutages: grouped.slice(0, mostOutages),
    screenNotices: grouped.filter(
      ({ until, from }) => until === null && window.until - from >= noticeAfterMs,
    ),
  };
}
