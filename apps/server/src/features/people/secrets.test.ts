import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Writable } from 'node:stream';
import { generateSync } from 'otplib';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { startApp } from '../../app.ts';
import { loadConfig } from '../../config.ts';
import { Browser, goodPassword } from '../../testing/browser.ts';
import { temporaryFolder } from '../../testing/folder.ts';
import { assured } from '../../../../../tools/harness/assured.ts';

/** A6: what a person knows or a browser holds is in no log and no answer, and in the store only as a hash. */
test('no password, PIN, token, code or secret in the log, in answers, or readable in the store', async () => {
  const folder = temporaryFolder();
  let logged = '';
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      logged += chunk.toString();
      done();
    },
  });
  const config = loadConfig(
    { CLERESTORY_PORT: '0', CLERESTORY_DATA: folder.dir, CLERESTORY_DEMO: '0' },
    folder.dir,
  );
  const app = await startApp(config, pino({ level: 'trace' }, stream));
  const browser = new Browser(app.url);
  let answered = '';
  const call = async (method: string, address: string, body?: unknown) => {
    const answer = await browser.call(method, address, body);
    answered += JSON.stringify(answer.body);
    return answer;
  };
  const setUpToken = (await app.welcome()).setUpToken ?? '';
  const clientSecret = 'the secret of the two of us';
  await call('POST', '/set-up', { token: setUpToken, login: 'ada', name: 'Ada', password: goodPassword });
  await call('PUT', '/me/pin', { pin: '402917' });
  const olga = (await call('POST', '/people', { login: 'olga', name: 'Olga' })).body;
  // Shown once, so that it is in its own answer; everywhere else it must not be.
  const link =
    new URL((await browser.call('POST', `/people/${olga.id}/link`)).body.url).hash.split('=')[1] ?? '';
  const { secret } = (await browser.call('POST', '/me/totp')).body;
  const code = generateSync({ secret });
  const { recoveryCodes } = (await browser.call('POST', '/me/totp/confirm', { code })).body;
  const provider = { name: 'P', issuer: 'http://127.0.0.1:9', clientId: 'c', clientSecret };
  const { id } = (await call('POST', '/identity-providers', provider)).body;
  await call('POST', '/session/provider', { provider: id });
  await call('GET', `/session/provider/return?state=planted-state&code=planted-code`);
  for (const address of [
    '/session',
    '/me/sessions',
    '/me/authenticators',
    '/people',
    `/people/${olga.id}`,
    '/people-policy',
  ])
    await call('GET', address);
  await call('GET', '/identity-providers');
  await call('POST', '/session', { login: goodPassword, password: 'wrong on purpose, and long' });
  await app.close();

  const tokens = [...browser.cookies.values(), setUpToken, link];
  const known = [goodPassword, 'wrong on purpose', '402917', ...recoveryCodes];
  const secrets = [secret, clientSecret, 'planted-code', 'planted-state'];
  const stored = readdirSync(folder.dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(path.join(entry.parentPath, entry.name)).toString('latin1'))
    .join('');
  expect(tokens.length).toBeGreaterThanOrEqual(4);
  expect(logged).toContain('/api/v1/set-up');
  for (const planted of [...tokens, ...known, ...secrets]) {
    expect(planted.length).toBeGreaterThan(5);
    expect(logged, `logged: ${planted}`).not.toContain(planted);
    expect(answered, `answered: ${planted}`).not.toContain(planted);
  }
  for (const planted of [...tokens, ...known, ...recoveryCodes.map((one: string) => one.replaceAll('-', ''))])
    expect(stored, `stored: ${planted}`).not.toContain(planted);
  // Control: the search finds what is there.
  expect(stored).toContain(secret);
  expect(answered).toContain(olga.id);
  assured({
    ...{ row: 'A6', trials: tokens.length + known.length + secrets.length },
    claim:
      'no password, PIN, token, code or secret of a person is in a log line or an answer, nor readable in the store',
    control: 'the same search finds the one secret that the store has to keep',
  });
  folder.remove();
});
