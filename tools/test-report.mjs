// What the two runners' JSON reports say: how many tests, and which of them failed and why.

/** Lines of an error that are shown again at the end; the whole of it stands above, where the test ran. */
const errorLines = 6;

const colours = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');

const shortened = (text) =>
  text
    .replace(colours, '')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(0, errorLines)
    .join('\n    ');

/** Of Vitest's `json` reporter. */
export function readUnitReport(report) {
  const failures = report.testResults.flatMap((file) => {
    const failed = file.assertionResults.filter((test) => test.status === 'failed');
    // A file that fails before its first test has a message of its own.
    if (failed.length === 0 && file.status === 'failed')
      return [`${file.name}\n    ${shortened(file.message)}`];
    return failed.map(
      (test) => `${file.name} › ${test.fullName}\n    ${shortened(test.failureMessages.join('\n'))}`,
    );
  });
  return {
    counts: {
      passed: report.numPassedTests,
      failed: report.numFailedTests,
      skipped: report.numPendingTests + (report.numTodoTests ?? 0),
    },
    failures,
  };
}

/** Of Playwright's `json` reporter. */
export function readBrowserReport(report) {
  const specs = (suite) => [...(suite.specs ?? []), ...(suite.suites ?? []).flatMap(specs)];
  const failures = (report.suites ?? []).flatMap(specs).flatMap((spec) => {
    if (spec.ok) return [];
    const errors = spec.tests.flatMap((test) => test.results.flatMap((result) => result.errors ?? []));
    return [
      `${spec.file} › ${spec.title}\n    ${shortened(errors.map(({ message }) => message ?? '').join('\n'))}`,
    ];
  });
  const { expected, unexpected, flaky, skipped } = report.stats;
  return { counts: { passed: expected, failed: unexpected + flaky, skipped }, failures };
}
