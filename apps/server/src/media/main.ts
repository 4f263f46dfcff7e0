/**
 * A media node as a process of its own. Its parent writes one line of JSON (config.ts) to its stdin and keeps that
 * open: when stdin ends, the parent is gone, and so is the node, with all its ffmpegs.
 */
import { createInterface } from 'node:readline';
import { loopMs, sceneFiles } from '@clerestory/demo-city';
import { pino } from 'pino';
import { systemClock } from './clock.ts';
import { MediaNodeConfig } from './config.ts';
import { GrantTable } from './grants.ts';
import { linkToControl } from './link.ts';
import { startMediaNode, type MediaNode } from './node.ts';

/** Bytes of log that wait when nobody reads them; the rest is dropped rather than let video wait. */
const maxLogBytes = 1024 * 1024;
const configTimeoutMs = 10_000;

const lines = createInterface({ input: process.stdin });
let node: MediaNode | null = null;

function leave(code: number): never {
  node?.killAll();
  process.exit(code);
}

function fail(message: string): never {
  process.stderr.write(`clerestory media: ${message}\n`);
  leave(1);
}

lines.once('close', () => leave(0));
const lateConfig = setTimeout(() => fail('no configuration came on stdin'), configTimeoutMs);
lines.once('line', (line) => {
  clearTimeout(lateConfig);
  run(line).catch((error: unknown) => fail(error instanceof Error ? error.message : String(error)));
});

async function run(line: string): Promise<void> {
  const config = readConfig(line);
  const log = pino(
    { level: config.logLevel, base: { role: 'media', pid: process.pid } },
    pino.destination({ fd: 2, sync: false, maxLength: maxLogBytes }),
  );
  process.on('uncaughtException', (error) => {
    log.fatal({ error: error.stack }, 'media node failed');
    fail(error.stack ?? error.message);
  });
  const grants = new GrantTable(systemClock, log);
  const deps = { sceneFiles, sceneLoopMs: loopMs, log, gate: grants, admission: grants };
  const started = (node = await startMediaNode(config, deps));
  log.info({ port: started.port }, 'media node is ready');
  const unlink = linkToControl(started, config, log, grants);
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.once(signal, () => {
      grants.stop();
      unlink();
      void started.close().finally(() => leave(0));
    });
}

function readConfig(line: string): MediaNodeConfig {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    fail('the configuration on stdin is not JSON');
  }
  const config = MediaNodeConfig.safeParse(json);
  if (config.success) return config.data;
  // Names only: a value may be the token.
  fail(
    `the configuration is not valid at ${config.error.issues.map((issue) => issue.path.join('.')).join(', ')}`,
  );
}
