import { cosignatureTimeS, type SignedCheckpoint } from '@clerestory/tlog';
import type { Finding, Keys } from './checkpoints.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/**
 * The word of a witness on a log that goes on may be so old, ms. The server asks for it anew every ten minutes, also where
 * nothing is new; an hour leaves room for a witness that is away for a while.
 */
export const liveAgeMs = hourMs;
/** Clocks may differ by so much, ms. */
const clocksMs = 5 * minuteMs;

const units: Readonly<Record<string, number>> = { m: minuteMs, h: hourMs, d: dayMs };

/** `90m`, `36h` or `30d` in ms; null for what is none. */
export function parseAge(text: string): number | null {
  const [, count = '', unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  return unit === '' || Number(count) === 0 ? null : Number(count) * (units[unit] ?? 0);
}

/** Such as "3 days", in the largest unit of which there are two; "less than a minute". */
export function inWords(ms: number): string {
  const [name, unit] = (
    [
      ['day', dayMs],
      ['hour', hourMs],
      ['minute', minuteMs],
    ] as const
  ).find(([, length], at) => ms >= length * (at === 2 ? 1 : 2)) ?? ['', 0];
  if (unit === 0) return 'less than a minute';
  const count = Math.floor(ms / unit);
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}

export const dateOf = (timeMs: number): string =>
  Math.abs(timeMs) < 8.64e15 ? new Date(timeMs).toISOString() : `${timeMs} ms after 1970`;

const notShown = 'newer entries may exist that you were not shown';

/**
 * How new a checkpoint is, by the last word of the witnesses that were named: a log has no time of its own in it. What is
 * older than was asked for is a fault, and so is what is older than an hour where a server hands it out now.
 */
export function howFresh({ signed, checkpoint }: SignedCheckpoint, keys: Keys, isLive: boolean): Finding {
  const { maxAgeMs, nowMs = Date.now() } = keys;
  const found: Finding = { held: [], faults: [], unchecked: [] };
  const about = `the checkpoint of ${checkpoint.size} entries`;
  const words = signed.flatMap(({ key, signature }) => {
    const timeS = keys.witnesses.includes(key) ? cosignatureTimeS(signature) : null;
    return timeS === null ? [] : [{ name: key.name, atMs: timeS * 1_000 }];
  });
  const [newest] = words.sort((a, b) => b.atMs - a.atMs);
  if (!newest) {
    const unknown = `how new ${about} is nobody but the log can say: ${notShown}. Give --witness with the key of a witness to see`;
    // One that was named and has not signed is a fault already.
    (maxAgeMs === undefined ? found.held : found.unchecked).push(unknown);
    return found;
  }
  const ageMs = nowMs - newest.atMs;
  const said = `witness ${newest.name} last vouched for ${about} at ${dateOf(newest.atMs)}`;
  if (ageMs < -clocksMs) {
    found.unchecked.push(
      `${said}, which is still to come: the clock of the witness or of this machine is wrong, so that nobody can say how new it is`,
    );
    return found;
  }
  const most = maxAgeMs ?? (isLive ? liveAgeMs : Infinity);
  const when = `${said}, ${inWords(Math.max(0, ageMs))} ago`;
  if (ageMs > most)
    found.faults.push(
      `${when}, and ${inWords(most)} is the most ${maxAgeMs === undefined ? 'of a log that goes on (--max-age allows another)' : 'that was allowed'}: ${notShown}. Ask again, and then ask the witness what it has seen`,
    );
  else found.held.push(ageMs > liveAgeMs ? `${when}: ${notShown}` : when);
  return found;
}
