import type { ConsentTerms } from '@clerestory/protocol/portal';

export type Hours = NonNullable<ConsentTerms['hours']>;

export const everyDay = [1, 2, 3, 4, 5, 6, 7];
export const firstWindow: Hours['windows'][number] = { days: everyDay, from: '18:00', until: '06:00' };
/** Where somebody begins who has chosen no distance yet, metres. */
const firstRadiusM = 300;

export const isNearby = (level: ConsentTerms['level']): boolean =>
  level === 'incident' || level === 'scheduled';

/**
 * What is agreed to by what was chosen. Hours and distance that were agreed before stay, whatever the level: they go only
 * where whoever chooses takes them away.
 */
export function termsOf(chosen: ConsentTerms, zone: string): ConsentTerms {
  const { level, purposes, hours, radiusM } = chosen;
  const sorted = hours && {
    ...hours,
    windows: hours.windows.map((one) => ({ ...one, days: [...one.days].sort((a, b) => a - b) })),
  };
  return {
    ...chosen,
    purposes: level === 'registered' ? [] : purposes,
    radiusM: radiusM ?? (isNearby(level) ? firstRadiusM : null),
    hours: sorted ?? (level === 'scheduled' ? { zone, windows: [firstWindow] } : null),
  };
}
