import { defineConfig } from '@playwright/test';
import { findChromium } from './tools/system-packages.mjs';

/** Long waits, or pages with hardly a picture: they run beside what is said of pictures. */
const patient = ['long-away', 'audit', 'fleet', 'footage', 'import', 'owner', 'people'].map(
  (name) => `**/${name}.e2e.ts`,
);
/** What they say of pictures is said to the frame or to the second: one at a time, beside little else. */
const pictures = [
  'tiles/*.e2e.ts',
  ...['demo-city', 'faulty-cameras', 'live-wall', 'network', 'recovery', 'streams', 'truth'].map(
    (name) => `${name}.e2e.ts`,
  ),
].map((pattern) => `**/${pattern}`);

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  // Two browsers at a time on two cores; projects are begun in this order. And no retry that would hide a flaw.
  workers: 2,
  projects: [
    { name: 'flows', testMatch: '**/*.e2e.ts', testIgnore: [...patient, ...pictures] },
    { name: 'patient', testMatch: patient, workers: 1 },
    { name: 'pictures', testMatch: pictures, workers: 1 },
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
