import type { IncomingMessage } from 'node:http';
import { checks, describeGuards, type Check } from '../testing/guard-mutants.ts';
import { conditionDefects } from '../testing/mutants.ts';
import * as peering from './peers.ts';

/* A7: whose word is believed about who is at the other end. */
const saysRightly: Check<Pick<typeof peering, 'Peers' | 'readNetwork'>> = ({ Peers, readNetwork }) => {
  const peers = new Peers(['10.0.0.1', '10.8.0.0/16', 'fd00::/8']);
  const of = (remoteAddress: string | undefined, headers: object = {}, socket: object = {}) =>
    peers.of({
      headers,
      socket: { remoteAddress, localAddress: '192.0.2.99', ...socket },
    } as unknown as IncomingMessage);
  const via = (peer: string, list: string | string[]) => of(peer, { 'x-forwarded-for': list }).address;
  const said = { 'x-forwarded-proto': 'http, https', 'x-forwarded-host': 'a, Wall.Example', host: 'b' };
  const seen = (peer: string, encrypted: boolean, headers: object = said) => {
    const { secure, host, trusted } = of(peer, headers, { encrypted });
    return [secure, host, trusted];
  };
  return checks({
    'the proxy says who': [
      [
        ['10.0.0.1', '203.0.113.5'],
        ['::ffff:10.8.3.3', '1.2.3.4, 203.0.113.5, 10.8.9.9'],
        ['fd00::1', '10.8.1.1'],
        ['10.0.0.1', 'nonsense, 10.8.1.1'],
        ['10.0.0.1', 'nonsense'],
        ['10.0.0.2', '203.0.113.5'],
        ['2001:db8::1', '203.0.113.5'],
      ].map(([peer = '', list = '']) => via(peer, list)),
      ['203.0.113.5', '203.0.113.5', '10.8.1.1', '10.8.1.1', '10.0.0.1', '10.0.0.2', '2001:db8::1'],
    ],
    'a header that comes twice': [via('10.0.0.1', ['1.2.3.4', '203.0.113.5, 10.8.1.1']), '203.0.113.5'],
    'scheme and host': [
      [seen('10.0.0.1', false), seen('10.0.0.2', false), seen('10.0.0.2', true)],
      [
        [true, 'wall.example', true],
        [false, 'b', false],
        [true, 'b', false],
      ],
    ],
    'where the proxy says nothing': [
      [seen('10.0.0.1', true, { host: 'b' }), seen('10.0.0.1', true, { 'x-forwarded-proto': 'http' })],
      [
        [true, 'b', true],
        [false, undefined, true],
      ],
    ],
    'through a proxy': [
      [
        of('9.9.9.9').proxied,
        of('9.9.9.9', { 'x-forwarded-for': '' }).proxied,
        of('9.9.9.9', { forwarded: '' }).proxied,
      ],
      [false, true, true],
    ],
    'from this machine': [
      ['127.0.0.1', '::1', '192.0.2.99', '192.0.2.9', '', undefined].map((peer) => of(peer).local),
      [true, true, true, false, false, false],
    ],
    'a connection that is gone': [of('', {}, { localAddress: '' }).local, false],
    networks: [
      ['10.0.0.1', '10.8.0.0/16', 'fd00::1', '10.1', 'proxy', ':::', '10.0.0.1/33'].map((text) => {
        const network = readNetwork(text);
        return network && `${String(network[0])}/${network[1]}`;
      }),
      ['10.0.0.1/32', '10.8.0.0/16', 'fd00::1/128', null, null, null, null],
    ],
  });
};

describeGuards([
  {
    ...{ name: 'who is at the other end', file: 'platform/peers.ts', itself: peering },
    parts: [
      ['export function readNetwork', '/** Without the'],
      ['  of(request', '\n}\n'],
    ],
    defects: [
      ...conditionDefects,
      ['everybody is believed', / trusted \?/g, ' true ?'],
      ['nobody is believed', / trusted \?/g, ' false ?'],
    ],
    wrong: saysRightly,
  },
]);
