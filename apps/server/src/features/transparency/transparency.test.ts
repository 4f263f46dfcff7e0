import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  formatCheckpoint,
  formatNote,
  openCheckpoint,
  parseVerifierKey,
  type VerifierKey,
} from '@clerestory/tlog';
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
import { LogKey } from './key.ts';
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

describe('the witness folder', () => {
  const dir = () => file('witness/wall.example.org-log');
  const kept = () =>
    readdirSync(dir(), { recursive: true, encoding: 'utf8' }).filter((name) => /\d{12}$/.test(name));
  const note = (
    size: number,
    root: Uint8Array,
    key = LogKey.fromText(readFileSync(file('log.key'), 'utf8')),
  ) => {
    const text = formatCheckpoint({ origin: 'wall.example.org/log', size, root, extensions: [] });
    return formatNote({ text, signatures: key ? [key.sign(text)] : [] });
  };
  const month = () => new Date(clock.nowMs()).toISOString().slice(0, 7);
  /** Stops the site with 9 entries signed and puts a copy with 4 in its place; then `then`, and it starts again. */
  async function oldCopy(then: () => void): Promise<void> {
    await append(3);
    await site.checkpoints.tick();
    await site.open.close();
    copyFileSync(file('clerestory.db'), file('backup.db'));
    site = await start();
    await append(5);
    await site.checkpoints.tick();
    await site.open.close();
    copyFileSync(file('backup.db'), file('clerestory.db'));
    for (const name of ['clerestory.db-wal', 'clerestory.db-shm']) rmSync(file(name), { force: true });
    then();
    site = await start();
  }

  test.each([
    ['cut short', () => truncateSync(path.join(dir(), 'latest'), 20)],
    ['removed', () => rmSync(path.join(dir(), 'latest'))],
    [
      'an earlier one',
      () => copyFileSync(path.join(dir(), month(), '000000000004'), path.join(dir(), 'latest')),
    ],
  ])('is asked as a whole: where "latest" was %s, the others say what was signed', async (_, then) => {
    await oldCopy(then);
    expect(site.checkpoints.status().halted).toMatch(/has 4 entries, but 9 were signed/);
    const before = readFileSync(path.join(dir(), month(), '000000000009'), 'utf8');
    await append(5);
    await site.checkpoints.tick();
    expect(site.checkpoints.published().ok).toBe(false);
    expect(readFileSync(path.join(dir(), month(), '000000000009'), 'utf8')).toBe(before);
  });

  test('with a file of another root among many older ones stops the log while the server runs', async () => {
    await append(3);
    await site.checkpoints.tick();
    const published = site.checkpoints.published();
    mkdirSync(path.join(dir(), '2020-01'));
    for (let n = 0; n < 120; n++)
      writeFileSync(
        path.join(dir(), '2020-01', `0000000${String(n + 100)}`),
        published.ok ? published.value.note : '',
      );
    writeFileSync(path.join(dir(), '2020-01', '000000000003'), note(3, new Uint8Array(32)));
    await restart();
    expect(site.checkpoints.status().halted).toBeNull();
    site.checkpoints.start();
    await until(() => site.checkpoints.status().halted !== null);
    expect(site.checkpoints.status().halted).toMatch(/first 3 entries are not those that were signed/);
    await site.checkpoints.stop();
  });

  test('with a file that no known key has signed stops the log, with the file’s name', async () => {
    await append(3);
    await site.checkpoints.tick();
    const root = (await site.record.log.rootAt(3)) ?? new Uint8Array(0);
    writeFileSync(path.join(dir(), '000000000003'), note(3, root, LogKey.fresh('wall.example.org/log')));
    await restart();
    expect(site.checkpoints.status().halted).toMatch(/file 000000000003 .* no checkpoint that a known key/);
  });

  test('never loses another log’s word: a file that is there is not written over', async () => {
    await append(3);
    await site.checkpoints.tick();
    const other = path.join(dir(), month(), '000000000006');
    const word = note(6, new Uint8Array(32));
    writeFileSync(other, word);
    await append(2);
    await site.checkpoints.tick();
    expect(site.checkpoints.status().halted).toMatch(/witness folder has another log/);
    expect(readFileSync(other, 'utf8')).toBe(word);
    expect(kept()).toHaveLength(2);
  });

  test('stops a log that was taken over anew with another key, and so do its entries alone', async () => {
    await append(3);
    await site.checkpoints.tick();
    const key = LogKey.fresh('wall.example.org/log');
    site.open.raw.exec('delete from log_checkpoints');
    site.open.raw
      .prepare(`update settings set value = ? where name = 'log-keys'`)
      .run(JSON.stringify([key.public]));
    writeFileSync(file('log.key'), key.toText(), { mode: 0o600 });
    await restart();
    expect(site.checkpoints.status().halted).toMatch(/no checkpoint that a known key/);
    rmSync(file('witness'), { recursive: true });
    await restart();
    expect(site.checkpoints.status().halted).toMatch(/not those that its entries have named/);
  });
});

describe('the database', () => {
  test.each([
    [
      'another name',
      `update settings set value = 'other.example/log' where name = 'log-origin'`,
      /entries have named/,
    ],
    ['no name', `delete from settings where name like 'log-%'`, /not know any more what its log is called/],
  ])('with %s than its entries have is not signed', async (_, statement, words) => {
    await append(3);
    await site.checkpoints.tick();
    site.open.raw.exec(statement);
    await restart();
    expect(site.checkpoints.status().halted).toMatch(words);
    await append(1);
    await site.checkpoints.tick();
    expect(site.checkpoints.published().ok).toBe(false);
  });

  test('with an entry that somebody has made one without words is not signed, and a new log says so', async () => {
    await append(3);
    await site.checkpoints.tick();
    const names = ['record_keeps_entries', 'log_erases_salts'];
    const guards = names.map((name) =>
      site.open.raw.prepare('select sql from sqlite_master where name = ?').pluck().get(name),
    );
    for (const name of names) site.open.raw.exec(`drop trigger ${name}`);
    site.open.raw.exec(
      `update record_entries set entry = (select leaf from log_leaves where sequence = 3) where sequence = 3;
       delete from log_salts where sequence = 3; ${guards.join(';')}`,
    );
    await restart();
    expect(site.checkpoints.status().halted).toMatch(/entry 3 has lost its words/);
    expect(site.checkpoints.published().ok).toBe(false);
    giveOrder(folder.dir, { do: 'begin-anew', why: 'Somebody has emptied an entry, and there is no copy.' });
    await restart();
    expect(site.checkpoints.status().halted).toBeNull();
    const [leaf = ''] = await site.record.log.leaves(4, 1);
    expect(JSON.parse(leaf)).toMatchObject({ kind: 'log-begun-anew', public: { erased: 1 } });
  });
});

test('what is new is signed within half a minute, by the clock of the server alone', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  try {
    await append(1);
    site.checkpoints.start();
    await until(() => site.checkpoints.published().ok);
    await append(3);
    vi.advanceTimersByTime(30_000);
    await until(() => published().size === 5);
    await site.checkpoints.stop();
  } finally {
    vi.useRealTimers();
  }
});

describe('witnesses (C2SP tlog-witness)', () => {
  const sizes = () =>
    (site.open.raw.prepare('select size from log_checkpoints order by size').all() as { size: number }[]).map(
      ({ size }) => size,
    );
  /** 9 entries are signed, also by the witness; then a copy of 4 lies in the place of the database, without a folder. */
  async function oldCopy(witness: WitnessAddress): Promise<void> {
    await append(3);
    await restart([witness]);
    await site.checkpoints.tick();
    await site.open.close();
    copyFileSync(file('clerestory.db'), file('backup.db'));
    site = await start([witness]);
    await append(5);
    await site.checkpoints.tick();
    await site.open.close();
    copyFileSync(file('clerestory.db'), file('newer.db'));
    await put('backup.db', witness);
  }
  async function put(copy: string, witness: WitnessAddress): Promise<void> {
    copyFileSync(file(copy), file('clerestory.db'));
    for (const name of ['clerestory.db-wal', 'clerestory.db-shm']) rmSync(file(name), { force: true });
    rmSync(file('witness'), { recursive: true, force: true });
    site = await start([witness]);
  }

  test('are asked before the first signature of a start: an old copy signs nothing, and that is remembered until the newer one is back', async () => {
    const witness = await startWitness();
    await oldCopy(witness.address);
    await append(2);
    await site.checkpoints.tick();
    expect(site.checkpoints.status().halted).toMatch(
      /witness.example has seen 9 entries of this log, and here are 6/,
    );
    expect([sizes(), existsSync(file('witness'))]).toEqual([[4], false]);
    // A restart while the witness is away forgets nothing, and a copy that has grown is no better.
    await witness.away();
    await append(5);
    await restart([witness.address]);
    await site.checkpoints.tick();
    expect([site.checkpoints.published().ok, sizes()]).toEqual([false, [4]]);
    await site.open.close();
    await put('newer.db', witness.address);
    await site.checkpoints.tick();
    expect(site.checkpoints.published().ok).toBe(false);
    await witness.back();
    await until(async () => {
      await site.checkpoints.tick();
      return site.checkpoints.published().ok;
    });
    expect(published()).toEqual({ size: 9, signers: ['wall.example.org/log', 'witness.example'] });
    await append(1);
    await restart([witness.address]);
    await site.checkpoints.tick();
    expect(published().size).toBe(10);
  });

  test('are shown the first checkpoint of a start before anybody else is: a copy that has grown again is not kept', async () => {
    const witness = await startWitness();
    await oldCopy(witness.address);
    await append(20);
    await site.checkpoints.tick();
    expect(site.checkpoints.status().halted).toMatch(/witness.example has seen another log/);
    expect([sizes(), existsSync(file('witness'))]).toEqual([[4], false]);
    // Nor at the next start, where the witness says so again.
    await restart([witness.address]);
    await site.checkpoints.tick();
    expect([site.checkpoints.published().ok, sizes()]).toEqual([false, [4]]);
  });

  test('one that is away at the start holds nothing up, and that it was not heard is said', async () => {
    const witness = await startWitness();
    await append(3);
    await witness.away();
    await restart([witness.address]);
    lines.length = 0;
    await site.checkpoints.tick();
    expect(published()).toEqual({ size: 4, signers: ['wall.example.org/log'] });
    expect(lines).toContain('warn the log is signed without having heard from every witness since the start');
  });

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
