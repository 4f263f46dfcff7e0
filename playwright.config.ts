import { defineConfig } from '@playwright/test';
import { findChromium } from './tools/system-packages.mjs';

/** Beside the tests of many pictures run those that mostly wait, and those of pages with few pictures or none. */
const beside = ['long-away', 'audit', 'owner', 'asking', 'footage', 'people', 'import'].map(
  (name) => `${name}.e2e.ts`,
);

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  // Video on two cores: one browser with many pictures at a time, and no retry that would hide a flaw.
  workers: 2,
  projects: [
    { name: 'pages', testMatch: beside, workers: 1 },
    { name: 'pictures', testMatch: '**/*.e2e.ts', testIgnore: beside, workers: 1 },
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
