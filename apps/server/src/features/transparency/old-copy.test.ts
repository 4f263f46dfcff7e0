import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { formatCheckpoint, formatNote, toBase64 } from '@clerestory/tlog';
import { assured } from '../../../../../tools/harness/assured.ts';
import type { WitnessAddress } from '../../platform/witnesses.ts';
import { until } from '../../testing/server.ts';
import { LogKey } from './key.ts';
import { giveOrder } from './orders.ts';
import { LogSite } from './testing/log-site.ts';

let site: LogSite;
beforeEach(async () => {
  site = await new LogSite().start();
});
afterEach(() => site.remove());

describe('B4: an old copy of the database', () => {
  /** Puts the database back as it was, as somebody with a backup does. */
  async function rollBack(copy: () => Promise<unknown>, witnesses?: WitnessAddress[]): Promise<void> {
    await site.append(3);
    await site.checkpoints.tick();
    await site.copyAs('backup.db');
    await site.start(witnesses);
    await site.append(5);
    await site.checkpoints.tick();
    await site.stop();
    site.putBack('backup.db');
    await copy();
    await site.start(witnesses);
  }

  test('is not signed below what the witness folder has, and signing goes on once the newer one is back', async () => {
    await rollBack(async () => undefined);
    expect(site.halted).toMatch(/has 4 entries, but 9 were signed/);
    // What is there can be read still, with proofs against what was signed of it, and why nothing newer is.
    expect(await site.checkpoints.readable()).toMatchObject({ value: { size: 4, halted: site.halted } });
    await site.append(1);
    await site.checkpoints.tick();
    expect(site.checkpoints.published()).toMatchObject({ ok: false, problem: { code: 'unavailable' } });
    // Even grown beyond what was signed it is another log.
    await site.append(10);
    await site.restart();
    await site.checkpoints.tick();
    expect(site.halted).toMatch(/not those that were signed/);
    assured({
      ...{ row: 'B4', trials: 4 },
      claim:
        'an old copy of the database is not signed, whether shorter, grown again, from before a change of the key, or only known elsewhere',
      control: 'without the look at the witness folder the same copy is signed',
    });
  });

  test('negative control: without the witness folder the same copy would be signed', async () => {
    await rollBack(async () => rmSync(site.file('witness'), { recursive: true }));
    expect(site.halted).toBeNull();
    await site.append(1);
    await site.checkpoints.tick();
    expect(site.published().size).toBe(5);
  });

  test('is found too when it is from before a change of the key, and by the key alone where nothing else is left', async () => {
    const [before] = site.keys;
    await site.append(3);
    await site.checkpoints.tick();
    await site.copyAs('backup.db');
    giveOrder(site.dir, { do: 'change-key' });
    await site.start();
    const since = site.keys.at(-1);
    await site.append(4);
    await site.checkpoints.tick();
    await site.stop();
    site.putBack('backup.db');
    await site.start();
    expect(site.halted).toMatch(/has 4 entries, but 9 were signed/);
    rmSync(site.file('witness'), { recursive: true });
    await site.restart();
    expect(site.halted).toMatch(/log.key is not the last one/);
    await site.append(1);
    await site.checkpoints.tick();
    expect(site.checkpoints.published().ok).toBe(false);
    // The way on names the key that the database has never heard of, so that what it signed can be checked.
    giveOrder(site.dir, { do: 'begin-anew', why: 'The disk of the newer database is broken.' });
    await site.restart();
    expect(site.halted).toBeNull();
    expect(site.keys.slice(0, 2)).toEqual([before, since]);
  });

  test('is found by a witness elsewhere when the folder went with the database', async () => {
    const { address } = await site.startWitness();
    await rollBack(async () => rmSync(site.file('witness'), { recursive: true }), [address]);
    await site.append(1);
    await site.checkpoints.tick();
    expect(site.halted).toMatch(/witness.example has seen 9 entries/);
    expect(site.checkpoints.published().ok).toBe(false);
  });

  test('a way on: the log begins anew under another name and says what was lost', async () => {
    await rollBack(async () => undefined);
    giveOrder(site.dir, { do: 'begin-anew', why: 'The disk of the newer database is broken.' });
    await site.restart();
    expect(site.checkpoints.status()).toMatchObject({ halted: null, origin: 'wall.example.org/log-2' });
    expect(site.published().signers).toEqual(['wall.example.org/log-2']);
    const { entry } = site.open.raw
      .prepare(`select entry from record_entries where kind = 'log-begun-anew'`)
      .get() as { entry: string };
    expect(JSON.parse(entry)).toMatchObject({ detail: { lostSize: 9, before: 'wall.example.org/log' } });
    await site.append(2);
    await site.checkpoints.tick();
    await site.restart();
    expect(site.halted).toBeNull();
  });
});

describe('a log that was lost with its key', () => {
  /** The whole data folder is gone; the witness folder is not. Then it begins anew, as was ordered. */
  async function loseAll(): Promise<Record<string, unknown>> {
    await site.stop();
    for (const name of readdirSync(site.dir)) if (name !== 'witness') rmSync(site.file(name));
    await site.start();
    expect(site.halted).toMatch(/no checkpoint that a known key/);
    giveOrder(site.dir, { do: 'begin-anew', why: 'The machine was lost in a fire.' });
    await site.restart();
    expect(site.halted).toBeNull();
    const [, leaf = ''] = await site.record.log.leaves(0, 2);
    return (JSON.parse(leaf) as { public: Record<string, unknown> }).public;
  }

  test('begins anew and says in the open how large it was, though nobody can check who signed that', async () => {
    await site.append(8);
    await site.checkpoints.tick();
    const lostRoot = toBase64((await site.record.log.head()).root);
    const said = await loseAll();
    expect(said).toMatchObject({
      ...{ before: 'wall.example.org/log', lostSize: 9, lostRoot, lostUnverified: true },
    });
  });

  test('is not made larger by the word of another log that lies in its folder', async () => {
    const dir = site.file('witness/wall.example.org-log');
    const text = formatCheckpoint({
      ...{ origin: 'wall.example.org-log', size: 70, root: new Uint8Array(32), extensions: [] },
    });
    const signatures = [LogKey.fresh('wall.example.org-log').sign(text)];
    await site.append(1);
    await site.checkpoints.tick();
    writeFileSync(path.join(dir, '000000000070'), formatNote({ text, signatures }));
    await site.restart();
    giveOrder(site.dir, { do: 'begin-anew', why: 'A file of another log was put into the folder.' });
    await site.restart();
    const leaves = await site.record.log.leaves(0, 20);
    const { public: said } = JSON.parse(leaves.find((leaf) => leaf.includes('log-begun-anew')) ?? '{}') as {
      public?: Record<string, unknown>;
    };
    expect(said).toMatchObject({ lostSize: 2 });
    expect(said).not.toHaveProperty('lostUnverified');
  });
});

describe('the witness folder', () => {
  const dir = () => site.file('witness/wall.example.org-log');
  const kept = () =>
    readdirSync(dir(), { recursive: true, encoding: 'utf8' }).filter((name) => /\d{12}$/.test(name));
  const note = (
    size: number,
    root: Uint8Array,
    key = LogKey.fromText(readFileSync(site.file('log.key'), 'utf8')),
  ) => {
    const text = formatCheckpoint({ origin: 'wall.example.org/log', size, root, extensions: [] });
    return formatNote({ text, signatures: key ? [key.sign(text)] : [] });
  };
  const month = () => new Date(site.clock.nowMs()).toISOString().slice(0, 7);
  /** Stops the site with 9 entries signed and puts a copy with 4 in its place; then `then`, and it starts again. */
  async function oldCopy(then: () => void): Promise<void> {
    await site.append(3);
    await site.checkpoints.tick();
    await site.copyAs('backup.db');
    await site.start();
    await site.append(5);
    await site.checkpoints.tick();
    await site.stop();
    site.putBack('backup.db');
    then();
    await site.start();
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
    expect(site.halted).toMatch(/has 4 entries, but 9 were signed/);
    const before = readFileSync(path.join(dir(), month(), '000000000009'), 'utf8');
    await site.append(5);
    await site.checkpoints.tick();
    expect(site.checkpoints.published().ok).toBe(false);
    expect(readFileSync(path.join(dir(), month(), '000000000009'), 'utf8')).toBe(before);
  });

  test('with a file of another root among many older ones stops the log while the server runs', async () => {
    await site.append(3);
    await site.checkpoints.tick();
    const published = site.checkpoints.published();
    mkdirSync(path.join(dir(), '2020-01'));
    for (let n = 0; n < 120; n++)
      writeFileSync(
        path.join(dir(), '2020-01', `0000000${String(n + 100)}`),
        published.ok ? published.value.note : '',
      );
    writeFileSync(path.join(dir(), '2020-01', '000000000003'), note(3, new Uint8Array(32)));
    await site.restart();
    expect(site.halted).toBeNull();
    site.checkpoints.start();
    await until(() => site.halted !== null);
    expect(site.halted).toMatch(/first 3 entries are not those that were signed/);
    await site.checkpoints.stop();
  });

  test('with a file that no known key has signed stops the log, with the file’s name', async () => {
    await site.append(3);
    await site.checkpoints.tick();
    const root = (await site.record.log.rootAt(3)) ?? new Uint8Array(0);
    writeFileSync(path.join(dir(), '000000000003'), note(3, root, LogKey.fresh('wall.example.org/log')));
    await site.restart();
    expect(site.halted).toMatch(/file 000000000003 .* no checkpoint that a known key/);
  });

  test('never loses another log’s word: a file that is there is not written over', async () => {
    await site.append(3);
    await site.checkpoints.tick();
    const other = path.join(dir(), month(), '000000000006');
    const word = note(6, new Uint8Array(32));
    writeFileSync(other, word);
    await site.append(2);
    await site.checkpoints.tick();
    expect(site.halted).toMatch(/witness folder has another log/);
    expect(readFileSync(other, 'utf8')).toBe(word);
    expect(kept()).toHaveLength(2);
  });

  test('stops a log that was taken over anew with another key, and so do its entries alone', async () => {
    await site.append(3);
    await site.checkpoints.tick();
    const key = LogKey.fresh('wall.example.org/log');
    site.open.raw.exec('delete from log_checkpoints');
    site.open.raw
      .prepare(`update settings set value = ? where name = 'log-keys'`)
      .run(JSON.stringify([key.public]));
    writeFileSync(site.file('log.key'), key.toText(), { mode: 0o600 });
    await site.restart();
    expect(site.halted).toMatch(/no checkpoint that a known key/);
    rmSync(site.file('witness'), { recursive: true });
    await site.restart();
    expect(site.halted).toMatch(/not those that its entries have named/);
  });
});
