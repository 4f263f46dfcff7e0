const two = (value: number) => String(value).padStart(2, '0');

/** Local time of day as 14:05:09. */
export function clockTime(ms: number): string {
  const date = new Date(ms);
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** Local time of day as 14:05. */
export const shortTime = (ms: number): string => clockTime(ms).slice(0, 5);

/** Local day as 11-27. */
export const shortDay = (ms: number): string => dayAndTime(ms).slice(5, 10);

/** UTC time of day as 14:05:09. */
export const utcTime = (ms: number): string => new Date(ms).toISOString().slice(11, 19);

/** Local day and time as 2026-11-27 14:05:09, which sorts and means the same everywhere. */
export function dayAndTime(ms: number): string {
  const date = new Date(ms);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${clockTime(ms)}`;
}
