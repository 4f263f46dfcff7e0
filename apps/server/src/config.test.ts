import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ConfigError, loadConfig } from './config.ts';
import { temporaryFolder } from './testing/folder.ts';

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => (folder = temporaryFolder()));
afterEach(() => folder.remove());

const faultsOf = (env: Record<string, string>): string[] => {
  try {
    loadConfig(env, folder.dir);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
};

test('all faults are told together, each with what to do', () => {
  const faults = faultsOf({ CLERESTORY_PORT: '99999', CLERESTORY_DEMO: 'maybe', CLERESTORY_PROT: '1' });
  expect(faults).toHaveLength(3);
  expect(faults.join('\n')).toMatch(/CLERESTORY_PORT: .*0 to 65535/);
  expect(faults.join('\n')).toMatch(/CLERESTORY_PROT is not a setting\. Known: .*CLERESTORY_PORT/);
});

test('settings that do not fit together are told beside those that cannot be read, and nothing is told of what was not read', () => {
  const env = { CLERESTORY_PORT: 'x', CLERESTORY_HOST: '0.0.0.0', CLERESTORY_SMTP_HOST: 'mail.example' };
  expect(faultsOf(env).toSorted()).toEqual([
    expect.stringMatching(/^CLERESTORY_HOST: 0\.0\.0\.0 is reached from the network/),
    expect.stringMatching(/^CLERESTORY_PORT: /),
    expect.stringMatching(/^CLERESTORY_SMTP_FROM: /),
  ]);
  expect(faultsOf({ ...env, CLERESTORY_SMTP_PORT: 'x', CLERESTORY_TRUST_PROXY: '?' })).toEqual([
    expect.stringMatching(/^CLERESTORY_PORT: /),
    expect.stringMatching(/^CLERESTORY_TRUST_PROXY: /),
    expect.stringMatching(/^CLERESTORY_SMTP_PORT: /),
  ]);
});

test.each([
  [{ CLERESTORY_PORT: ' ' }, /PORT: give a port number from 0 to 65535/],
  [{ CLERESTORY_PORT: '80.5' }, /PORT: give a port number from 0 to 65535/],
  [{ CLERESTORY_PORT: '1e3' }, /PORT: give a port number from 0 to 65535/],
  [{ CLERESTORY_MEDIA_PORT: '-1' }, /MEDIA_PORT: give a port number from 0 to 65535/],
  [{ CLERESTORY_WARM_S: ' ' }, /WARM_S: give seconds from 0 to 3600/],
  [{ CLERESTORY_WARM_S: '4000' }, /WARM_S: give seconds from 0 to 3600/],
  [{ CLERESTORY_DEMO: 'yes' }, /DEMO: give 1 for yes or 0 for no/],
  [{ CLERESTORY_DATA: ' ' }, /DATA: give a folder/],
  [{ CLERESTORY_FFMPEG: ' ' }, /FFMPEG: give the path of the program/],
  [{ CLERESTORY_ORIGINS: 'wall.example.org' }, /ORIGINS: give origins such as https/],
  [{ CLERESTORY_LOG_LEVEL: 'loud' }, /LOG_LEVEL: use one of fatal, error, warn, info, debug, trace, silent$/],
])('%j says what to give', (env, words) => {
  expect(faultsOf(env)).toEqual([expect.stringMatching(words)]);
});

test.each([
  ['port', 80.5],
  ['port', null],
  ['warm_s', -1],
  ['demo', 'yes'],
  ['host', 7],
])('%s = %j in the file says what to give', (key, value) => {
  writeFileSync(path.join(folder.dir, 'clerestory.config.json'), JSON.stringify({ [key]: value }));
  expect(faultsOf({})).toEqual([expect.stringMatching(new RegExp(`^CLERESTORY_${key.toUpperCase()}: give`))]);
});

test('a name in the file that is no setting is named, with those that there are', () => {
  writeFileSync(path.join(folder.dir, 'clerestory.config.json'), JSON.stringify({ prot: 8080, port: 'x' }));
  expect(faultsOf({})).toEqual([
    expect.stringMatching(/^"prot" in the file is not a setting\. Known: host, port, /),
    expect.stringMatching(/^CLERESTORY_PORT: give/),
  ]);
});

test('spaces around a number do no harm, and half seconds are seconds', () => {
  expect(loadConfig({ CLERESTORY_PORT: ' 8080 ', CLERESTORY_WARM_S: '0.5' }, folder.dir)).toMatchObject({
    port: 8080,
    warmMs: 500,
  });
});

test('what only the tests read is no fault', () => {
  expect(faultsOf({ CLERESTORY_CHROMIUM: '/usr/bin/chromium' })).toEqual([]);
});

test('a relative data folder is one below the folder of the start', () => {
  expect(loadConfig({ CLERESTORY_DATA: 'a/../b' }, folder.dir).dataDir).toBe(path.join(folder.dir, 'b'));
});

test.each(['::1', 'wall.example.org', '300.1.1.1'])('%j is no address to listen on', (host) => {
  expect(faultsOf({ CLERESTORY_HOST: host })).toEqual([
    expect.stringMatching(/^CLERESTORY_HOST: ".*" is no address to listen on\. Give 127\.0\.0\.1/),
  ]);
});

describe('beyond loopback', () => {
  const tls = { CLERESTORY_TLS_CERT: 'cert.pem', CLERESTORY_TLS_KEY: 'key.pem' };
  const origins = { CLERESTORY_ORIGINS: 'https://wall.example.org' };
  const proxy = { CLERESTORY_TRUST_PROXY: '10.0.0.1, fd00::/8' };

  test.each(['0.0.0.0', '::', '192.0.2.7'])('%s in the clear is refused, with both ways out', (host) => {
    const [fault, ...more] = faultsOf({ CLERESTORY_HOST: host });
    expect(more).toEqual([]);
    for (const words of [host, 'in the clear', 'CLERESTORY_TLS_CERT', 'CLERESTORY_TRUST_PROXY', 'network.md'])
      expect(fault).toContain(words);
  });

  test.each<[Record<string, string>, RegExp]>([
    [{ CLERESTORY_HOST: '192.0.2.7', CLERESTORY_TLS_CERT: 'c' }, /^CLERESTORY_TLS_KEY: give the key/],
    [{ CLERESTORY_TLS_KEY: 'k' }, /^CLERESTORY_TLS_CERT: give the certificate/],
    [{ CLERESTORY_HOST: '0.0.0.0', ...tls }, /^CLERESTORY_ORIGINS: name the address that people type/],
    [{ CLERESTORY_HOST: '192.0.2.7', ...proxy }, /^CLERESTORY_ORIGINS: name the address that people type/],
    [{ ...proxy, CLERESTORY_ORIGINS: 'http://wall.example.org' }, /^CLERESTORY_ORIGINS: .* in the clear/],
    [origins, /^CLERESTORY_TRUST_PROXY: .* name its address/],
    [{ ...origins, CLERESTORY_TRUST_PROXY: 'proxy.example.org' }, /^CLERESTORY_TRUST_PROXY: give addresses/],
    [{ ...origins, CLERESTORY_TRUST_PROXY: '10.0.0.1/33' }, /^CLERESTORY_TRUST_PROXY: give addresses/],
    [{ ...proxy, CLERESTORY_ORIGINS: 'https://wall.example.org/wall' }, /^CLERESTORY_ORIGINS: give origins/],
  ])('%j says what is missing', (env, words) => {
    expect(faultsOf(env).join('\n')).toMatch(words);
  });

  test.each<[string, Record<string, string>, object]>([
    ['TLS on one address', { CLERESTORY_HOST: '192.0.2.7', ...tls }, { onlyProxied: false, origins: [] }],
    ['TLS on all of them', { CLERESTORY_HOST: '0.0.0.0', ...tls, ...origins }, { onlyProxied: false }],
    [
      'a proxy elsewhere',
      { CLERESTORY_HOST: '10.0.0.2', ...proxy, ...origins },
      { onlyProxied: true, tls: null },
    ],
    ['a proxy here', { ...proxy, ...origins }, { onlyProxied: false, trustProxy: ['10.0.0.1', 'fd00::/8'] }],
  ])('%s is enough', (_what, env, expected) => {
    expect(faultsOf(env)).toEqual([]);
    expect(loadConfig(env, folder.dir)).toMatchObject(expected);
  });
});

describe('mail for owners', () => {
  const here = { CLERESTORY_SMTP_HOST: '127.0.0.1', CLERESTORY_SMTP_FROM: 'wall@example.org' };
  const elsewhere = { ...here, CLERESTORY_SMTP_HOST: 'smtp.example.org' };

  test.each<[Record<string, string>, RegExp]>([
    [{ CLERESTORY_SMTP_HOST: 'smtp.example.org' }, /^CLERESTORY_SMTP_FROM: give the address/],
    [
      { CLERESTORY_SMTP_FROM: 'wall@example.org' },
      /^CLERESTORY_SMTP_HOST: name the mail server that .*_FROM/,
    ],
    [{ CLERESTORY_SMTP_PORT: '25' }, /^CLERESTORY_SMTP_HOST: name the mail server that CLERESTORY_SMTP_PORT/],
    [{ ...here, CLERESTORY_SMTP_USER: 'wall' }, /^CLERESTORY_SMTP_PASSWORD: give the password/],
    [{ ...here, CLERESTORY_SMTP_PASSWORD: 'p' }, /^CLERESTORY_SMTP_USER: give the name/],
    [{ ...here, CLERESTORY_SMTP_PORT: '0' }, /^CLERESTORY_SMTP_PORT: give the port .*1 to 65535/],
    [{ ...here, CLERESTORY_SMTP_PORT: 'smtp' }, /^CLERESTORY_SMTP_PORT: give a port number/],
    [{ ...here, CLERESTORY_SMTP_SECURITY: 'ssl' }, /^CLERESTORY_SMTP_SECURITY: use starttls, tls or none/],
    [{ ...here, CLERESTORY_SMTP_FROM: 'the wall' }, /^CLERESTORY_SMTP_FROM: give an address, such as/],
    [{ ...here, CLERESTORY_SMTP_FROM: 'a@b\r\nBcc: c@d' }, /^CLERESTORY_SMTP_FROM: give an address/],
    [
      { ...elsewhere, CLERESTORY_SMTP_SECURITY: 'none' },
      /^CLERESTORY_SMTP_SECURITY: .* in the clear to smtp/,
    ],
  ])('%j says what to give', (env, words) => {
    expect(faultsOf(env)).toEqual([expect.stringMatching(words)]);
  });

  test('a password is in no fault', () => {
    const env = { CLERESTORY_SMTP_PASSWORD: 'herons over the harbour', CLERESTORY_SMTP_USER: 'wall' };
    const faults = faultsOf(env);
    expect(faults).toHaveLength(1);
    expect(faults[0]).not.toContain('herons');
  });

  test.each([
    ['starttls', 587],
    ['tls', 465],
    ['none', 25],
  ])('%s goes to port %d, unless another is given', (security, port) => {
    const env = { ...here, CLERESTORY_SMTP_SECURITY: security };
    expect(loadConfig(env, folder.dir).mail).toMatchObject({ security, port });
    const other = { ...env, CLERESTORY_SMTP_PORT: '2525' };
    expect(loadConfig(other, folder.dir).mail).toMatchObject({ security, port: 2525 });
  });

  test('encrypted unless asked otherwise, with the login that was given; without a host there is none', () => {
    const login = { CLERESTORY_SMTP_USER: 'wall', CLERESTORY_SMTP_PASSWORD: 'secret' };
    const from = 'Clerestory <wall@example.org>';
    expect(loadConfig({ ...elsewhere, ...login, CLERESTORY_SMTP_FROM: from }, folder.dir).mail).toEqual({
      ...{ host: 'smtp.example.org', port: 587, security: 'starttls' },
      ...{ user: 'wall', password: 'secret', from },
    });
    expect(loadConfig({}, folder.dir).mail).toBeNull();
  });
});

test('a named file that is missing, or is not JSON, is a fault', () => {
  expect(faultsOf({ CLERESTORY_CONFIG: 'nowhere.json' })).toEqual([
    expect.stringContaining('there is no file'),
  ]);
  writeFileSync(path.join(folder.dir, 'bad.json'), '{');
  expect(faultsOf({ CLERESTORY_CONFIG: 'bad.json' })).toEqual([expect.stringContaining('Correct the JSON')]);
});

test('defaults, then the file, then the environment', () => {
  expect(loadConfig({}, folder.dir)).toMatchObject({
    host: '127.0.0.1',
    port: 8080,
    dataDir: path.join(folder.dir, 'data'),
    demo: true,
    mediaPort: null,
  });
  writeFileSync(path.join(folder.dir, 'clerestory.config.json'), JSON.stringify({ port: 1234, demo: false }));
  expect(loadConfig({}, folder.dir)).toMatchObject({ port: 1234, demo: false });
  expect(loadConfig({ CLERESTORY_PORT: '0', CLERESTORY_DEMO: '1' }, folder.dir)).toMatchObject({
    port: 0,
    demo: true,
  });
});
