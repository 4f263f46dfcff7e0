import { expect, test } from 'vitest';
import { AuditQuery, ExportQuery } from './audit.ts';
import { RecordQuery } from './record.ts';

test.each([
  ['search', AuditQuery],
  ['export', ExportQuery],
  ['record', RecordQuery],
] as const)('%s: a span that ends before it begins is refused, not answered with nothing', (_name, query) => {
  expect(query.safeParse({ from: '20', to: '10' }).error?.issues).toMatchObject([
    { path: ['to'], message: 'the end lies before the beginning: swap them' },
  ]);
  for (const span of [{ from: '10', to: '10' }, { from: '10' }, { to: '10' }, {}])
    expect(query.safeParse(span).success, JSON.stringify(span)).toBe(true);
});
