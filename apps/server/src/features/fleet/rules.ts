import type { HealthState, Trend, Uptime } from '@clerestory/protocol';

/** A time in which the server ran. */
export interface Run {
  from: number;
  until: number;
}

export interface Change<S> {
  to: S;
  at: number;
  reason: string;
}

/** A stretch of time in one state; `unknown` where nothing is known. */
export interface Span<S> {
  state: S | 'unknown';
  reason: string;
  from: number;
  until: number;
}

const up: ReadonlySet<HealthState> = new Set(['online', 'degraded']);
const down: ReadonlySet<HealthState> = new Set(['offline', 'unauthorized', 'unsupported']);
export type Side = 'up' | 'down' | 'unknown';
/** `idle`: nobody watches, so that nothing is known. */
export const sideOf = (state: HealthState | 'unknown'): Side =>
  state === 'unknown' ? 'unknown' : up.has(state) ? 'up' : down.has(state) ? 'down' : 'unknown';

/**
 * What was when. Each run of the server begins knowing nothing; between runs nothing is known either, whatever was so
 * before: a server that is down has seen nothing. `changes` are in the order of their times.
 */
export function spansOf<S extends string>(
  changes: readonly Change<S>[],
  runs: readonly Run[],
  { from, until }: Run,
): Span<S>[] {
  const spans: Span<S>[] = [];
  const put = (state: S | 'unknown', reason: string, start: number, end: number) => {
    const [a, b] = [Math.max(start, from), Math.min(end, until)];
    if (a >= b) return;
    const last = spans.at(-1);
    if (last?.state === state && last.reason === reason && last.until === a) last.until = b;
    else spans.push({ state, reason, from: a, until: b });
  };
  let at = from;
  let next = 0;
  for (const run of runs) {
    put('unknown', '', at, run.from);
    let state: S | 'unknown' = 'unknown';
    let reason = '';
    let since = run.from;
    while (next < changes.length && (changes[next]?.at ?? 0) < run.from) next += 1;
    for (; next < changes.length; next++) {
      const change = changes[next];
      if (!change || change.at > run.until) break;
      put(state, reason, since, change.at);
      [state, reason, since] = [change.to, change.reason, change.at];
    }
    put(state, reason, since, run.until);
    at = Math.max(at, run.until);
  }
  put('unknown', '', at, until);
  return spans;
}

export const noTime = (): Uptime => ({ upMs: 0, downMs: 0, unknownMs: 0 });

/** Adds the part of the spans that lies in a time. */
export function addTo(
  sum: Uptime,
  spans: readonly { side: Side; from: number; until: number }[],
  { from, until }: Run,
): Uptime {
  for (const span of spans) {
    const ms = Math.min(span.until, until) - Math.max(span.from, from);
    if (ms > 0) sum[`${span.side}Ms`] += ms;
  }
  return sum;
}

const steps = 48;

/** Empty sums over equal parts of a time. */
export const trendOver = ({ from, until }: Run): Trend =>
  Array.from({ length: steps }, (_, at) => ({ at: from + ((until - from) / steps) * at, ...noTime() }));

export function addToTrend(
  trend: Trend,
  spans: readonly { side: Side; from: number; until: number }[],
  { until }: Run,
): void {
  for (const [at, step] of trend.entries())
    addTo(step, spans, { from: step.at, until: trend[at + 1]?.at ?? until });
}

/** A stretch that lasts has no end. */
export interface Lapse<S> {
  state: S;
  reason: string;
  from: number;
  until: number | null;
}

/** Stretches that count as an outage, those that follow one another as one, with the first one's state and reason. */
export function lapsesOf<S extends string, T extends Span<S>>(
  spans: readonly T[],
  isOutage: (span: T) => boolean,
  untilMs: number,
): Lapse<S>[] {
  const lapses: Lapse<S>[] = [];
  for (const span of spans) {
    const { state, reason, from } = span;
    if (state === 'unknown' || !isOutage(span)) continue;
    const until = span.until >= untilMs ? null : span.until;
    const last = lapses.at(-1);
    if (last?.until === from) last.until = until;
    else lapses.push({ state, reason, from, until });
  }
  return lapses;
}

/** Changes between up and down in an hour that are no accident any more. */
export const flapsFrom = 6;
export const flapWindowMs = 60 * 60_000;

/** How often it went between up and down since `sinceMs`; stretches of which nothing is known are no change. */
export function flipsOf(spans: readonly { side: Side; from: number }[], sinceMs: number): number {
  let flips = 0;
  let before: Side | null = null;
  for (const { side, from } of spans) {
    if (side === 'unknown') continue;
    if (before !== null && side !== before && from >= sinceMs) flips += 1;
    before = side;
  }
  return flips;
}
