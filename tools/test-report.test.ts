import { expect, test } from 'vitest';
import { readBrowserReport, readUnitReport } from './test-report.mjs';

test('a unit report: counts, and each failure with the beginning of its reason', () => {
  const report = {
    ...{ numPassedTests: 3, numFailedTests: 1, numPendingTests: 1, numTodoTests: 1 },
    testResults: [
      {
        ...{ name: 'gate.test.ts', status: 'failed', message: '' },
        assertionResults: [
          { status: 'passed', fullName: 'opens', failureMessages: [] },
          {
            status: 'failed',
            fullName: 'shuts',
            failureMessages: ['\u001b[31mexpected 2 to be 1\u001b[0m\n\n    at gate.ts:1'],
          },
        ],
      },
      { name: 'broken.test.ts', status: 'failed', message: 'cannot be read', assertionResults: [] },
    ],
  };
  expect(readUnitReport(report)).toEqual({
    counts: { passed: 3, failed: 1, skipped: 2 },
    failures: [
      'gate.test.ts › shuts\n    expected 2 to be 1\n        at gate.ts:1',
      'broken.test.ts\n    cannot be read',
    ],
  });
});

test('a browser report: suites within suites, and a test that passed at the second try is a failure', () => {
  const failed = { results: [{ errors: [{ message: 'no picture' }] }] };
  const report = {
    stats: { expected: 4, unexpected: 1, flaky: 1, skipped: 0 },
    suites: [
      {
        specs: [{ ok: true, title: 'plays', file: 'wall.e2e.ts', tests: [] }],
        suites: [{ specs: [{ ok: false, title: 'comes back', file: 'wall.e2e.ts', tests: [failed] }] }],
      },
    ],
  };
  expect(readBrowserReport(report)).toEqual({
    counts: { passed: 4, failed: 2, skipped: 0 },
    failures: ['wall.e2e.ts › comes back\n    no picture'],
  });
});
