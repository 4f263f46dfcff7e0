import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { directRoad, originsFrom } from './origins.ts';
import { Peers, readNetwork } from './peers.ts';

const peers = new Peers(['10.0.0.1', '10.8.0.0/16', 'fd00::/8']);
const request = (
  remoteAddress: string,
  headers: Record<string, string> = {},
  encrypted = false,
): IncomingMessage =>
  ({
    headers,
    socket: { remoteAddress, localAddress: '192.0.2.99', encrypted },
  }) as unknown as IncomingMessage;
const forwarded = (remoteAddress: string, list: string) =>
  peers.of(request(remoteAddress, { 'x-forwarded-for': list })).address;

describe('whose word is believed', () => {
  test.each([
    ['10.0.0.1', '203.0.113.5', '203.0.113.5'],
    ['::ffff:10.0.0.1', '203.0.113.5', '203.0.113.5'],
    ['fd00::1', '2001:db8::5', '2001:db8::5'],
    ['10.0.0.1', '[2001:db8::5]:4711', '2001:db8::5'],
    ['10.0.0.1', '203.0.113.5:4711', '203.0.113.5'],
    // What a client wrote itself stands further left.
    ['10.0.0.1', '1.2.3.4, 203.0.113.5', '203.0.113.5'],
    ['10.0.0.1', '1.2.3.4, 203.0.113.5, 10.8.9.9', '203.0.113.5'],
    ['10.0.0.1', '10.8.1.1', '10.8.1.1'],
    ['10.0.0.1', 'nonsense', '10.0.0.1'],
    ['10.0.0.1', 'nonsense, 10.8.1.1', '10.8.1.1'],
    ['10.0.0.1', '', '10.0.0.1'],
  ])('the proxy %s says "%s": it is %s', (peer, list, client) => expect(forwarded(peer, list)).toBe(client));

  test.each(['10.0.0.2', '203.0.113.9', '::ffff:10.9.0.1', 'fe80::1', ''])('nobody believes %j', (peer) => {
    const said = {
      'x-forwarded-for': '1.2.3.4',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'evil.example',
    };
    const seen = peers.of(request(peer, { ...said, host: 'wall.example.org' }));
    expect(seen).toMatchObject({ secure: false, host: 'wall.example.org', trusted: false, proxied: true });
    expect(seen.address).not.toBe('1.2.3.4');
  });

  test('scheme and host are those that the nearest proxy says', () => {
    const said = {
      host: '10.0.0.2:8080',
      'x-forwarded-proto': 'http, https',
      'x-forwarded-host': 'a, Wall.Example.org',
    };
    expect(peers.of(request('10.0.0.1', said))).toMatchObject({ secure: true, host: 'wall.example.org' });
    expect(peers.of(request('10.0.0.1', { 'x-forwarded-proto': 'http' }, true)).secure).toBe(false);
    expect(peers.of(request('203.0.113.9', {}, true)).secure).toBe(true);
  });

  test('an unending list of hops costs no more than a few looks', () => {
    expect(forwarded('10.0.0.1', Array(5_000).fill('10.8.0.1').join(','))).toBe('10.8.0.1');
  });
});

test.each(['10.0.0.1/33', '10.1', '0x7f.1', 'proxy', '10.0.0.0/', '*', ''])('%j is no network', (text) => {
  expect(readNetwork(text)).toBeNull();
});

describe('without TLS beyond loopback', () => {
  const list = () => ['https://wall.example.org', 'http://10.0.0.2:8080'];
  const headers = { host: 'wall.example.org' };
  const only = originsFrom(list, { trustProxy: ['10.0.0.1'], onlyProxied: true });
  test.each([
    ['10.0.0.1', true],
    ['127.0.0.1', true],
    ['192.0.2.99', true],
    ['10.0.0.3', false],
    ['203.0.113.9', false],
  ])('%s gets an answer: %s', (peer, verdict) => {
    expect(only.allowsHost(request(peer, headers))).toBe(verdict);
    // Control: with TLS of our own everybody may come.
    expect(originsFrom(list, directRoad).allowsHost(request(peer, headers))).toBe(true);
  });
});
