import { spawn, type ChildProcess } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { formatVerifierKey, verifierKey } from '@clerestory/tlog';
import { sha256 } from './witness.ts';

const dir = mkdtempSync(path.join(tmpdir(), 'clerestory-witness-'));
const started: ChildProcess[] = [];
afterAll(() => {
  for (const one of started) one.kill('SIGKILL');
  rmSync(dir, { recursive: true });
});

const spki = generateKeyPairSync('ed25519').publicKey.export({ format: 'der', type: 'spki' });
const log = formatVerifierKey(verifierKey(sha256, 'a.example/log', 1, Uint8Array.from(spki.subarray(-32))));

/** Starts a witness with its memory in `data`. @returns how it goes on: ready, or its last words */
async function start(data: string, more: string[] = []): Promise<{ child: ChildProcess; said: string }> {
  const main = path.resolve(import.meta.dirname, 'main.ts');
  const args = ['--name', 'witness.example', '--log', log, '--port', '0', '--data', data];
  const child = spawn(process.execPath, [main, ...args, ...more], { stdio: ['ignore', 'pipe', 'pipe'] });
  started.push(child);
  let said = '';
  const ready = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        if (said.includes('Its key')) resolve();
      });
  });
  await Promise.race([ready, once(child, 'close')]);
  return { child, said };
}

test('two witnesses never share one memory, by whatever name; a killed one lets go of it', async () => {
  const [data, alias] = [path.join(dir, 'memory'), path.join(dir, 'alias')];
  mkdirSync(data);
  symlinkSync(data, alias);
  const first = await start(data);
  expect(first.said).toContain('Witness at http://127.0.0.1:');
  expect((await start(alias)).said).toMatch(/Another witness works in .*Stop it, or give this one a folder/);
  expect((await start(path.join(dir, 'other'))).said).toContain('Witness at');
  first.child.kill('SIGKILL');
  await once(first.child, 'close');
  expect((await start(alias)).said).toContain('Witness at');
});

test('what it cannot work with is told in one line', async () => {
  const data = path.join(dir, 'bad');
  mkdirSync(data);
  writeFileSync(path.join(data, 'witness.key'), 'no key', { mode: 0o600 });
  for (const [more, words] of [
    [['--port', 'abc'], /^--port abc is no port: .*\n$/],
    [['--name', 'w example'], /^"w example" cannot be a name: .*\n$/],
    [['--colour', 'red'], /^Unknown option '--colour'.* Known: --name, .*\n$/],
    [[], /witness\.key holds no key\. .*\n$/],
  ] as const)
    expect((await start(data, [...more])).said).toMatch(words);
});
