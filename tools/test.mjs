// npm test: format, lint, types, unit and real-RTSP integration tests, browser tests; one closing line.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { claimsIn, missingFrom, pageOf } from './assurance.mjs';
import { build, serverMain } from './build.mjs';
import { ensure } from './system-packages.mjs';
import { readBrowserReport, readUnitReport } from './test-report.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const bin = (...parts) => path.join(root, 'node_modules', ...parts);
const scratch = mkdtempSync(path.join(tmpdir(), 'clerestory-test-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
const running = new Set();
for (const signal of ['SIGINT', 'SIGTERM'])
  process.on(signal, () => {
    for (const child of running) child.kill(signal);
    process.exit(130);
  });

const assurance = path.join(scratch, 'assurance');
mkdirSync(assurance);
const assuranceFile = path.join(root, 'docs/ref/assurance.md');

const missing = ensure(['ffmpeg', 'chromium', 'rtspServer', 'openssl', 'nginx', 'caddy']);
if (missing) {
  process.stderr.write(`The tests need programs that are not here. ${missing}\n`);
  process.exit(1);
}

const total = { passed: 0, failed: 0, skipped: 0 };
const failures = [];
const failedSteps = [];
const add = (counts) => {
  for (const key of Object.keys(total)) total[key] += counts[key] ?? 0;
};

/** Runs one step; its counts come from `read`, or it counts as one test itself. `apart`: its words come when it has ended. */
async function step(name, args, { read, env = {}, apart = false } = {}) {
  const startedMs = performance.now();
  if (!apart) process.stdout.write(`\n── ${name}\n`);
  const child = spawn(process.execPath, args, {
    cwd: root,
    stdio: ['inherit', apart ? 'pipe' : 'inherit', apart ? 'pipe' : 'inherit'],
    env: { ...process.env, ASSURANCE_FOLDER: assurance, ...env },
  });
  running.add(child);
  let words = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text) => (words += text));
  const [status] = await once(child, 'close');
  running.delete(child);
  if (apart) process.stdout.write(`\n── ${name}\n${words}`);
  const good = status === 0;
  let counts = good ? { passed: 1 } : { failed: 1 };
  if (read) {
    try {
      const said = read();
      counts = said.counts;
      failures.push(...said.failures);
      // A run that fails without a failed test (a crash, an unhandled fault) is a failure all the same.
      if (!good && !counts.failed) counts.failed = 1;
      if (counts.passed + counts.failed === 0) counts.failed = 1;
    } catch (error) {
      process.stderr.write(`${name} left no readable report: ${error.message}\n`);
      counts = { failed: 1 };
    }
  }
  add(counts);
  if (!good) failedSteps.push(name);
  process.stdout.write(
    `── ${name}: ${good ? 'ok' : 'FAILED'} (${((performance.now() - startedMs) / 1000).toFixed(1)} s)\n`,
  );
}

const unitReport = path.join(scratch, 'unit.json');
const browserReport = path.join(scratch, 'browser.json');

// The compiler and the linter keep one core each.
await Promise.all([
  (async () => {
    await step('format', [bin('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.'], {
      apart: true,
    });
    await step('lint', [bin('eslint/bin/eslint.js'), '.'], { apart: true });
  })(),
  step('types', ['tools/types.mjs'], { apart: true }),
]);
// Servers that tests start are those that people start: as they were built.
const built = build();
if (built) process.env.SERVER_MAIN = serverMain;
await step(
  'unit and integration',
  [
    bin('vitest/vitest.mjs'),
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${unitReport}`,
  ],
  { read: () => readUnitReport(JSON.parse(readFileSync(unitReport, 'utf8'))) },
);
if (built)
  await step('browser', [bin('@playwright/test/cli.js'), 'test', '--reporter=list,json'], {
    read: () => readBrowserReport(JSON.parse(readFileSync(browserReport, 'utf8'))),
    env: { PLAYWRIGHT_JSON_OUTPUT_NAME: browserReport },
  });
else add({ failed: 1 });

const claims = claimsIn(assurance);
const unproven = existsSync(assuranceFile) ? missingFrom(claims, readFileSync(assuranceFile, 'utf8')) : [];
if (unproven.length > 0) {
  process.stderr.write(
    `docs/ref/assurance.md claims ${unproven.join(', ')}, which no test of this run has shown.\n`,
  );
  add({ failed: 1 });
}
// A run that failed proves nothing.
const refreshed = process.env.ASSURANCE_FILE;
if (refreshed && total.failed === 0)
  writeFileSync(refreshed, pageOf(claims, new Date().toISOString().slice(0, 10)));

// Whoever reads the end of a long log sees what to look at.
if (failedSteps.length > 0) process.stdout.write(`\nFailed: ${failedSteps.join(', ')}\n`);
for (const failure of failures) process.stdout.write(`- ${failure}\n`);

process.stdout.write(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`);
process.exitCode = total.failed === 0 ? 0 : 1;
