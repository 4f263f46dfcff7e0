import { existsSync, rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { WitnessAddress } from '../../platform/witnesses.ts';
import { until } from '../../testing/server.ts';
import { giveOrder } from './orders.ts';
import { LogSite } from './testing/log-site.ts';

let site: LogSite;
beforeEach(async () => {
  site = await new LogSite().start();
});
afterEach(() => site.remove());

describe('witnesses (C2SP tlog-witness)', () => {
  const sizes = () =>
    (site.open.raw.prepare('select size from log_checkpoints order by size').all() as { size: number }[]).map(
      ({ size }) => size,
    );
  /** 9 entries are signed, also by the witness; then a copy of 4 lies in the place of the database, without a folder. */
  async function oldCopy(witness: WitnessAddress): Promise<void> {
    await site.append(3);
    await site.restart([witness]);
    await site.checkpoints.tick();
    await site.copyAs('backup.db');
    await site.start([witness]);
    await site.append(5);
    await site.checkpoints.tick();
    await site.copyAs('newer.db');
    await put('backup.db', witness);
  }
  async function put(copy: string, witness: WitnessAddress): Promise<void> {
    site.putBack(copy);
    rmSync(site.file('witness'), { recursive: true, force: true });
    await site.start([witness]);
  }

  test('are asked before the first signature of a start: an old copy signs nothing, and that is remembered until the newer one is back', async () => {
    const witness = await site.startWitness();
    await oldCopy(witness.address);
    await site.append(2);
    await site.checkpoints.tick();
    expect(site.halted).toMatch(/witness.example has seen 9 entries of this log, and here are 6/);
    expect([sizes(), existsSync(site.file('witness'))]).toEqual([[4], false]);
    // A restart while the witness is away forgets nothing, and a copy that has grown is no better.
    await witness.away();
    await site.append(5);
    await site.restart([witness.address]);
    await site.checkpoints.tick();
    expect([site.checkpoints.published().ok, sizes()]).toEqual([false, [4]]);
    await site.stop();
    await put('newer.db', witness.address);
    await site.checkpoints.tick();
    expect(site.checkpoints.published().ok).toBe(false);
    await witness.back();
    await until(async () => {
      await site.checkpoints.tick();
      return site.checkpoints.published().ok;
    });
    expect(site.published()).toEqual({ size: 9, signers: ['wall.example.org/log', 'witness.example'] });
    await site.append(1);
    await site.restart([witness.address]);
    await site.checkpoints.tick();
    expect(site.published().size).toBe(10);
  });

  test('are shown the first checkpoint of a start before anybody else is: a copy that has grown again is not kept', async () => {
    const witness = await site.startWitness();
    await oldCopy(witness.address);
    await site.append(20);
    await site.checkpoints.tick();
    expect(site.halted).toMatch(/witness.example has seen another log/);
    expect([sizes(), existsSync(site.file('witness'))]).toEqual([[4], false]);
    // Nor at the next start, where the witness says so again.
    await site.restart([witness.address]);
    await site.checkpoints.tick();
    expect([site.checkpoints.published().ok, sizes()]).toEqual([false, [4]]);
  });

  test('one that is away at the start holds nothing up, and that it was not heard is said', async () => {
    const witness = await site.startWitness();
    await site.append(3);
    await witness.away();
    await site.restart([witness.address]);
    site.lines.length = 0;
    await site.checkpoints.tick();
    expect(site.published()).toEqual({ size: 4, signers: ['wall.example.org/log'] });
    expect(site.lines).toContain(
      'warn the log is signed without having heard from every witness since the start',
    );
  });

  test('sign what goes on from what they have seen, and their word is published with it', async () => {
    const witnesses = [await site.startWitness('one.example'), await site.startWitness('two.example')];
    await site.restart(witnesses.map(({ address }) => address));
    for (const count of [1, 300, 1]) {
      await site.append(count);
      await site.checkpoints.tick();
      expect(site.published().signers).toEqual(['wall.example.org/log', 'one.example', 'two.example']);
    }
    expect(site.checkpoints.status().witnesses.map(({ size, fault }) => [size, fault])).toEqual([
      [303, null],
      [303, null],
    ]);
  });

  test('one that is away for an hour is asked again, and goes on from where it was', async () => {
    const witness = await site.startWitness();
    await site.restart([witness.address]);
    await site.append(10);
    await site.checkpoints.tick();
    await witness.away();
    site.lines.length = 0;
    for (let minute = 0; minute < 60; minute++) {
      site.clock.pass(60_000);
      await site.append(5);
      await site.checkpoints.tick();
    }
    expect(site.published()).toEqual({ size: 311, signers: ['wall.example.org/log'] });
    expect(site.checkpoints.status()).toMatchObject({
      halted: null,
      witnesses: [{ size: 11, fault: expect.stringMatching(/does not answer \(.*ECONNREFUSED/) }],
    });
    await witness.back();
    await site.checkpoints.tick();
    // Said when it went and when it came, and not sixty times.
    expect(site.lines).toEqual([
      expect.stringMatching(/^warn the witness does not sign: it does not answer/),
      'info the witness signs again',
    ]);
    expect(site.published()).toEqual({ size: 311, signers: ['wall.example.org/log', 'witness.example'] });
    expect(site.checkpoints.status().witnesses[0]).toMatchObject({ size: 311, fault: null });
  });

  test('with a changed key they sign the checkpoint of the change, and nothing more until they are given the new key', async () => {
    const witness = await site.startWitness();
    await site.restart([witness.address]);
    await site.append(2);
    await site.checkpoints.tick();
    giveOrder(site.dir, { do: 'change-key' });
    await site.restart([witness.address]);
    await site.checkpoints.tick();
    expect(site.published().signers).toContain('witness.example');
    await site.append(2);
    await site.checkpoints.tick();
    expect(site.published().signers).not.toContain('witness.example');
    const [now] = site.checkpoints.status().witnesses;
    expect(now?.fault).toBe('it knows another key of this log: give it the one of /log/key too');
    await witness.away();
    await witness.back();
    // The first try may meet a connection that the restart has closed.
    await until(async () => {
      await site.checkpoints.tick();
      return site.published().signers.includes('witness.example');
    });
  });

  test('after a restart it says itself how far it is', async () => {
    const witness = await site.startWitness();
    await site.restart([witness.address]);
    await site.append(10);
    await site.checkpoints.tick();
    await site.append(10);
    await site.restart([witness.address]);
    await site.checkpoints.tick();
    expect(site.published()).toEqual({ size: 21, signers: ['wall.example.org/log', 'witness.example'] });
  });

  test('does not sign another log under the same name, nor the same size with another root', async () => {
    const witness = await site.startWitness();
    await site.append(5);
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
    await site.append(3);
    await site.checkpoints.tick();
    const later = site.checkpoints.published();
    expect((await post(`old 6\n\n${later.ok ? later.value.note : ''}`)).status).toBe(422);
  });
});
