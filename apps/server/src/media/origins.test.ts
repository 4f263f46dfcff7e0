import { describe, expect, it } from 'vitest';
import { hostAllowed, originAllowed } from './origins.ts';

describe('same-host', () => {
  it.each([
    [undefined, '127.0.0.1:8081', true],
    ['http://127.0.0.1:8080', '127.0.0.1:8081', true],
    ['http://localhost:8080', '127.0.0.1:8081', true],
    ['http://[::1]:8080', 'localhost:8081', true],
    ['https://wall.example.org', 'wall.example.org:8081', true],
    ['http://evil.example', '127.0.0.1:8081', false],
    ['http://127.0.0.1.evil.example', '127.0.0.1:8081', false],
    ['http://localhost.evil.example', 'localhost:8081', false],
    ['http://localhost', 'wall.example.org', false],
    ['null', '127.0.0.1:8081', false],
    ['file://127.0.0.1', '127.0.0.1:8081', false],
    ['', '127.0.0.1:8081', false],
    ['http://127.0.0.1:8080', undefined, false],
  ])('Origin %s, Host %s: %s', (origin, host, verdict) => {
    expect(originAllowed(origin, host, 'same-host')).toBe(verdict);
  });
});

it('a list is exact', () => {
  const list = ['https://wall.example.org'];
  expect(originAllowed('https://wall.example.org', 'media.example.org', list)).toBe(true);
  for (const origin of [
    'http://wall.example.org',
    'https://wall.example.org:8443',
    'https://x.wall.example.org',
  ])
    expect(originAllowed(origin, 'media.example.org', list)).toBe(false);
});

it('a foreign name that points at us is seen through', () => {
  for (const host of ['127.0.0.1:8081', 'localhost', '[::1]:1', '10.1.2.3:8081', 'wall.lan:8081'])
    expect(hostAllowed(host, 'wall.lan', 'same-host')).toBe(true);
  for (const host of ['evil.example:8081', undefined, '', '127.0.0.1.evil.example', 'a b'])
    expect(hostAllowed(host, 'wall.lan', 'same-host')).toBe(false);
  expect(hostAllowed('wall.example.org', '127.0.0.1', ['https://wall.example.org'])).toBe(true);
});
