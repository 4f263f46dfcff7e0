import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { plain, refusalOf, type CameraNetworks } from './networks.ts';

/** Every scheme that a camera's address may have, with its usual port; null: the port has to be given. */
export const cameraSchemes = {
  rtsp: 554,
  rtsps: 322,
  http: 80,
  https: 443,
  rtmp: 1935,
  rtmps: 443,
  srt: null,
  tcp: null,
  udp: null,
  rtp: null,
} as const satisfies Record<string, number | null>;
export type CameraScheme = keyof typeof cameraSchemes;

/** All addresses of a host name, in the resolver's order. Rejects when there are none. */
export type Resolve = (name: string) => Promise<readonly string[]>;

/** Longest address, characters. */
const maxAddressChars = 2_048;
/** Addresses of one name that are looked at; one with more is no camera's. */
const maxAnswers = 32;
const resolveTimeoutMs = 3_000;

export interface AddressRules {
  schemes: readonly CameraScheme[];
  networks: CameraNetworks;
  resolve?: Resolve;
  /** Addresses, `plain`, that are not connected to though cameras may be there. */
  shunned?: ReadonlySet<string>;
}

/** An address that was looked at once and is from then on used as it was: by `ip`, never by name again. */
export interface CheckedAddress {
  ok: true;
  scheme: CameraScheme;
  /** Host as given, normalised: a name in ASCII (for Host headers and SNI), or the same as `ip`. */
  host: string;
  /** The one address that was judged: where to connect. */
  ip: string;
  port: number;
  /** Path and query, '' or starting with `/` or `?`. */
  path: string;
  /** With `ip` in place of the name, in brackets where it is IPv6; the port only where it was given. */
  pinnedUrl: string;
}
/** `unresolved`: the form is good, but the name has no address at the moment. */
export interface RefusedAddress {
  ok: false;
  reason: string;
  unresolved: boolean;
}

const refused = (reason: string, unresolved = false): RefusedAddress => ({ ok: false, reason, unresolved });

/** The system's resolver, all answers, at most three seconds. */
export const systemResolve: Resolve = async (name) => {
  const signal = AbortSignal.timeout(resolveTimeoutMs);
  const late = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('no answer in time')), { once: true });
  });
  const found = await Promise.race([lookup(name, { all: true, verbatim: true }), late]);
  return found.map(({ address }) => address);
};

interface AddressForm {
  scheme: CameraScheme;
  host: string;
  givenPort: string | null;
  port: number;
  path: string;
}

// eslint-disable-next-line no-control-regex -- control characters are what must not come through
const unusable = /[\u0000-\u0020\u007f-\u009f\s'"\\<>^`{|}]/;

/** What an address says, before anybody asks where that is. Odd spellings of a host are written out plainly. */
function formOf(text: string, schemes: readonly CameraScheme[]): AddressForm | RefusedAddress {
  if (text.length > maxAddressChars) return refused(`an address has at most ${maxAddressChars} characters`);
  if (unusable.test(text))
    return refused('take spaces, quotes, brackets and control characters out of the address');
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase() ?? '';
  const known = schemes.find((one) => one === scheme);
  if (!known) return refused(`an address starts with ${schemes.map((one) => `${one}://`).join(' or ')}`);
  const parts = /^[^:]+:\/\/([^/?#]*)([/?][^#]*)?$/.exec(text);
  if (!parts) return refused(`write it as ${known}://host/path, without a #`);
  const authority = parts[1] ?? '';
  if (authority.includes('@'))
    return refused('put the user name and password into their own fields, not into the address');
  const split = /^(\[[^\]]*\]|[^:]*)(?::(\d{0,5}))?$/.exec(authority);
  const host = split ? hostOf(split[1] ?? '') : null;
  if (host === null) return refused('the host is neither a name nor an address');
  const port = split?.[2] === undefined ? cameraSchemes[known] : Number(split[2] || 0);
  if (port === null) return refused(`${known} needs a port, such as ${known}://192.0.2.10:5000`);
  if (port < 1 || port > 65_535) return refused('the port is out of range (1 to 65535)');
  return { scheme: known, host, givenPort: split?.[2] ?? null, port, path: parts[2] ?? '' };
}

/** A host as the URL standard reads it ("host parsing"): 0x7f.1, 2130706433 and ①②⑦.0.0.1 all become 127.0.0.1. */
function hostOf(text: string): string | null {
  if (text === '') return null;
  try {
    const { hostname } = new URL(`http://${text}/`);
    const bare = hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
    return isIP(bare) > 0 || /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?$/.test(bare) ? bare : null;
  } catch {
    return null;
  }
}

const inUrl = (ip: string): string => (isIP(ip) === 6 ? `[${ip}]` : ip);

/** Where an address leads, without asking anybody: null for one that is not well formed. */
export function placeIn(text: string): { host: string; port: number; path: string } | null {
  const form = formOf(text, Object.keys(cameraSchemes) as CameraScheme[]);
  return 'ok' in form ? null : { host: form.host, port: form.port, path: form.path };
}

/**
 * Looks at a camera's address before anything connects to it: scheme, form, where it is. A name is resolved once; every
 * answer has to be allowed (one that is not means that somebody plays with the name), and the first is kept.
 */
export async function checkAddress(
  text: string,
  rules: AddressRules,
): Promise<CheckedAddress | RefusedAddress> {
  const form = formOf(text, rules.schemes);
  if ('ok' in form) return form;
  const { scheme, host, givenPort, port, path } = form;
  let found: readonly string[] = [host];
  if (isIP(host) === 0) {
    try {
      found = await (rules.resolve ?? systemResolve)(host);
    } catch {
      found = [];
    }
    if (found.length === 0)
      return refused(
        'its name has no address at the moment; check the spelling, or give the IP address',
        true,
      );
    if (found.length > maxAnswers) return refused('its name has too many addresses to be a camera');
  }
  for (const address of found) {
    const why = refusalOf(address, rules.networks);
    if (why !== null) return refused(why);
    if (rules.shunned?.has(plain(address))) return refused('a registered camera is there');
  }
  const ip = found.find((address) => isIP(address) === 4) ?? found[0] ?? host;
  const pinnedUrl = `${scheme}://${inUrl(ip)}${givenPort ? `:${port}` : ''}${path}`;
  return { ok: true, scheme, host, ip, port, path, pinnedUrl };
}
