// npm start: what the product needs, then the product itself in this very process.
import { build, serverMain } from './build.mjs';
import { ensure } from './system-packages.mjs';

const missing = ensure(['ffmpeg']);
// Everything but the pictures works without it, and each camera says what is missing.
if (missing) process.stderr.write(`${missing}\n`);
if (!build()) process.exit(1);
await import(serverMain);
