import type { FootageEnd, FootageReach, FootageRequest, FootageState } from '@clerestory/protocol';
import { dayAndTime } from '../../ui/time.ts';

export const stateWords: Record<FootageState, string> = {
  waiting: 'Waits for a supervisor',
  published: 'Published',
  refused: 'Refused',
  closed: 'Closed',
};
export const endWords: Record<FootageEnd, string> = {
  asker: 'by who asked',
  supervisor: 'by a supervisor',
  end: 'by its end date',
  'asker-gone': 'because who asked is no investigator any more',
};
export const reachWords: Record<FootageReach, string> = {
  mail: 'Wants a letter',
  phone: 'Wants a call',
  words: 'As they write, and in no other way',
};

/** Without seconds. */
export const moment = (ms: number): string => dayAndTime(ms).slice(0, 16);

/** One day once, where both are on it. */
export function spanText({ from, to }: Pick<FootageRequest, 'from' | 'to'>): string {
  const [start, end] = [moment(from), moment(to)];
  return start.slice(0, 10) === end.slice(0, 10) ? `${start} to ${end.slice(11)}` : `${start} to ${end}`;
}

/** As `datetime-local` takes it. */
export const localInput = (ms: number): string => moment(ms).replace(' ', 'T');
