import { defineConfig } from '@playwright/test';
import { findChromium } from './tools/system-packages.mjs';

/**
 * These mostly wait, for an outage to last or for the next checkpoint of the log, or show pages and hardly a picture, so that
 * they can run beside the others.
 */
const patient = ['long-away', 'audit', 'people', 'owner', 'footage', 'import', 'fleet'].map(
  (name) => `${name}.e2e.ts`,
);

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  // Video on two cores: one browser at a time, but for tests that mostly wait; and no retry that would hide a flaw.
  workers: 2,
  projects: [
    { name: 'patient', testMatch: patient, workers: 1 },
    { name: 'all', testMatch: '**/*.e2e.ts', testIgnore: patient, workers: 1 },
  ],
  retries: 0,
  fullyParallel: false,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  use: {
    viewport: { width: 1920, height: 1080 },
    launchOptions: {
      executablePath: findChromium() ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--autoplay-policy=no-user-gesture-required',
      ],
    },
  },
});
