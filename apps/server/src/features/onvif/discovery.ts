import { createSocket, type RemoteInfo } from 'node:dgram';
import { randomUUID } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import type { DiscoverAnswer, FoundDevice } from '@clerestory/protocol';

const group = '239.255.255.250';
export const discoveryPort = 3702;
/** Devices that one search tells of. */
const maxDevices = 500;
/** Answers that are looked at; a network that sends more is not asked again. */
const maxAnswers = 2_000;
/** Longest text of a device that is shown, characters. */
const maxText = 80;

export interface Interface {
  name: string;
  address: string;
}

/** The IPv4 interfaces of this machine. */
export const interfacesHere = (): Interface[] =>
  Object.entries(networkInterfaces()).flatMap(([name, addresses]) =>
    (addresses ?? []).flatMap(({ family, address }) => (family === 'IPv4' ? { name, address } : [])),
  );

export interface Search {
  /** Null: every one that is allowed. */
  names: readonly string[] | null;
  waitMs: number;
  /** Why no camera may be at an address; null when it may. */
  refusal(address: string): string | null;
  /** Where devices listen. */
  port?: number;
  interfaces?: () => Interface[];
}

/** WS-Discovery Probe (2005/04, section 5.2) for ONVIF devices. */
const probe = (id: string): string =>
  '<?xml version="1.0" encoding="UTF-8"?><e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope" ' +
  'xmlns:w="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" ' +
  `xmlns:dn="http://www.onvif.org/ver10/network/wsdl"><e:Header><w:MessageID>${id}</w:MessageID>` +
  '<w:To e:mustUnderstand="true">urn:schemas-xmlsoap-org:ws:2005:04:discovery</w:To>' +
  '<w:Action e:mustUnderstand="true">http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</w:Action></e:Header>' +
  '<e:Body><d:Probe><d:Types>dn:NetworkVideoTransmitter</d:Types></d:Probe></e:Body></e:Envelope>';

/** Text of the first element of this local name. Datagrams are 64 KB at most, and the pattern goes over them once. */
const textOf = (xml: string, name: string): string =>
  (new RegExp(`<(?:[\\w-]{1,32}:)?${name}(?:\\s[^<>]*)?>([^<]*)<`).exec(xml)?.[1] ?? '').trim();

const readable = (text: string): string => {
  let plain = text;
  try {
    plain = decodeURIComponent(text);
  } catch {
    // As it is.
  }
  return plain
    .replaceAll(/[\p{Cc}\p{Cf}]+/gu, ' ')
    .trim()
    .slice(0, maxText);
};

/** What a ProbeMatch says, for whoever asked with this id; null: not an answer to it, or of no use. */
export function deviceOf(message: string, id: string, from: Pick<RemoteInfo, 'address'>): FoundDevice | null {
  if (textOf(message, 'RelatesTo') !== id || !message.includes('ProbeMatch')) return null;
  const scopes = textOf(message, 'Scopes').split(/\s+/);
  const scope = (name: string) => {
    const prefix = `onvif://www.onvif.org/${name}/`;
    return readable(scopes.find((one) => one.startsWith(prefix))?.slice(prefix.length) ?? '');
  };
  const urls = textOf(message, 'XAddrs')
    .split(/\s+/)
    .flatMap((text) => (URL.canParse(text) ? new URL(text) : []))
    .filter(({ protocol }) => protocol === 'http:' || protocol === 'https:');
  const reachable = urls.find(({ hostname }) => hostname === from.address);
  const chosen = reachable ?? urls[0];
  if (!chosen) return null;
  const notes: string[] = [];
  if (!reachable) {
    chosen.hostname = from.address;
    notes.push(
      'It names another host as its address than the one that answered; the one that answered is used.',
    );
  }
  return {
    address: `${chosen.protocol}//${chosen.host}${chosen.pathname}`,
    name: scope('name') || scope('hardware') || 'ONVIF device',
    hardware: scope('hardware'),
    location: scope('location'),
    notes,
  };
}

/** Asks on one interface and collects answers until the time is over. Rejects when the interface takes no multicast. */
function searchOn(
  address: string,
  waitMs: number,
  port: number,
  found: Map<string, FoundDevice>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const id = `urn:uuid:${randomUUID()}`;
    const socket = createSocket('udp4');
    let answers = 0;
    const end = (error?: Error) => {
      clearTimeout(timer);
      socket.removeAllListeners().on('error', () => undefined);
      socket.close();
      if (error) reject(error);
      else resolve();
    };
    const timer = setTimeout(end, waitMs);
    socket.on('error', end);
    socket.on('message', (message, from) => {
      answers += 1;
      if (answers > maxAnswers) return end();
      const device = deviceOf(message.toString('utf8'), id, from);
      if (device && found.size < maxDevices) found.set(device.address, device);
    });
    socket.bind(0, address, () => {
      try {
        socket.setMulticastInterface(address);
        socket.setMulticastTTL(1);
        socket.send(probe(id), port, group, (error) => error && end(error));
      } catch (error) {
        end(error as Error);
      }
    });
  });
}

/** Searches the chosen interfaces at the same time. Devices whose address no camera may have are left out. */
export async function discover(search: Search): Promise<DiscoverAnswer> {
  const { names, waitMs, refusal, port = discoveryPort, interfaces = interfacesHere } = search;
  const found = new Map<string, FoundDevice>();
  const here = interfaces();
  const looked = here.map(async ({ name, address }) => {
    const told = (reason: string) => ({ name, address, searched: reason === '', reason });
    if (names && !names.includes(name)) return told('not chosen');
    const why = refusal(address);
    if (why !== null) return told(why);
    try {
      await searchOn(address, waitMs, port, found);
      return told('');
    } catch {
      return told('this interface takes no multicast; check its cable and its settings');
    }
  });
  const missing = (names ?? [])
    .filter((name) => !here.some((one) => one.name === name))
    .map((name) => ({
      name,
      address: '',
      searched: false,
      reason: 'there is no such interface on this machine',
    }));
  const told = await Promise.all(looked);
  const devices = [...found.values()].filter(({ address }) => refusal(new URL(address).hostname) === null);
  return {
    devices: devices.sort((a, b) => a.address.localeCompare(b.address)),
    interfaces: [...told, ...missing],
  };
}
