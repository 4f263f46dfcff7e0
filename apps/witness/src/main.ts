#!/usr/bin/env node
/**
 * A witness of Clerestory's log, to run on a machine of somebody else:
 *
 *     clerestory-witness --name witness.example.org --data ./witness --log <key of the log> [--log …] [--port 8091] [--host 127.0.0.1]
 *
 * The log's key is at https://<its address>/log/key. Put TLS in front of it, and hand the line that it prints to whoever
 * runs the log.
 */
import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { formatVerifierKey, parseVerifierKey } from '@clerestory/tlog';
import { witnessServer } from './server.ts';
import { SeenLogs } from './state.ts';
import { sha256, Witness } from './witness.ts';

const say = (words: string) => process.stdout.write(`${words}\n`);
function fail(words: string): never {
  process.stderr.write(`${words}\n`);
  process.exit(1);
}

/** The witness's own key, PEM, readable for its owner alone; made on the first start. */
function secretIn(dir: string): KeyObject {
  const file = path.join(dir, 'witness.key');
  if (!existsSync(file)) {
    const { privateKey } = generateKeyPairSync('ed25519');
    writeFileSync(file, privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600, flag: 'wx' });
  }
  if ((statSync(file).mode & 0o077) !== 0) fail(`Others can read ${file}. Run chmod 600 ${file}.`);
  try {
    return createPrivateKey(readFileSync(file));
  } catch {
    return fail(
      `${file} holds no key. Put the right file back; without it this witness is another one: then begin with an empty folder.`,
    );
  }
}

/**
 * Two witnesses with one memory would each sign another half of a fork: the second ends here. The kernel holds the name
 * (Linux, unix(7), abstract sockets), and lets go of it however the first one ends.
 */
function beAlone(dir: string): Promise<void> {
  const name = Buffer.from(sha256(Buffer.from(realpathSync(dir)))).toString('hex');
  const alone = createServer().unref();
  return new Promise((resolve) => {
    alone.once('error', () =>
      fail(`Another witness works in ${dir}. Stop it, or give this one a folder of its own.`),
    );
    alone.listen(`\0clerestory-witness-${name}`, resolve);
  });
}

function read() {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    return fail(
      `${(error as Error).message}. Known: ${Object.keys(options)
        .map((name) => `--${name}`)
        .join(', ')}.`,
    );
  }
}

const options = {
  name: { type: 'string' },
  data: { type: 'string', default: './witness' },
  log: { type: 'string', multiple: true },
  port: { type: 'string', default: '8091' },
  host: { type: 'string', default: '127.0.0.1' },
} as const;
const values = read();
if (!values.name || !values.log)
  fail('Give --name (such as witness.example.org) and --log with the key of each log to watch.');
if (/[\s+]/.test(values.name)) fail(`"${values.name}" cannot be a name: it has neither spaces nor "+".`);
if (!/^\d{1,5}$/.test(values.port) || Number(values.port) > 65_535)
  fail(`--port ${values.port} is no port: give a number from 0 to 65535.`);
const logs = values.log.map(
  (text) =>
    parseVerifierKey(sha256, text) ?? fail(`"${text}" is no key of a log: it looks like name+hash+key.`),
);
mkdirSync(values.data, { recursive: true, mode: 0o700 });
await beAlone(values.data);
const witness = new Witness({
  ...{ name: values.name, logs },
  secret: secretIn(values.data),
  seen: new SeenLogs(path.join(values.data, 'seen')),
  nowS: () => Math.floor(Date.now() / 1000),
});
const server = witnessServer(witness);
server.on('error', (error) => fail(`The witness cannot listen: ${error.message}`));
server.listen(Number(values.port), values.host, () => {
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : values.port;
  say(`Witness at http://${values.host}:${port}/ for ${logs.map(({ name }) => name).join(', ')}`);
  say(`Its key: ${formatVerifierKey(witness.key)}`);
});
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => server.close(() => process.exit(0)));
