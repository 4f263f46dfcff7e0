import { copyFileSync, existsSync, readFileSync, rmSync, statSync, chmodSync } from 'node:fs';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openCheckpoint, parseVerifierKey, type VerifierKey } from '@clerestory/tlog';
import { assured } from '../../../../../tools/harness/assured.ts';
import { witnessServer } from '../../../../witness/src/server.ts';
import { SeenLogs } from '../../../../witness/src/state.ts';
import { Witness } from '../../../../witness/src/witness.ts';
import { openDatabase, type OpenDatabase } from '../../platform/database.ts';
import { ed25519, sha256 } from '../../platform/hashing.ts';
import type { WitnessAddress } from '../../platform/witnesses.ts';
import { TurnedClock } from '../../testing/clock.ts';
import { temporaryFolder, until } from '../../testing/server.ts';
import { RecordService } from '../record/index.ts';
import { Checkpoints } from './index.ts';
import { giveOrder } from './orders.ts';

let folder: ReturnType<typeof temporaryFolder>;
const clock = new TurnedClock();
const cleanups: (() => unknown)[] = [];
/** A site that runs: its store, its record and its checkpoints. */
interface Site {
  open: OpenDatabase;
  record: RecordService;
  checkpoints: Checkpoints;
}
let site: Site;
/** What it wrote into its own log, as `level words`. */
const lines: string[] = [];
const log = pino(
  { level: 'info', formatters: { level: (level) => ({ level }) } },
  {
    write(line) {
      const { level, msg } = JSON.parse(line) as { level: string; msg: string };
      lines.push(`${level} ${msg}`);
    },
  },
);

async function start(witnesses: WitnessAddress[] = []): Promise<Site> {
  const open = openDatabase(folder.dir);
  const record = new RecordService(open.db, clock);
  await record.load();
  const checkpoints = new Checkpoints({
    ...{ db: open.db, clock, log, record, tree: record.log, witnesses },
    ...{ dataDir: folder.dir, witnessFolder: path.join(folder.dir, 'witness') },
    newOrigin: () => 'wall.example.org/log',
  });
  try {
    await checkpoints.load();
  } catch (error) {
    await open.close();
    throw error;
  }
  return { open, record, checkpoints };
}
const append = (count: number) =>
  site.open.db.transaction().execute(async (write) => {
    for (let n = 0; n < count; n++)
      await site.record.append(write, {
        ...{ kind: 'view-started', actor: 'person:p', subject: 'camera:c', detail: { n } },
      });
  });
const restart = async (witnesses?: WitnessAddress[]) => {
  await site.open.close();
  site = await start(witnesses);
};

const file = (name: string) => path.join(folder.dir, name);
const keys = (): VerifierKey[] => [...site.checkpoints.keys()];
function published(): { size: number; signers: string[] } {
  const answer = site.checkpoints.published();
  if (!answer.ok) throw new Error(answer.problem.detail);
  const opened = openCheckpoint(ed25519, answer.value.note, { log: keys(), witnesses: witnessKeys });
  if (!opened.ok) throw new Error(opened.fault);
  return {
    size: opened.value.checkpoint.size,
    signers: opened.value.signed.map(({ key }) => key.name),
  };
}

let witnessKeys: VerifierKey[] = [];
/** A real witness, over HTTP. */
async function startWitness(name = 'witness.example'): Promise<{
  address: WitnessAddress;
  server: Server;
  away(): Promise<void>;
  /** It starts again, with the keys that the log has now. */
  back(): Promise<void>;
}> {
  const { privateKey } = generateKeyPairSync('ed25519');
  const newWitness = () =>
    new Witness({
      ...{ name, secret: privateKey, logs: keys(), seen: new SeenLogs(file(name)) },
      nowS: () => Math.floor(clock.nowMs() / 1_000),
    });
  const witness = newWitness();
  witnessKeys = [...witnessKeys, witness.key];
  let server = witnessServer(witness).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const away = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  cleanups.push(() => server.listening && away());
  return {
    address: { url: `http://127.0.0.1:${port}/`, key: witness.key },
    server,
    away,
    async back() {
      server = witnessServer(newWitness()).listen(port, '127.0.0.1');
      await once(server, 'listening');
    },
  };
}

beforeEach(async () => {
  folder = temporaryFolder();
  witnessKeys = [];
  site = await start();
});
afterEach(async () => {
  await site.open.close();
  for (const cleanup of cleanups.splice(0)) await cleanup();
  folder.remove();
});

describe('the key', () => {
  test('lies beside the database, for its owner alone, and signs what is published', async () => {
    expect(statSync(file('log.key')).mode & 0o777).toBe(0o600);
    await append(3);
    await site.checkpoints.tick();
    expect(published()).toEqual({ size: 4, signers: ['wall.example.org/log'] });
    const secret = readFileSync(file('log.key'), 'utf8').trim().split('+').slice(4).join('+');
    expect(secret).toHaveLength(44);
    await site.open.close();
    for (const name of ['clerestory.db', 'clerestory.db-wal'])
      if (existsSync(file(name))) expect(readFileSync(file(name)).includes(secret)).toBe(false);
    site = await start();
  });

  test('that others can read is refused, with what to do', async () => {
    chmodSync(file('log.key'), 0o644);
    await expect(restart()).rejects.toThrow(/chmod 600/);
    chmodSync(file('log.key'), 0o600);
    site = await start();
  });

  test('that is missing is not replaced by another: nothing is signed', async () => {
    await append(1);
    await site.checkpoints.tick();
    rmSync(file('log.key'));
    await restart();
    await site.checkpoints.tick();
    expect(site.checkpoints.status().halted).toMatch(/missing/);
    expect(site.checkpoints.published().ok).toBe(false);
  });

  test('is changed by order: one checkpoint has both signatures, and the old key is gone', async () => {
    await append(2);
    await site.checkpoints.tick();
    const before = readFileSync(file('log.key'), 'utf8');
    giveOrder(folder.dir, { do: 'change-key' });
    await restart();
    const both = site.checkpoints.published();
    const opened = openCheckpoint(ed25519, both.ok ? both.value.note : '', { log: keys() });
    expect(opened.ok && opened.value.signed).toHaveLength(2);
    expect(readFileSync(file('log.key'), 'utf8')).not.toBe(before);
    expect([existsSync(file('log.key.next')), existsSync(file('log-order.json'))]).toEqual([false, false]);
    const { entry } = site.open.raw
      .prepare(`select entry from record_entries where kind = 'log-key-changed'`)
      .get() as { entry: string };
    const [old, now] = keys();
    expect(entry).toContain(Buffer.from(now?.id ?? []).toString('hex'));
    expect(entry).toContain(Buffer.from(old?.id ?? []).toString('hex'));
    await append(1);
    await site.checkpoints.tick();
    const after = site.checkpoints.published();
    const alone = openCheckpoint(ed25519, after.ok ? after.value.note : '', { log: keys() });
    expect(alone.ok && alone.value.signed.map(({ key }) => key)).toEqual([now]);
  });
});

describe('B4: an old copy of the database', () => {
  /** Puts the database back as it was, as somebody with a backup does. */
  async function rollBack(copy: () => Promise<unknown>, witnesses?: WitnessAddress[]): Promise<void> {
    await append(3);
    await site.checkpoints.tick();
    await site.open.close();
    copyFileSync(file('clerestory.db'), file('backup.db'));
    site = await start(witnesses);
    await append(5);
    await site.checkpoints.tick();
    await site.open.close();
    copyFileSync(file('backup.db'), file('clerestory.db'));
    for (const name of ['clerestory.db-wal', 'clerestory.db-shm']) rmSync(file(name), { force: true });
    await copy();
    site = await start(witnesses);
  }

  test('is not signed below what the witness folder has, and signing goes on once the newer one is back', async () => {
    await rollBack(async () => undefined);
    expect(site.checkpoints.status().halted).toMatch(/has 4 entries, but 9 were signed/);
    await append(1);
    await site.checkpoints.tick();
    expect(site.checkpoints.published()).toMatchObject({ ok: false, problem: { code: 'unavailable' } });
    // Even grown beyond what was signed it is another log.
    await append(10);
    await restart();
    await site.checkpoints.tick();
    expect(site.checkpoints.status().halted).toMatch(/not those that were signed/);
    assured({
      ...{ row: 'B4', trials: 4 },
      claim:
        'an old copy of the database is not signed, whether shorter, grown again, from before a change of the key, or only known elsewhere',
      control: 'without the look at the witness folder the same copy is signed',
    });
  });

  test('negative control: without the witness folder the same copy would be signed', async () => {
    await rollBack(async () => rmSync(file('witness'), { recursive: true }));
    expect(site.checkpoints.status().halted).toBeNull();
    await append(1);
    await site.checkpoints.tick();
    expect(published().size).toBe(5);
  });

  test('is found too when it is from before a change of the key, and by the key alone where nothing else is left', async () => {
    const [before] = keys();
    await append(3);
    await site.checkpoints.tick();
    await site.open.close();
    copyFileSync(file('clerestory.db'), file('backup.db'));
    giveOrder(folder.dir, { do: 'change-key' });
    site = await start();
    const since = keys().at(-1);
    await append(4);
    await site.checkpoints.tick();
    await site.open.close();
    copyFileSync(file('backup.db'), file('clerestory.db'));
    for (const name of ['clerestory.db-wal', 'clerestory.db-shm']) rmSync(file(name), { force: true });
    site = await start();
    expect(site.checkpoints.status().halted).toMatch(/has 4 entries, but 9 were signed/);
    rmSync(file('witness'), { recursive: true });
    await restart();
    expect(site.checkpoints.status().halted).toMatch(/log.key is not the last one/);
    await append(1);
    await site.checkpoints.tick();
    expect(site.checkpoints.published().ok).toBe(false);
    // The way on names the key that the database has never heard of, so that what it signed can be checked.
    giveOrder(folder.dir, { do: 'begin-anew', why: 'The disk of the newer database is broken.' });
    await restart();
    expect(site.checkpoints.status().halted).toBeNull();
    expect(keys().slice(0, 2)).toEqual([before, since]);
  });

  test('is found by a witness elsewhere when the folder went with the database', async () => {
    const { address } = await startWitness();
    await rollBack(async () => rmSync(file('witness'), { recursive: true }), [address]);
    await append(1);
    await site.checkpoints.tick();
    expect(site.checkpoints.status().halted).toMatch(/witness.example has seen 9 entries/);
    expect(site.checkpoints.published().ok).toBe(false);
  });

  test('a way on: the log begins anew under another name and says what was lost', async () => {
    await rollBack(async () => undefined);
    giveOrder(folder.dir, { do: 'begin-anew', why: 'The disk of the newer database is broken.' });
    await restart();
    expect(site.checkpoints.status()).toMatchObject({ halted: null, origin: 'wall.example.org/log-2' });
    expect(published().signers).toEqual(['wall.example.org/log-2']);
    const { entry } = site.open.raw
      .prepare(`select entry from record_entries where kind = 'log-begun-anew'`)
      .get() as { entry: string };
    expect(JSON.parse(entry)).toMatchObject({ detail: { lostSize: 9, before: 'wall.example.org/log' } });
    await append(2);
    await site.checkpoints.tick();
    await restart();
    expect(site.checkpoints.status().halted).toBeNull();
  });
});

describe('witnesses (C2SP tlog-witness)', () => {
  test('sign what goes on from what they have seen, and their word is published with it', async () => {
    const witnesses = [await startWitness('one.example'), await startWitness('two.example')];
    await restart(witnesses.map(({ address }) => address));
    for (const count of [1, 300, 1]) {
      await append(count);
      await site.checkpoints.tick();
      expect(published().signers).toEqual(['wall.example.org/log', 'one.example', 'two.example']);
    }
    expect(site.checkpoints.status().witnesses.map(({ size, fault }) => [size, fault])).toEqual([
      [303, null],
      [303, null],
    ]);
  });

  test('one that is away for an hour is asked again, and goes on from where it was', async () => {
    const witness = await startWitness();
    await restart([witness.address]);
    await append(10);
    await site.checkpoints.tick();
    await witness.away();
    lines.length = 0;
    for (let minute = 0; minute < 60; minute++) {
      clock.pass(60_000);
      await append(5);
      await site.checkpoints.tick();
    }
    expect(published()).toEqual({ size: 311, signers: ['wall.example.org/log'] });
    expect(site.checkpoints.status()).toMatchObject({
      halted: null,
      witnesses: [{ size: 11, fault: expect.stringMatching(/does not answer \(.*ECONNREFUSED/) }],
    });
    await witness.back();
    await site.checkpoints.tick();
    // Said when it went and when it came, and not sixty times.
    expect(lines).toEqual([
      expect.stringMatching(/^warn the witness does not sign: it does not answer/),
      'info the witness signs again',
    ]);
    expect(published()).toEqual({ size: 311, signers: ['wall.example.org/log', 'witness.example'] });
    expect(site.checkpoints.status().witnesses[0]).toMatchObject({ size: 311, fault: null });
  });

  test('with a changed key they sign the checkpoint of the change, and nothing more until they are given the new key', async () => {
    const witness = await startWitness();
    await restart([witness.address]);
    await append(2);
    await site.checkpoints.tick();
    giveOrder(folder.dir, { do: 'change-key' });
    await restart([witness.address]);
    await site.checkpoints.tick();
    expect(published().signers).toContain('witness.example');
    await append(2);
    await site.checkpoints.tick();
    expect(published().signers).not.toContain('witness.example');
    const [now] = site.checkpoints.status().witnesses;
    expect(now?.fault).toBe('it knows another key of this log: give it the one of /log/key too');
    await witness.away();
    await witness.back();
    // The first try may meet a connection that the restart has closed.
    await until(async () => {
      await site.checkpoints.tick();
      return published().signers.includes('witness.example');
    });
  });

  test('after a restart it says itself how far it is', async () => {
    const witness = await startWitness();
    await restart([witness.address]);
    await append(10);
    await site.checkpoints.tick();
    await append(10);
    await restart([witness.address]);
    await site.checkpoints.tick();
    expect(published()).toEqual({ size: 21, signers: ['wall.example.org/log', 'witness.example'] });
  });

  test('does not sign another log under the same name, nor the same size with another root', async () => {
    const witness = await startWitness();
    await append(5);
    await site.checkpoints.tick();
    const post = (body: string) =>
      fetch(new URL('add-checkpoint', witness.address.url), { method: 'POST', body });
    const answer = site.checkpoints.published();
    const note = answer.ok ? answer.value.note : '';
    expect((await post(`old 0\n\n${note}`)).status).toBe(200);
    const behind = await post(`old 0\n\n${note}`);
    expect([behind.status, behind.headers.get('content-type'), await behind.text()]).toEqual([
      409,
      'text/x.tlog.size',
      '6\n',
    ]);
    expect((await post(`old 7\n\n${note}`)).status).toBe(400);
    expect(
      (await post(`old 6\n\n${note.replace('wall.example.org/log\n', 'other.example/log\n')}`)).status,
    ).toBe(404);
    expect((await post(`old 6\n\n${note.replace('\n6\n', '\n7\n')}`)).status).toBe(403);
    await append(3);
    await site.checkpoints.tick();
    const later = site.checkpoints.published();
    expect((await post(`old 6\n\n${later.ok ? later.value.note : ''}`)).status).toBe(422);
  });
});

test('a key is parsed from what is published of it', () => {
  const { key } = site.checkpoints.status();
  expect(parseVerifierKey(sha256, key ?? '')).toEqual(keys()[0]);
});
