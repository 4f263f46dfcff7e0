import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseVerifierKey } from '@clerestory/tlog';
import { checkBundle } from '../../verify/src/bundle.ts';
import { opened } from '../../verify/src/checkpoints.ts';
import { sha256 } from '../../verify/src/crypto.ts';
import { checkLog } from '../../verify/src/log.ts';
import { openSource } from '../../verify/src/source.ts';
import { checkWholeLog } from '../../verify/src/whole-log.ts';
import { startGuardedApp, type GuardedApp } from './testing/access.ts';
import { Browser } from './testing/browser.ts';
import { until } from './testing/server.ts';

let site: GuardedApp;
beforeAll(async () => {
  site = await startGuardedApp();
  await until(async () => (await get('/log/checkpoint')).ok);
});
afterAll(() => site.stop());

const get = (address: string, method = 'GET') => fetch(site.app.url + address, { method });

describe('the log for everybody (C2SP tlog-tiles)', () => {
  test('nobody signed in needs to, and what changes is not kept for long', async () => {
    const checkpoint = await get('/log/checkpoint');
    expect([checkpoint.status, checkpoint.headers.get('content-type')]).toEqual([
      200,
      'text/plain; charset=utf-8',
    ]);
    expect(checkpoint.headers.get('cache-control')).toBe('public, max-age=5');
    const size = Number((await checkpoint.text()).split('\n')[1]);
    expect(size).toBeGreaterThan(0);
    const tile = await get(`/log/tile/0/000.p/${size}`);
    expect([tile.status, (await tile.arrayBuffer()).byteLength]).toEqual([200, 32 * size]);
    expect(tile.headers.get('content-type')).toBe('application/octet-stream');
    // Of an earlier checkpoint it is as true as ever; of one to come it is not there.
    expect((await get('/log/tile/0/000.p/1')).status).toBe(200);
    for (const no of [
      `/log/tile/0/000.p/${size + 1}`,
      '/log/tile/0/000',
      '/log/tile/1/000.p/1',
      '/log/tile/0/0',
      '/log/tile/entries/001.p/1',
      '/log/tile/../../key',
      '/log/tile/0/000.p/0',
    ])
      expect((await get(no)).status, no).toBe(404);
    for (const address of ['/log/checkpoint', '/log/key', `/log/tile/0/000.p/${size}`])
      expect((await get(address, 'POST')).status, address).toBe(405);
  });

  test('it names nobody', async () => {
    const size = Number((await (await get('/log/checkpoint')).text()).split('\n')[1]);
    const bytes = await (await get(`/log/tile/entries/000.p/${size}`)).arrayBuffer();
    // Without the commitments, which are hashes and say whatever chance lets them say.
    const bundle = Buffer.from(bytes)
      .toString('latin1')
      .replaceAll(/"[\w+/]{43}="/g, '');
    expect(bundle).toContain('"kind":"log-begun"');
    expect(bundle).toContain('"kind":"right-added"');
    expect(bundle).not.toMatch(/ada|127\.0\.0\.1|person:|[0-9a-f]{8}-[0-9a-f]{4}-/i);
  });

  test('the verifier, with nothing but the address and the key, finds it in order', async () => {
    const key = parseVerifierKey(sha256, (await (await get('/log/key')).text()).trim());
    if (!key) throw new Error('no key');
    const keys = { log: [key], witnesses: [] };
    const source = openSource(`${site.app.url}/log`);
    const end = opened(Buffer.from(await source.read('checkpoint')).toString('utf8'), keys);
    if (!end.ok) throw new Error(end.fault);
    const kept = opened(
      readFileSync(path.join(site.dir, 'witness', key.name.replaceAll(/[^\w.-]+/g, '-'), 'latest'), 'utf8'),
      keys,
    );
    if (!kept.ok) throw new Error(kept.fault);
    const kinds: string[] = [];
    const { faults } = await checkWholeLog({
      source,
      end: end.value,
      kept: [kept.value],
      each: ({ kind }) => kinds.push(kind),
    });
    expect(faults).toEqual([]);
    expect(kinds.length).toBe(end.value.checkpoint.size);
    // The same with every file of the witness folder, and with the keys that the log itself has named.
    const all = await checkLog({ source, keys, keptFolder: path.join(site.dir, 'witness') });
    expect([all.faults, all.unchecked]).toEqual([[], []]);
  });

  test('how it is doing is for those who oversee', async () => {
    const { body } = await site.administrator.call('GET', '/log');
    expect(body).toMatchObject({
      ...{ halted: null, folderFault: null, witnesses: [], checkpoint: { size: expect.any(Number) } },
    });
  });
});

test('a log that has stopped says so to what watches the server, and to tools in text', async () => {
  const before = await startGuardedApp();
  await before.personAs('auditor', 'aud');
  const figures = async ({ app }: GuardedApp) => (await fetch(`${app.url}/metrics`)).text();
  expect(await figures(before)).toMatch(/^clerestory_log_stopped 0$/m);
  expect(await figures(before)).toMatch(/^clerestory_log_checkpoint_size [1-9]\d*$/m);
  await before.app.close();
  rmSync(path.join(before.dir, 'log.key'));
  const after = await startGuardedApp({}, before.dir);
  try {
    expect(await figures(after)).toMatch(/^clerestory_log_stopped 1$/m);
    expect(await figures(after)).toMatch(/^clerestory_log_witness_folder_faulty 0$/m);
    const answer = await fetch(`${after.app.url}/log/checkpoint`);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([503, 'text/plain; charset=utf-8']);
    // Strangers are told that it has stopped; why names places on this machine.
    const told = await answer.text();
    expect(told).toMatch(/The log has stopped signing/);
    expect(told).not.toMatch(/log\.key/);
    // Reading is not signing: the auditor's file is proved against the last checkpoint, and says why there is none since.
    const auditor = new Browser(after.app.url);
    await auditor.signIn('aud');
    const { status, body } = await auditor.call('GET', '/audit/export');
    expect([status, body.halted]).toEqual([200, expect.stringMatching(/Put log.key back/)]);
    expect(body.entries).toBe(body.size);
    const key = parseVerifierKey(sha256, (await (await fetch(`${after.app.url}/log/key`)).text()).trim());
    const keys = { log: key ? [key] : [], witnesses: [] };
    const { faults, unchecked } = checkBundle(body.text as string, keys);
    expect([faults, unchecked]).toEqual([
      [],
      [expect.stringMatching(/not signed any more .* Put log.key back/)],
    ]);
    const source = openSource(`${after.app.url}/log`);
    await expect(checkLog({ source, keys })).rejects.toThrow(/answers 503: .*The log has stopped signing/);
  } finally {
    await after.app.close();
    rmSync(before.dir, { recursive: true, force: true });
  }
});
