import { expect, test } from 'vitest';
import { ConsentState, PlaceKind, Purpose } from '@clerestory/protocol';
import type { Report } from '@clerestory/public-log';
import { reportPage } from './report-page.ts';

const counts = (names: readonly string[]) => Object.fromEntries(names.map((name, n) => [name, 10 + n]));
const district = 'Saint-Denis <b>';
const report: Report = {
  ...{ v: 1, origin: 'wall.example.org/log', size: 100, root: '', month: 'all', hiddenIn: [], note: '' },
  accesses: {
    ...{ total: 100, purpose: counts(Purpose.options), placeKind: counts(PlaceKind.options) },
    district: counts([district]),
  },
  views: { total: 7, medianSeconds: 12.5 },
  ...{ refused: 0, ownIncident: null, overrides: 0, notices: 5, footage: counts(['fire']) },
  cameras: {
    ...{ day: '2026-11-29', states: counts(ConsentState.options), uptimePercent: 99.5 },
    tiers: counts(['public', 'private integrated', 'private registered']),
  },
};

test.each(['en', 'es'] as const)(
  'the page in %s has a word for everything that the log counts',
  (language) => {
    const page = reportPage({ language, report, months: [] });
    const named = [...page.matchAll(/<th scope="row">([^<]*)</g)].map(([, name]) => name);
    // A district is a name of its own.
    expect(named).toContain('Saint-Denis &#60;b&#62;');
    const codes = [...Purpose.options, ...PlaceKind.options, ...ConsentState.options].filter((code) =>
      named.includes(code),
    );
    expect(codes).toEqual([]);
    expect(named.filter((name) => name?.startsWith('private'))).toEqual([]);
    expect(named.length).toBe(
      Purpose.options.length + PlaceKind.options.length + ConsentState.options.length + 1 + 1 + 3,
    );
  },
);
