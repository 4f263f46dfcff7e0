import type { Consent, Hours, HoursWindow } from '@clerestory/protocol';

const minuteMs = 60_000;
const days = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** Such as `Monday to Friday` or `Monday, Wednesday to Friday`. */
function daysInWords(numbers: readonly number[]): string {
  const all = [...new Set(numbers)].sort((a, b) => a - b);
  if (all.length === days.length) return 'every day';
  const runs: number[][] = [];
  for (const day of all) {
    const last = runs.at(-1);
    if (last?.at(-1) === day - 1) last.push(day);
    else runs.push([day]);
  }
  const name = (day: number | undefined) => days[(day ?? 1) - 1] ?? '';
  return runs
    .map((run) => (run.length > 2 ? `${name(run[0])} to ${name(run.at(-1))}` : run.map(name).join(', ')))
    .join(', ');
}

const windowInWords = ({ days: on, from, until }: HoursWindow): string =>
  from === until ? `${daysInWords(on)} all day from ${from}` : `${daysInWords(on)} ${from} to ${until}`;

/** Hours as somebody reads them: `Monday to Friday 08:00 to 18:00, by the clocks of Europe/Berlin`. */
export const hoursInWords = ({ zone, windows }: Hours): string =>
  `${windows.map(windowInWords).join('; ')}, by the clocks of ${zone}`;

/** Such as `3 h 5 min`; no less than a minute. */
function durationInWords(ms: number): string {
  const minutes = Math.max(1, Math.ceil(ms / minuteMs));
  const [d, h, min] = [Math.floor(minutes / 1_440), Math.floor((minutes % 1_440) / 60), minutes % 60];
  if (d > 0) return h > 0 ? `${d} d ${h} h` : `${d} d`;
  if (h > 0) return min > 0 ? `${h} h ${min} min` : `${h} h`;
  return `${min} min`;
}

/** When a pause is over, counted from now: right by whatever clock it is read. Null: it is no pause, or has no end. */
export function untilResumed({ status, pausedUntil }: Consent, nowMs: number): string | null {
  if (status !== 'paused' || pausedUntil === null) return null;
  return `The pause ends in ${durationInWords(pausedUntil - nowMs)}, or sooner if the owner resumes.`;
}
