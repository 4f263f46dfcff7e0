import { spawn } from 'node:child_process';
import { startApp } from './app.ts';
import { ConfigError, loadConfig } from './config.ts';
import { storageFault, StoreError } from './platform/database.ts';
import { createLogger } from './platform/logging.ts';
import { ListenError } from './platform/listen.ts';
import { TlsError } from './platform/tls.ts';

/** What is not closed by then is ended, ms. Everything acknowledged is on disk already. */
const closePatienceMs = 8_000;

const say = (text: string) => process.stdout.write(text + '\n');

function fail(error: unknown): never {
  if (storageFault(error)) {
    process.stderr.write(
      'The disk of the data folder is full or takes no writes. Free some space, then start again; nothing was lost.\n',
    );
    process.exit(1);
  }
  const expected = [ConfigError, StoreError, ListenError, TlsError].some((kind) => error instanceof kind);
  process.stderr.write(`${expected ? (error as Error).message : (error as Error).stack}\n`);
  process.exit(1);
}

async function main(): Promise<void> {
  const config = loadConfig();
  const log = createLogger(config.logLevel);
  // Beside the start, which does not wait for it.
  spawn(config.ffmpegPath, ['-version'], { stdio: 'ignore' }).once('error', () =>
    log.warn(
      `ffmpeg was not found as "${config.ffmpegPath}", so no camera can be shown. ${
        config.ffmpegPath === 'ffmpeg'
          ? 'Run: sudo apt-get install ffmpeg, or set CLERESTORY_FFMPEG to its path.'
          : 'Correct CLERESTORY_FFMPEG, or unset it.'
      }`,
    ),
  );
  const app = await startApp(config, log);

  let closing = false;
  const close = async (signal: string) => {
    if (closing) process.exit(1);
    closing = true;
    log.info({ signal }, 'closing');
    setTimeout(() => process.exit(1), closePatienceMs).unref();
    await app.close();
    process.exit(0);
  };
  process.on('SIGINT', () => void close('SIGINT'));
  process.on('SIGTERM', () => void close('SIGTERM'));

  if (!(await app.mediaReady()))
    log.warn('the media process is slow to start; pictures come as soon as it is there');
  const url = app.publicUrl;
  say(`Clerestory is ready: ${url}`);
  const { setUpToken, demo } = await app.welcome();
  if (demo) say(`  the wall, live: open ${url}/#wall   (the demo city's first screen, as its supervisor)`);
  say(`  console  ${url}/`);
  say(`  screens  ${url}/screen/left   (and /screen/centre, /screen/right)`);
  if (demo)
    say(
      `  demo accounts (on this machine only): ${demo.people.map(({ login }) => login).join(', ')} — password ${demo.password}`,
    );
  if (demo)
    say(
      `  owners   ${url}/portal/   (demo owners, whose sign-in link is printed here: ${app.demoOwners.join(', ')})`,
    );
  if (setUpToken !== null)
    say(`  nobody administers yet: set up with ${url}/#set-up=${setUpToken}   (once, within 24 hours)`);
  say('  Ctrl+C stops it.');
}

main().catch(fail);
