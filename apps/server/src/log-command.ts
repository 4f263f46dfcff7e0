/**
 * `npm run log -- key | change-key | begin-anew "why"`: what the administrator of the machine does with the public log.
 * A change is an order in the data folder, done at the next start of the server.
 */
import { existsSync } from 'node:fs';
import { ConfigError, loadConfig } from './config.ts';
import { KeyFiles, giveOrder, LogOrder } from './features/transparency/index.ts';
import { StoreError } from './platform/database.ts';

const usage = `npm run log -- key                  the public key that the log is checked with
npm run log -- change-key           sign with a new key from the next start of the server on
npm run log -- begin-anew "<why>"   after the database was lost: begin another log, which says why`;

const say = (words: string) => void process.stdout.write(`${words}\n`);

function run([what, why]: string[]): number {
  const order = LogOrder.safeParse(what === 'begin-anew' ? { do: what, why: why ?? '' } : { do: what });
  if (what !== 'key' && !order.success) {
    say(what === 'begin-anew' ? `Say in 10 to 300 characters why; it is published.\n\n${usage}` : usage);
    return 2;
  }
  const { dataDir } = loadConfig();
  if (!existsSync(dataDir))
    throw new StoreError(
      `There is no data folder ${dataDir}. Set CLERESTORY_DATA to the one the server uses.`,
    );
  if (!order.success) {
    const key = new KeyFiles(dataDir).current();
    say(key ? key.public : `There is no key in ${dataDir} yet: the server makes one when it first starts.`);
    return key ? 0 : 1;
  }
  giveOrder(dataDir, order.data);
  say('It is done when the server starts the next time.');
  return 0;
}

try {
  process.exitCode = run(process.argv.slice(2));
} catch (error) {
  const isExpected = error instanceof ConfigError || error instanceof StoreError;
  process.stderr.write(`${isExpected ? error.message : String((error as Error).stack)}\n`);
  process.exitCode = 1;
}
