import type { CameraHealth, HealthState, StreamFacts } from '@clerestory/protocol';
import { shortTime } from './time.ts';

/** Worst first: the order of filters and counts. */
export const healthOrder: readonly HealthState[] = [
  'offline',
  'unauthorized',
  'unsupported',
  'degraded',
  'online',
  'idle',
];

/** How many cameras are in each state; a camera without a report is idle. */
export function countHealth(
  cameras: readonly { id: string }[],
  health: Readonly<Record<string, CameraHealth>>,
): Record<HealthState, number> {
  const counts: Record<HealthState, number> = {
    offline: 0,
    unauthorized: 0,
    unsupported: 0,
    degraded: 0,
    online: 0,
    idle: 0,
  };
  for (const { id } of cameras) counts[health[id]?.state ?? 'idle'] += 1;
  return counts;
}

/** "12 s", "4 min", "3 h", "2 days": how long ago, coarse enough not to twitch. */
export function ago(sinceMs: number, nowMs: number): string {
  const seconds = Math.max(0, Math.round((nowMs - sinceMs) / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} days`;
}

/** How an idle camera failed when it was last tried, with its age where `nowMs` is given; null for any other camera. */
export function lastFailureWords(
  health: CameraHealth | undefined,
  nowMs?: number,
): { short: string; long: string } | null {
  const failure = health?.lastFailure;
  if (!failure) return null;
  const time = shortTime(failure.at);
  const age = nowMs === undefined ? '' : `, ${ago(failure.at, nowMs)} ago`;
  return {
    short: `failed ${time}`,
    long: `Last seen failing ${time}${age}: ${failure.reason}`,
  };
}

const number = (value: number | null, unit: string, digits = 0): string =>
  value === null ? '–' : `${value.toFixed(digits)} ${unit}`;

const codecNames: Record<string, string> = {
  avc1: 'H.264',
  avc3: 'H.264',
  hvc1: 'H.265',
  hev1: 'H.265',
  av01: 'AV1',
};

/** One stream's facts as pairs of words, in the order they are shown. */
export function factRows(facts: StreamFacts): [string, string][] {
  const codec = facts.codec === null ? '–' : (codecNames[facts.codec.split('.')[0] ?? ''] ?? facts.codec);
  const size = facts.width === null || facts.height === null ? '–' : `${facts.width} × ${facts.height}`;
  const rate = facts.bitrateKbps;
  return [
    ['Codec', codec],
    ['Size', size],
    ['Frames', number(facts.fps, 'fps', 1)],
    ['Bit rate', rate !== null && rate >= 1000 ? `${(rate / 1000).toFixed(1)} Mb/s` : number(rate, 'kb/s')],
    ['GOP', facts.gopMs === null ? '–' : `${(facts.gopMs / 1000).toFixed(1)} s`],
    ...(facts.conversion === undefined ? [] : [['For browsers', facts.conversion] as [string, string]]),
    ...(facts.cores === undefined
      ? []
      : [['Converting', `${facts.cores.toFixed(2)} core`] as [string, string]]),
    ['Viewers', String(facts.viewers)],
    ['Restarts', String(facts.restarts)],
  ];
}
