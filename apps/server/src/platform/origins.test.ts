import { expect, it } from 'vitest';
import { hostAllowed, originAllowed, originsOf } from './origins.ts';

const list = originsOf({ scheme: 'http', host: '127.0.0.1', port: () => 8080 }, [
  'https://wall.example.org',
]).list();

it('lists its own pages and what the settings add', () => {
  expect(list).toEqual(['http://127.0.0.1:8080', 'http://localhost:8080', 'https://wall.example.org']);
});

it.each([
  [undefined, true],
  ['http://127.0.0.1:8080', true],
  ['http://localhost:8080', true],
  ['https://wall.example.org', true],
  ['http://localhost:9999', false],
  ['http://127.0.0.1', false],
  ['http://wall.example.org', false],
  ['https://wall.example.org:8443', false],
  ['https://x.wall.example.org', false],
  ['http://127.0.0.1.evil.example:8080', false],
  ['null', false],
  ['file://127.0.0.1', false],
  ['', false],
])('Origin %s: %s', (origin, verdict) => {
  expect(originAllowed(list, origin)).toBe(verdict);
});

it.each([
  ['127.0.0.1:8080', true, true],
  ['localhost:8080', true, true],
  ['LOCALHOST:8080', true, true],
  ['wall.example.org', true, true],
  ['127.0.0.1:8081', false, true],
  ['localhost', false, true],
  ['wall.example.org:8081', false, true],
  ['evil.example:8080', false, false],
  ['10.1.2.3:8080', false, false],
  ['127.0.0.1.evil.example', false, false],
  ['localhost@evil.example', false, false],
  ['evil.example/127.0.0.1', false, false],
  ['a b', false, false],
  ['', false, false],
  [undefined, false, false],
])('Host %s: %s at its own port, %s at any', (host, exact, atAnyPort) => {
  expect([hostAllowed(list, host), hostAllowed(list, host, true)]).toEqual([exact, atAnyPort]);
});
