import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import ipaddr from 'ipaddr.js';

/** The other end of a request, as far as it is believed. */
export interface Peer {
  /** Address of the client: of the connection, or what a trusted proxy says. */
  address: string;
  /** Host and port by which it was asked, in lower case: the Host header, or what a trusted proxy says. */
  host: string | undefined;
  /** The client speaks TLS: to us, or to a trusted proxy. */
  secure: boolean;
  /** Came through a proxy, trusted or not, so not surely from this machine. */
  proxied: boolean;
  /** The connection itself is one from this machine. */
  local: boolean;
  /** The connection itself is one of a trusted proxy. */
  trusted: boolean;
}

type Network = [ipaddr.IPv4 | ipaddr.IPv6, number];

/** An address or a network such as `10.0.0.0/8`; null when it is neither. */
export function readNetwork(text: string): Network | null {
  if (ipaddr.isValidCIDR(text)) return ipaddr.parseCIDR(text);
  if (!ipaddr.isValid(text) || (!text.includes(':') && !ipaddr.IPv4.isValidFourPartDecimal(text)))
    return null;
  const address = ipaddr.process(text);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}

const within = (address: ipaddr.IPv4 | ipaddr.IPv6, [network, bits]: Network): boolean =>
  address.kind() === network.kind() && address.match(network as never, bits);

/** Without the IPv6 wrapping of an IPv4 address; null for what is no address. A port that a proxy adds is dropped. */
function readAddress(text: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  const bare = /^\[([0-9a-f:.]+)\](?::\d+)?$/i.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
  return ipaddr.isValid(bare) ? ipaddr.process(bare) : null;
}

const maxHops = 20;

/** The last of the values of a header that a proxy appends to. */
const lastOf = (value: string | string[] | undefined): string | undefined =>
  (Array.isArray(value) ? value.join(',') : value)?.split(',').at(-1)?.trim() || undefined;

/** Says who is at the other end. What headers say of it is believed from trusted proxies alone. */
export class Peers {
  readonly #trusted: readonly Network[];

  /** `trusted`: addresses and networks. @throws TypeError for one that is neither */
  constructor(trusted: readonly string[]) {
    this.#trusted = trusted.map((text) => {
      const network = readNetwork(text);
      if (!network) throw new TypeError(`"${text}" is neither an address nor a network`);
      return network;
    });
  }

  of(request: IncomingMessage): Peer {
    const { headers, socket } = request;
    const { remoteAddress = '', localAddress } = socket;
    const own = readAddress(remoteAddress);
    const trusted = own !== null && this.#isTrusted(own);
    const forwardedProto = trusted ? lastOf(headers['x-forwarded-proto'])?.toLowerCase() : undefined;
    const forwardedHost = trusted ? lastOf(headers['x-forwarded-host']) : undefined;
    return {
      address: (trusted && this.#clientOf(headers['x-forwarded-for'])) || own?.toString() || 'unknown',
      host: (forwardedHost ?? headers.host)?.toLowerCase(),
      secure:
        forwardedProto === undefined
          ? (socket as Partial<TLSSocket>).encrypted === true
          : forwardedProto === 'https',
      proxied: headers['x-forwarded-for'] !== undefined || headers['forwarded'] !== undefined,
      local: own?.range() === 'loopback' || (remoteAddress !== '' && remoteAddress === localAddress),
      trusted,
    };
  }

  /** From the right: each proxy appends who asked it, so the first that is no trusted proxy is the client. */
  #clientOf(header: string | string[] | undefined): string | null {
    const hops = (Array.isArray(header) ? header.join(',') : (header ?? '')).split(',').slice(-maxHops);
    let client: string | null = null;
    for (const hop of hops.toReversed()) {
      const address = readAddress(hop.trim());
      if (!address) return client;
      client = address.toString();
      if (!this.#isTrusted(address)) return client;
    }
    return client;
  }

  #isTrusted(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
    return this.#trusted.some((network) => within(address, network));
  }
}
