// The server as it is, but its log is signed each few milliseconds, so that a kill falls into that too.
import { startApp } from '../../apps/server/src/app.ts';
import { loadConfig } from '../../apps/server/src/config.ts';
import { systemClock } from '../../apps/server/src/platform/clock.ts';
import { createLogger } from '../../apps/server/src/platform/logging.ts';

const config = loadConfig();
const app = await startApp(config, createLogger(config.logLevel), systemClock, { checkpointEveryMs: 50 });
process.on('SIGTERM', () => void app.close().then(() => process.exit(0)));
await app.mediaReady();
const { setUpToken } = await app.welcome();
process.stdout.write(`ready: ${app.url}\n`);
if (setUpToken !== null) process.stdout.write(`${app.url}/#set-up=${setUpToken}\n`);
process.stdout.write('Ctrl+C\n');
