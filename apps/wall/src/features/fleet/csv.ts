import type { Camera, CameraHealth, FleetReport, Uptime } from '@clerestory/protocol';
import { screenReason } from './words.ts';

/** A spreadsheet takes these for the beginning of a formula. */
const startsFormula = /^[=+\-@\t\r]/;

/** One cell, RFC 4180; what a spreadsheet would compute is text with an apostrophe in front. */
export function cell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = startsFormula.test(value) ? `'${value}` : value;
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export const csv = (rows: readonly (readonly (string | number | null)[])[]): string =>
  rows.map((row) => row.map(cell).join(',')).join('\r\n') + '\r\n';

/** Share of the known time, 0 to 1; null when nothing is known. */
export const availabilityOf = ({ upMs, downMs }: Uptime): number | null =>
  upMs + downMs > 0 ? upMs / (upMs + downMs) : null;

/** Rounded down, so that 100 % is said of nothing that was ever down. */
export const percent = (share: number | null, digits = 1): string =>
  share === null ? '–' : `${(Math.floor(share * 100 * 10 ** digits) / 10 ** digits).toFixed(digits)} %`;

const time = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
const share = (value: number | null): number | null =>
  value === null ? null : Math.floor(value * 1e5) / 1e5;
const minutes = (ms: number): number => Math.round(ms / 6_000) / 10;

const uptimeHead = ['availability', 'up minutes', 'down minutes', 'unknown minutes'];
const uptimeCells = (one: Uptime) => [
  share(availabilityOf(one)),
  minutes(one.upMs),
  minutes(one.downMs),
  minutes(one.unknownMs),
];

export function camerasCsv(
  report: FleetReport,
  cameras: Readonly<Record<string, Camera>>,
  health: Readonly<Record<string, CameraHealth>>,
): string {
  const head = ['number', 'name', 'place', 'neighbourhood', 'state', 'reason', ...uptimeHead];
  const rows = report.cameras.map((row) => {
    const camera = cameras[row.camera];
    const now = health[row.camera];
    return [
      ...[
        camera?.number ?? null,
        camera?.name ?? row.camera,
        camera?.place ?? '',
        camera?.neighbourhood ?? '',
      ],
      ...[now?.state ?? 'idle', now?.reason ?? ''],
      ...uptimeCells(row),
      ...[row.outages, row.isFlapping ? 'yes' : 'no'],
      ...[row.clockAheadMs === null ? null : Math.round(row.clockAheadMs / 1000), time(row.downSince)],
    ];
  });
  return csv([[...head, 'outages', 'flapping', 'clock ahead seconds', 'down since'], ...rows]);
}

export const screensCsv = ({ screens }: FleetReport): string =>
  csv([
    [
      ...['wall', 'screen', 'name', 'state', 'reason', ...uptimeHead],
      ...['outages', 'flapping', 'away since', 'last seen'],
    ],
    ...screens.map((one) => [
      ...[one.wall, one.screen, one.name, one.state, screenReason(one)],
      ...uptimeCells(one),
      ...[one.outages, one.isFlapping ? 'yes' : 'no', time(one.awaySince), time(one.lastSeenAt)],
    ]),
  ]);

export const outagesCsv = ({ outages }: FleetReport, cameras: Readonly<Record<string, Camera>>): string =>
  csv([
    ['from', 'until', 'likely cause', 'state', 'reason', 'cameras'],
    ...outages.map((one) => [
      ...[time(one.from), time(one.until), one.cause.words, one.state, one.reason],
      one.cameras.map((id) => cameras[id]?.name ?? id).join('; '),
    ]),
  ]);
