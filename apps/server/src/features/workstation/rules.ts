import { createHash } from 'node:crypto';
import { maxWorkstationWindows, problem, type Problem } from '@clerestory/protocol';

/** A picture is told of while it can still be on somebody's tile: the last minute, and the time to take it. */
const oldestMs = 5 * 60_000;
/** Clocks differ by a little. */
const aheadMs = 5_000;
/** Workstations that one person is known at; of more, the one not used for longest gives its wall away. */
export const maxWorkstations = 8;

/** The id of a new personal wall. Told to nobody but its owner, and no secret: the wall asks who it is. */
export const wallIdOf = (person: string, workstation: string): string =>
  `desk-${createHash('sha256').update(`${person} ${workstation}`).digest('hex').slice(0, 20)}`;

/** Its screens in the order of the windows. */
export const screensOf = (wall: string): { id: string; name: string }[] =>
  Array.from({ length: maxWorkstationWindows }, (_, at) => ({
    id: `${wall}-${at + 1}`,
    name: `Window ${at + 1}`,
  }));

/** Why a moment cannot have been on a tile; null when it can. */
export function momentFault(at: number, nowMs: number): Problem | null {
  if (at > nowMs + aheadMs)
    return problem('unprocessable', 'That moment has not come yet. Check the clock of this workstation.');
  if (at < nowMs - oldestMs)
    return problem(
      'unprocessable',
      'That moment is more than five minutes ago. It is no longer on the wall.',
    );
  return null;
}
