import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apiBase, Problem, routes, type RestRoute } from '@clerestory/protocol';
import { startTeamApp, type TeamApp } from './testing/access.ts';

let server: TeamApp;
beforeAll(async () => {
  server = await startTeamApp();
});
afterAll(() => server.stop());

const ask = async (method: string, address: string, accept = 'text/html,*/*;q=0.8') => {
  const response = await fetch(server.app.url + address, { method, headers: { accept } });
  const type = response.headers.get('content-type') ?? '';
  return { status: response.status, allow: response.headers.get('allow'), type, text: await response.text() };
};

describe('below /api a refusal is a problem (RFC 9457)', () => {
  test.each([
    ['GET', '/api', 404],
    ['GET', '/api/', 404],
    ['GET', '/api/v1', 404],
    ['GET', '/api/v2/cameras', 404],
    ['GET', '/api/v1/cameras.json', 404],
    ['POST', '/api/v1/nothing', 404],
    ['DELETE', '/api/v1/openapi.json', 405],
    ['GET', '/api/v1/cameras/%E0%A4%A', 400],
  ])('%s %s → %i', async (method, address, status) => {
    const answer = await ask(method, address);
    expect(answer.status).toBe(status);
    expect(answer.type).toContain('application/problem+json');
    expect(Problem.parse(JSON.parse(answer.text)).detail.length).toBeGreaterThan(10);
  });

  const paths = [...new Set((Object.values(routes) as RestRoute[]).map(({ path }) => path))];
  test.each(paths)('%s says which methods it takes', async (path) => {
    const rows = (Object.values(routes) as RestRoute[]).filter((row) => row.path === path);
    const methods = rows.flatMap(({ method }) =>
      method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()],
    );
    const other = ['PUT', 'PATCH', 'DELETE', 'POST'].find((method) => !methods.includes(method)) ?? 'OPTIONS';
    const answer = await ask(other, apiBase + path.replaceAll(/\{\w+\}/g, '1'));
    expect(answer).toMatchObject({ status: 405, allow: methods.join(', ') });
    expect(Problem.parse(JSON.parse(answer.text)).code).toBe('method-not-allowed');
  });
});

describe('elsewhere it is a small page, and text for what is no browser', () => {
  test.each([
    ['GET', '/favicon.txt', 404],
    ['GET', '/assets/index-00000000.js', 404],
    ['GET', '/..%2f..%2fpackage.json', 404],
    ['POST', '/nowhere', 404],
    ['GET', '/screen/%E0%A4%A', 400],
  ])('%s %s → %i', async (method, address, status) => {
    const answer = await ask(method, address);
    expect(answer.status).toBe(status);
    expect(answer.type).toContain('text/html');
    expect(answer.text).toMatch(/<h1>.+<\/h1><p>.+<\/p>/);
    expect(answer.text).not.toMatch(/Cannot |Error/);
    const plain = await ask(method, address, '*/*');
    expect(plain).toMatchObject({ status, type: 'text/plain; charset=utf-8' });
    expect(plain.text).toMatch(/^[^<>]+\. [^<>]+\n$/);
  });

  test.each(['/', '/screen/left', '/healthz', '/readyz', '/metrics'])('%s is only read', async (address) => {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS'])
      expect(await ask(method, address)).toMatchObject({ status: 405, allow: 'GET, HEAD' });
    expect((await ask('HEAD', address)).status).toBe((await ask('GET', address)).status);
  });

  test('an address without a dot that is no page gets the app, which says so, with 404', async () => {
    expect(await ask('GET', '/wall')).toMatchObject({
      status: 404,
      type: expect.stringContaining('text/html'),
    });
  });
});

describe('what is hardly a request', () => {
  const send = async (bytes: string): Promise<string> => {
    const socket = connect(server.app.port, '127.0.0.1');
    socket.end(bytes);
    return text(socket);
  };

  test('an address of 50 KB, and headers of as much', async () => {
    const long = 'x'.repeat(50_000);
    for (const request of [
      `GET /api/v1/cameras?q=${long} HTTP/1.1\r\n\r\n`,
      `GET / HTTP/1.1\r\nx-a: ${long}\r\n\r\n`,
    ]) {
      const [head = '', body = ''] = (await send(request)).split('\r\n\r\n');
      expect(head).toMatch(/^HTTP\/1\.1 431 /);
      expect(head).toContain('application/problem+json');
      expect(Problem.parse(JSON.parse(body)).status).toBe(431);
    }
  });

  test('another language, and nothing at all', async () => {
    const answer = await send('\x16\x03\x01 hello\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(Problem.parse(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).code).toBe('invalid-request');
    expect(await send('')).toBe('');
    expect((await ask('GET', '/healthz')).status).toBe(200);
  });
});
