// npm run bench: what the figures in the documents come from. Not part of the tests: it measures, it does not judge.
import { build, serverMain } from './build.mjs';
import { ensure } from './system-packages.mjs';

const missing = ensure(['ffmpeg', 'chromium', 'rtspServer']);
if (missing) {
  process.stderr.write(`The bench needs programs that are not here. ${missing}\n`);
  process.exit(1);
}
if (!build()) process.exit(1);
// What is measured is what runs.
process.env.SERVER_MAIN = serverMain;
await import('../bench/main.ts');
