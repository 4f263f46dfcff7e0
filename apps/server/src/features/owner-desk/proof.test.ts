import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BundleFile } from '@clerestory/protocol';
import { parseVerifierKey } from '@clerestory/tlog';
import { checkBundle, type BundleEntry } from '../../../../verify/src/bundle.ts';
import type { Keys } from '../../../../verify/src/checkpoints.ts';
import { sha256 } from '../../platform/hashing.ts';
import type { Browser } from '../../testing/browser.ts';
import { startOwnerApp, type OwnerApp } from '../../testing/owners.ts';
import { addPrivateCamera, openTerms } from '../../testing/private-camera.ts';
import { temporaryFolder } from '../../testing/folder.ts';
import { until } from '../../testing/server.ts';

const verifier = path.resolve(import.meta.dirname, '../../../../verify/src/main.ts');
const nowhere = { kind: 'rtsp', main: 'rtsp://127.0.0.1:9/main' };
const folder = temporaryFolder();
let site: OwnerApp;
let [rosa, luis]: (Browser & { owner: string })[] = [];
let operator: Browser & { person: string };
let grant = '';
let keyText = '';
let keys: Keys;
let file: BundleFile;

const proof = (who: Browser | undefined, camera: string, query = '') =>
  who!.call('GET', `/owner/cameras/${camera}/proof${query}`);
const entriesIn = (text: string): { faults: string[]; entries: BundleEntry[] } => {
  const entries: BundleEntry[] = [];
  const { faults } = checkBundle(text, keys, (one) => entries.push(one));
  return { faults, entries };
};

beforeAll(async () => {
  site = await startOwnerApp({}, undefined, { checkpointEveryMs: 200 });
  rosa = await site.ownerAs('rosa@example.org', 'Rosa');
  luis = await site.ownerAs('luis@example.org', 'Luis');
  await addPrivateCamera(site, 'rosas-door', nowhere, openTerms, rosa.owner);
  await addPrivateCamera(site, 'luis-door', nowhere, openTerms, luis.owner);
  operator = await site.personAs('operator');
  for (const camera of ['luis-door', 'rosas-door']) {
    const { body } = await operator.call('POST', '/grants', {
      cameras: [{ camera }],
      purpose: { kind: 'standing', purpose: 'fire' },
    });
    grant = body.items[0].grants[0].id as string;
    await operator.call('DELETE', `/grants/${grant}`);
  }
  keyText = (await (await fetch(`${site.app.url}/log/key`)).text()).trim();
  const key = parseVerifierKey(sha256, keyText);
  if (!key) throw new Error('no key');
  keys = { log: [key], witnesses: [] };
  file = await until(async () => {
    const { status, body } = await proof(rosa, 'rosas-door');
    return status === 200 && body.entries === 2 && (body as BundleFile);
  });
}, 60_000);
afterAll(async () => {
  await site.stop();
  folder.remove();
});

test('an owner gets each access to the own camera, proved, and no name of who it was', async () => {
  const { faults, entries } = entriesIn(file.text);
  expect(faults).toEqual([]);
  expect(entries.map(({ entry }) => entry.kind)).toEqual(['grant-given', 'grant-ended']);
  for (const { shown } of entries) {
    expect(shown).toMatchObject({ subject: 'camera:rosas-door', 'detail.grant': grant });
    expect(Object.keys(shown)).not.toContain('actor');
    expect(Object.keys(shown)).not.toContain('rest');
  }
  // It is the access that their page lists.
  const { items } = (await rosa!.call('GET', '/owner/cameras/rosas-door/accesses')).body;
  expect(items).toMatchObject([{ grant, state: 'ended' }]);
  for (const secret of [operator.person, 'luis-door', luis!.owner]) expect(file.text).not.toContain(secret);
  expect(file).toMatchObject({ entries: 2, next: null, name: `clerestory-rosas-door-${file.size}.jsonl` });
  // From the second on, there is only the first.
  const before = await proof(rosa, 'rosas-door', `?cursor=${entries[1]?.entry.sequence}`);
  expect(entriesIn(before.body.text as string).entries.map(({ entry }) => entry.kind)).toEqual([
    'grant-given',
  ]);
});

test('nobody else gets it, and a camera of somebody else looks like none', async () => {
  for (const camera of ['rosas-door', 'no-such-door']) {
    const refused = await proof(luis, camera);
    expect([refused.status, refused.body.code, refused.body.text]).toEqual([404, 'not-found', undefined]);
  }
  const auditor = await site.personAs('auditor');
  for (const who of [operator, auditor, site.administrator])
    expect((await proof(who, 'rosas-door')).status).toBe(401);
  // The control: it is there for who owns it.
  expect((await proof(luis, 'luis-door')).status).toBe(200);
});

test('clerestory-verify accepts the file, and names the entry when a byte of it is another', async () => {
  const run = async (text: string) => {
    const name = path.join(folder.dir, file.name);
    writeFileSync(name, text);
    const args = [verifier, 'bundle', name, '--show', '--key', keyText];
    return promisify(execFile)(process.execPath, args).then(
      ({ stdout }) => ({ code: 0, said: stdout }),
      (error: { code: number; stdout: string; stderr: string }) => ({
        code: error.code,
        said: error.stdout + error.stderr,
      }),
    );
  };
  const good = await run(file.text);
  expect([good.code, good.said]).toEqual([0, expect.stringContaining('All of it holds.')]);
  expect(good.said).toContain('camera:rosas-door');
  const bad = await run(file.text.replace('"purpose\\":\\"fire', '"purpose\\":\\"hire'));
  expect([bad.code, bad.said]).toEqual([1, expect.stringContaining('it is not in the log at that place')]);

  const [head = '', ...lines] = file.text.trimEnd().split('\n');
  const missed: string[] = [];
  let bytes = 0;
  for (const [at, line] of lines.entries())
    for (let n = at; n < line.length; n += 9) {
      const changed = line.slice(0, n) + String.fromCharCode(line.charCodeAt(n) ^ 1) + line.slice(n + 1);
      bytes += 1;
      if (entriesIn([head, ...lines.with(at, changed)].join('\n')).faults.length === 0) missed.push(changed);
    }
  expect(bytes).toBeGreaterThan(200);
  expect(missed).toEqual([]);
});
