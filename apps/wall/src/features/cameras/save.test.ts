import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { problem } from '@clerestory/protocol';
import {
  createCamera,
  emptyForm,
  faultsOf,
  formOf,
  removeCamera,
  updateCamera,
  type CameraForm,
} from './save.ts';

const form: CameraForm = { ...emptyForm, name: 'Quay', main: ' rtsp://10.0.0.5/a ', password: 'p@ss: /#%' };
const camera = {
  id: 'quay',
  number: 4,
  name: 'Quay',
  place: '',
  neighbourhood: '',
  latitude: null,
  longitude: null,
  keep: 'on-demand' as const,
  tags: [],
  source: { kind: 'rtsp' as const, hasSub: false, hasLogin: true },
  heading: null,
  viewAngle: null,
  placeKind: 'street' as const,
  visibility: 'public' as const,
  tier: 'integrated' as const,
  owner: null,
  revision: 7,
  createdAt: 0,
  updatedAt: 0,
};

let server: Server;
let requests: { method: string; url: string; headers: IncomingMessage['headers']; body: unknown }[];
let reply: { status: number; body: string };

beforeEach(async () => {
  requests = [];
  reply = { status: 201, body: JSON.stringify(camera) };
  server = createServer((request, response) => {
    let text = '';
    request.on('data', (part) => (text += part));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      requests.push({ method, url, headers, body: text === '' ? null : JSON.parse(text) });
      response.writeHead(reply.status, { 'Content-Type': 'application/json' }).end(reply.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const real = globalThis.fetch;
  // A page's fetch takes paths; outside of a page they need the origin.
  vi.stubGlobal('fetch', (path: string, init: RequestInit) => real(origin + path, init));
});
afterEach(() => {
  vi.unstubAllGlobals();
  server.closeAllConnections();
  server.close();
});

describe('a form that cannot be saved', () => {
  test('is not sent, and every fault is at its field', async () => {
    const answer = await createCamera({ ...emptyForm, number: 'x', main: 'http://a' }, 'key-12345');
    expect(answer.ok).toBe(false);
    const faults = faultsOf(answer.ok ? [] : (answer.problem.errors ?? []));
    expect(Object.keys(faults.fields).sort()).toEqual(['main', 'name', 'number']);
    expect(faults.rest).toEqual([]);
    expect(requests).toEqual([]);
  });
  test.each([
    ['number', '0', /whole number from 1 to 99999/],
    ['number', '4.5', /whole number from 1 to 99999/],
    ['number', '100000', /whole number from 1 to 99999/],
    ['name', 'Qu\u202eay', /invisible signs/],
    ['name', '\u200d', /nothing in it can be seen/],
    ['place', 'Quay\u0007', /control characters/],
    ['neighbourhood', 'x'.repeat(61), /at most 60/],
    ['latitude', '91', /−90 to 90/],
    ['latitude', '52,37', /such as 52.52/],
    ['longitude', '-180.5', /−180 to 180/],
  ] as const)('says at %s %j what to do', async (field, typed, words) => {
    const answer = await createCamera({ ...form, [field]: typed }, 'key-12345');
    const faults = faultsOf(answer.ok ? [] : (answer.problem.errors ?? []));
    expect(faults.fields[field]).toMatch(words);
    expect(requests).toEqual([]);
  });
  test('asks for the second coordinate', async () => {
    const answer = await updateCamera(camera, { ...form, latitude: '52.37' }, false, 'key-12345');
    const faults = faultsOf(answer.ok ? [] : (answer.problem.errors ?? []));
    expect(faults.fields).toEqual({ longitude: expect.stringContaining('both coordinates') });
  });
  test('shows the problem details of the server', async () => {
    const refusal = problem('exists', 'taken', { errors: [{ pointer: '/number', message: 'taken' }] });
    reply = { status: 409, body: JSON.stringify(refusal) };
    const answer = await createCamera(form, 'key-12345');
    expect(answer).toEqual({ ok: false, problem: refusal });
    expect(faultsOf(refusal.errors ?? []).fields).toEqual({ number: 'taken' });
  });
  test('keeps faults that belong to no field', () => {
    expect(faultsOf([{ pointer: '/tags', message: 'odd' }])).toEqual({ fields: {}, rest: ['odd'] });
  });
  test('says so when the answer is no JSON, or of another shape', async () => {
    for (const body of ['<html>', '{"id":1}']) {
      reply = { status: 201, body };
      expect(await createCamera(form, 'key-12345')).toMatchObject({ problem: { code: 'bad-gateway' } });
    }
  });
  test('says so when the server is not there', async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    expect(await createCamera(form, 'key-12345')).toMatchObject({ problem: { code: 'unavailable' } });
  });
});

describe('saving', () => {
  test('creates with the key of the form, and leaves out what was not given', async () => {
    expect(await createCamera(form, 'key-12345')).toEqual({ ok: true, value: camera });
    expect(requests).toMatchObject([{ method: 'POST', url: '/api/v1/cameras' }]);
    expect(requests[0]?.headers['idempotency-key']).toBe('key-12345');
    expect(requests[0]?.body).toMatchObject({
      name: 'Quay',
      source: { kind: 'rtsp', main: 'rtsp://10.0.0.5/a', transport: 'auto', password: 'p@ss: /#%' },
    });
    expect(requests[0]?.body).not.toHaveProperty('number');
    expect(requests[0]?.body).not.toHaveProperty('source.sub');
  });
  test('changes for the revision that was looked at, without the source unless it was given anew', async () => {
    await updateCamera(camera, { ...form, name: 'Pier' }, false, 'key-12345');
    expect(requests[0]).toMatchObject({
      method: 'PATCH',
      url: '/api/v1/cameras/quay',
      body: { name: 'Pier' },
    });
    expect(requests[0]?.headers['if-match']).toBe('"7"');
    expect(requests[0]?.body).not.toHaveProperty('source');
    await updateCamera(camera, form, true, 'key-12346');
    expect(requests[1]?.body).toHaveProperty('source.main', 'rtsp://10.0.0.5/a');
  });
  test('keeps the coordinates there are, sends new ones as numbers, and takes them away', async () => {
    const placed = { ...camera, latitude: 52.5, longitude: -4 };
    await updateCamera(placed, formOf(placed), false, 'key-12345');
    await updateCamera(placed, { ...form, latitude: ' 1.25', longitude: '-0.5' }, false, 'key-12346');
    await updateCamera(placed, form, false, 'key-12347');
    expect(requests.map(({ body }) => body)).toMatchObject([
      { latitude: 52.5, longitude: -4 },
      { latitude: 1.25, longitude: -0.5 },
      { latitude: null, longitude: null },
    ]);
  });
  test('removes', async () => {
    reply = { status: 204, body: '' };
    expect(await removeCamera('quay')).toEqual({ ok: true, value: null });
  });
});
