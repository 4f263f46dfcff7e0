const firstDelayMs = 1_000;
export const maxDelayMs = 30_000;

/**
 * How long to wait before the next try: 1, 2, 4 … 30 s after `failures` in a row, of which a random half is taken off,
 * so that cameras that fail together do not come back together. `random` gives [0, 1).
 */
export function backoffMs(failures: number, random: () => number): number {
  const doublings = Math.min(Math.max(0, failures - 1), 16);
  const delayMs = Math.min(maxDelayMs, firstDelayMs * 2 ** doublings);
  return Math.round(delayMs * (0.5 + random() / 2));
}
