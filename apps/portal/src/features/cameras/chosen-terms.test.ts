import { expect, test } from 'vitest';
import { ConsentLevel, ConsentTerms } from '@clerestory/protocol/portal';
import { termsOf } from './chosen-terms.ts';

const hours = {
  zone: 'Europe/Berlin',
  windows: [
    { days: [1, 2], from: '08:00', until: '12:00' },
    { days: [6], from: '20:00', until: '02:00' },
  ],
};
const agreed: ConsentTerms = {
  ...{
    level: 'incident',
    purposes: ['fire', 'robbery'],
    hours,
    radiusM: 200,
    expiresAt: 9,
    retentionDays: 1,
  },
};

test.each(ConsentLevel.options)('at level %s every hour and the distance that were agreed stay', (level) => {
  const { hours: kept, radiusM } = termsOf({ ...agreed, level, purposes: ['fire'] }, 'UTC');
  expect([kept, radiusM]).toEqual([hours, 200]);
});

test('what is missing for a level is begun with; what was taken away is away', () => {
  const open = { ...agreed, hours: null, radiusM: null };
  expect(termsOf({ ...open, level: 'standing' }, 'UTC')).toMatchObject({ hours: null, radiusM: null });
  const scheduled = termsOf({ ...open, level: 'scheduled' }, 'Europe/Berlin');
  expect(scheduled).toMatchObject({ hours: { zone: 'Europe/Berlin' }, radiusM: 300 });
  expect(ConsentTerms.safeParse({ ...scheduled, expiresAt: null }).success).toBe(true);
});
