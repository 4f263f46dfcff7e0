import type { Hours, HoursWindow } from '@clerestory/protocol';

const minuteMs = 60_000;
const dayMinutes = 24 * 60;
const weekMinutes = 7 * dayMinutes;

const formats = new Map<string, Intl.DateTimeFormat>();
function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  formats.set(zone, made);
  return made;
}

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** Minutes since Monday 00:00 by the clocks of a zone: what hangs on the wall there at that instant. */
function minuteOfWeek(zone: string, nowMs: number): number {
  const part: Record<string, string> = {};
  for (const { type, value } of formatOf(zone).formatToParts(nowMs)) part[type] = value;
  return (
    weekdays.indexOf(part['weekday'] ?? '') * dayMinutes + Number(part['hour']) * 60 + Number(part['minute'])
  );
}

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));

/** C8: minutes of a window that are left at a minute of the week; 0 outside of it. */
function leftIn({ days, from, until }: HoursWindow, minute: number): number {
  const start = minutesOf(from);
  const length = (minutesOf(until) - start + dayMinutes) % dayMinutes || dayMinutes;
  let left = 0;
  for (const day of days) {
    const since = (minute - (day - 1) * dayMinutes - start + 2 * weekMinutes) % weekMinutes;
    if (since < length) left = Math.max(left, length - since);
  }
  return left;
}

/** C8: whether the clocks of the zone show a time within the hours. */
export function isWithinHours({ zone, windows }: Hours, nowMs: number): boolean {
  const minute = minuteOfWeek(zone, nowMs);
  return windows.some((window) => leftIn(window, minute) > 0);
}

/**
 * C8: the first instant from `nowMs` on that is outside of the hours, at most `untilMs`. Right where clocks are turned:
 * an hour that comes twice counts twice, one that is left out does not count.
 */
export function endOfHours(hours: Hours, nowMs: number, untilMs: number): number {
  let at = nowMs;
  while (at < untilMs) {
    const minute = minuteOfWeek(hours.zone, at);
    const left = Math.max(0, ...hours.windows.map((window) => leftIn(window, minute)));
    if (left === 0) return at;
    const startOfMinute = Math.floor(at / minuteMs) * minuteMs;
    const next = startOfMinute + left * minuteMs;
    const expected = (minute + left) % weekMinutes;
    // No clock is turned in between: straight on. Else minute by minute, across the turn.
    at = minuteOfWeek(hours.zone, next) === expected ? next : startOfMinute + minuteMs;
  }
  return untilMs;
}
