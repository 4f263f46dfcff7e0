import { Temporal } from 'temporal-polyfill';
import type { Schedule } from '@clerestory/protocol';

/** A time that is this long past is not made up for any more, ms. */
export const graceMs = 15 * 60_000;
/** Days looked back: each weekday once, and one more where a zone is a day ahead. */
const daysBack = 8;

/**
 * The last time at which a schedule was due, after `afterMs` and not after `untilMs`; null when there was none. On the clocks
 * of its zone: an hour that is left out in spring comes as much later, one that comes twice in autumn is taken the first time
 * (RFC 5545 section 3.3.5).
 */
export function dueBetween(
  { days, time, zone }: Pick<Schedule, 'days' | 'time' | 'zone'>,
  afterMs: number,
  untilMs: number,
): number | null {
  const last = Temporal.Instant.fromEpochMilliseconds(untilMs).toZonedDateTimeISO(zone).toPlainDate();
  for (let back = 0; back < daysBack; back++) {
    const date = last.subtract({ days: back });
    if (!days.includes(date.dayOfWeek)) continue;
    const due = date
      .toPlainDateTime(Temporal.PlainTime.from(time))
      .toZonedDateTime(zone, { disambiguation: 'compatible' }).epochMilliseconds;
    if (due <= afterMs) return null;
    if (due <= untilMs) return due;
  }
  return null;
}
