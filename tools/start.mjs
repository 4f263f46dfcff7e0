// npm start: what the product needs, then the product itself in this very process.
import module from 'node:module';
import path from 'node:path';
import { build } from './build.mjs';
import { ensure } from './system-packages.mjs';

// Compiled code is kept between starts, for us and, through the environment, for the media process: ready a third sooner.
process.env.NODE_COMPILE_CACHE ??= path.resolve(import.meta.dirname, '../node_modules/.cache/clerestory');
module.enableCompileCache(process.env.NODE_COMPILE_CACHE);

const missing = ensure(['ffmpeg']);
// Everything but the pictures works without it, and each camera says what is missing.
if (missing) process.stderr.write(`${missing}\n`);
if (!build()) {
  process.stderr.write('The pages could not be built; the reason is above.\n');
  process.exit(1);
}
await import('../apps/server/src/main.ts');
