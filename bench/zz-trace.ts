import { writeFileSync } from 'node:fs';
import { startCameras } from './cameras.ts';
import { startWall } from './design-wall.ts';
import { startDesignA } from './design-a.ts';
import { launch, loadOnce, openPage } from './first-pictures.ts';
const which = process.argv[2] ?? 'wall';
const cameras = await startCameras(16);
try {
  const design = await (which === 'a' ? startDesignA : startWall)(cameras);
  try {
    const browser = await launch();
    const page = await openPage(browser, design);
    console.log('cold', JSON.stringify(await loadOnce(page, design.url, 16)));
    for (let i = 0; i < 4; i++) {
      await page.goto('about:blank');
      console.log('warm', JSON.stringify(await loadOnce(page, design.url, 16)));
    }
    await page.goto('about:blank');
    await browser.startTracing(page, { categories: ['devtools.timeline', 'disabled-by-default-v8.cpu_profiler', 'media', 'v8', 'loading', 'toplevel','blink.user_timing'] });
    console.log('traced', JSON.stringify(await loadOnce(page, design.url, 16)));
    const buffer = await browser.stopTracing();
    writeFileSync(`/tmp/w/trace-${which}.json`, buffer);
    await browser.close();
  } finally { await design.close(); }
} finally { await cameras.close(); }
