import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Sqlite from 'better-sqlite3';
import { startMailbox } from '../../apps/server/src/testing/mailbox.ts';
import { signInByLetter } from '../../apps/server/src/testing/owners.ts';
import { assured } from '../../tools/harness/assured.ts';
import { canaryClaim, placeCanary, type Canary } from '../../tools/harness/canary.ts';
import { isRunning, startServerProcess, type ServerProcess } from '../../tools/harness/server-process.ts';

interface Prepared {
  canary: Canary;
  /** A data folder with the people and the canary in it, to be copied. */
  dataDir: string;
}
let prepared: Promise<Prepared> | undefined;

/**
 * A8: the canary is placed once for each worker, so that no test waits for it. It is a camera like any other private one,
 * and no rule about people hides it: what keeps it shut is only that its owner revoked it, and pages that list cameras list
 * it, behind those of the test.
 */
async function prepare(): Promise<Prepared> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'clerestory-prepared-'));
  process.once('exit', () => rmSync(dataDir, { recursive: true, force: true }));
  const mailbox = await startMailbox();
  const server = await startServerProcess({ dataDir, env: mailbox.env });
  const administrator = await server.signedIn('administrator');
  await server.signedIn('team');
  const owner = await signInByLetter(server.url, mailbox, 'canary@owners.example');
  const canary = await placeCanary(administrator, owner);
  await server.stop();
  await mailbox.close();
  return { canary, dataDir };
}

type Got = Record<string, number>;

/** Where its pages may fetch video from, as their own security rule says. */
async function mediaPortOf({ url }: ServerProcess): Promise<number> {
  const { headers } = await fetch(`${url}/screen/left`);
  const rule = headers.get('content-security-policy') ?? '';
  return Number(/ws:\/\/[^\s:]+:(\d+)/.exec(rule)?.[1]);
}

/** What the team gets of the canary now; null from a server that a test has ended. */
async function tried(canary: Canary, server: ServerProcess): Promise<Got | null> {
  if (!isRunning(server.pid)) return null;
  const [mediaPort, team] = await Promise.all([mediaPortOf(server), server.signedIn('team')]);
  return canary.tried(mediaPort, team);
}

/** What the record of a server that has ended holds of it. */
function recorded(canary: Canary, { dataDir }: ServerProcess): Got {
  const store = new Sqlite(path.join(dataDir, 'clerestory.db'), { readonly: true });
  const count = (kind: string) =>
    store
      .prepare('select count(*) from record_entries where kind = ? and subject = ?')
      .pluck()
      .get(kind, `camera:${canary.id}`) as number;
  const got = { views: count('view-started'), given: count('grant-given') };
  store.close();
  return got;
}

/** `startServerProcess` with the people there already, and the canary, which is looked at before it is stopped. */
export async function startServer(
  options: Parameters<typeof startServerProcess>[0] = {},
): Promise<ServerProcess> {
  const { canary, dataDir: from } = await (prepared ??= prepare());
  const ownDir = options.dataDir === undefined;
  const dataDir = options.dataDir ?? mkdtempSync(path.join(tmpdir(), 'clerestory-'));
  if (ownDir) cpSync(from, dataDir, { recursive: true });
  const server = await startServerProcess({ ...options, dataDir });
  return {
    ...server,
    async stop() {
      const now = await tried(canary, server).finally(() => server.stop());
      const got = { ...now, reached: canary.reached(), ...recorded(canary, server) };
      if (ownDir) rmSync(dataDir, { recursive: true, force: true });
      if (Object.values(got).some((count) => count > 0))
        throw new Error(`A8: the canary, which its owner has revoked, was opened: ${JSON.stringify(got)}`);
      if (now) assured({ ...canaryClaim, trials: 1 });
    },
  };
}
