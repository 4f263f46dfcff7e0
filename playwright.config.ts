import { defineConfig } from '@playwright/test';
import type { Worker } from './e2e/support/city.ts';
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

/**
 * Features of Chromium that are off. A second list on the command line replaces the first, so those that Playwright turns
 * off and that count here are named again: https, prefetching and everything that asks other hosts.
 */
const disabledFeatures = [
  'AimEnabled',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsFirstBalancedModeAutoEnable',
  'HttpsUpgrades',
  'LensOverlay',
  'MediaRouter',
  'NetworkTimeServiceQuerying',
  'OptimizationHints',
  'PaintHolding',
  'PreconnectToSearch',
  'ThirdPartyStoragePartitioning',
  // The list below the address bar is a page of its own for each window: without it a browser begins with 2.0 s of CPU
  // instead of 4.0, and each further context with 0.6 instead of 2.5 (Chromium 156).
  'WebUIOmniboxAimPopup',
  'WebUIOmniboxFullPopup',
  'WebUIOmniboxPopup',
];

export default defineConfig<object, Worker>({
  testDir: 'e2e',
  outputDir: 'test-results',
  // Two browsers at a time on two cores; projects are begun in this order. And no retry that would hide a flaw.
  workers: 2,
  projects: [
    {
      ...{ name: 'flows', testMatch: '**/*.e2e.ts', testIgnore: [...patient, ...pictures] },
      // What is painted here is what the machine is busiest with, and what these tests look at least.
      use: { fps: 5 },
    },
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
        `--disable-features=${disabledFeatures.join(',')}`,
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
