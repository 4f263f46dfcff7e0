import type { HashedEntry } from '@clerestory/protocol';
import { dayAndTime } from '../../ui/time.ts';

/** A kind as people say it. */
export const kindWords = (kind: string): string => kind.replaceAll('-', ' ');

/** An id with the name that it has now. */
export const named = (id: string, names: Readonly<Record<string, string>>): string => names[id] ?? id;

const duration = (seconds: number): string => {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  return whole < 3_600
    ? `${Math.floor(whole / 60)} min ${whole % 60} s`
    : `${Math.floor(whole / 3_600)} h ${Math.floor((whole % 3_600) / 60)} min`;
};

/** How long a view has been open. */
export const openFor = (seconds: number): string => `so far ${duration(seconds)}`;

const hidden = new Set(['view', 'grant', 'bytes']);

/** One of the details; what there is none of is said to be so. */
export const valueWords = (value: HashedEntry['detail'][string]): string =>
  (Array.isArray(value) ? value.join(' ') : String(value ?? '–')) || 'none';

/** Details in words: durations as such, ids that only machines need left out. */
export const detailWords = ({ detail }: Pick<HashedEntry, 'detail'>): string =>
  Object.entries(detail)
    .filter(([key]) => !hidden.has(key))
    .map(([key, value]) => {
      if (key === 'seconds') return `for ${duration(Number(value))}`;
      if (key === 'at') return dayAndTime(Number(value));
      if (key.endsWith('Ms')) return `${key.slice(0, -2)} ${dayAndTime(Number(value))}`;
      return `${key}: ${valueWords(value)}`;
    })
    .join(', ');
