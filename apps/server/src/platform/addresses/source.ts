import { isIP } from 'node:net';
import { problem, type Answer, type CameraSource } from '@clerestory/protocol';
import { checkAddress, placeIn, systemResolve, type AddressRules, type CameraScheme } from './check.ts';
import { isMulticast, plain } from './networks.ts';

export type SourceRules = Omit<AddressRules, 'schemes'>;

/** Which schemes an address of each kind of source may have. */
const schemesOf: Record<CameraSource['kind'], readonly CameraScheme[]> = {
  rtsp: ['rtsp'],
  demo: [],
  hls: ['http', 'https'],
  mjpeg: ['http', 'https'],
  snapshot: ['http', 'https'],
  rtmp: ['rtmp'],
  srt: ['srt'],
  mpegts: ['tcp', 'udp'],
  push: [],
};
/** Fields of a source that are addresses. */
const addressFields = ['main', 'sub'] as const;

const addressesOf = (source: CameraSource): [field: string, address: string][] =>
  Object.entries(source).filter(
    (entry): entry is [string, string] =>
      (addressFields as readonly string[]).includes(entry[0]) && typeof entry[1] === 'string',
  );

const unicastUdp =
  'over UDP a camera sends to us: choose "sends to us" and give its address there; only multicast groups are joined';

async function judge(source: CameraSource, address: string, rules: SourceRules) {
  const checked = await checkAddress(address, { ...rules, schemes: schemesOf[source.kind] });
  return checked.ok && checked.scheme === 'udp' && !isMulticast(checked.ip)
    ? { ok: false as const, reason: unicastUdp, unresolved: false }
    : checked;
}

/**
 * Refuses a source with an address where no camera may be, naming the field. A name that has no address at the moment
 * passes: it is looked at again before each connection.
 */
export async function checkSource(source: CameraSource, rules: SourceRules): Promise<Answer<void>> {
  for (const [field, address] of addressesOf(source)) {
    const checked = await judge(source, address, rules);
    if (checked.ok || checked.unresolved) continue;
    return {
      ok: false,
      problem: problem('unprocessable', `That address cannot be used: ${checked.reason}.`, {
        errors: [{ pointer: `/source/${field}`, message: checked.reason }],
      }),
    };
  }
  return { ok: true, value: undefined };
}

/**
 * The source as it is connected to: each address resolved, judged and pinned. To be called right before each start.
 * The reason is in words and free of addresses.
 */
export async function pinSource<S extends CameraSource>(
  source: S,
  rules: SourceRules,
): Promise<{ ok: true; source: S } | { ok: false; reason: string }> {
  const pinned: Record<string, string> = {};
  for (const [field, address] of addressesOf(source)) {
    const checked = await judge(source, address, rules);
    if (!checked.ok) return { ok: false, reason: `The camera address cannot be used: ${checked.reason}` };
    pinned[field] = checked.pinnedUrl;
  }
  return { ok: true, source: { ...source, ...pinned } };
}

/** Where a source's pictures come from, as it says: `host:port`, and nothing of path or login. */
export const namedPlaces = (source: CameraSource): string[] =>
  addressesOf(source).flatMap(([, address]) => {
    const place = placeIn(address);
    return place ? [`${place.host}:${place.port}`] : [];
  });

/**
 * Each address of a source as another source with the same pictures would have it: host, port and path, no login, however
 * they are spelt (RFC 3986, 6.2.2). A name and its IP address are two: nobody is asked.
 */
export const streamsIn = (source: CameraSource): string[] =>
  addressesOf(source).flatMap(([, address]) => {
    const place = placeIn(address);
    if (!place) return [];
    const host = isIP(place.host) > 0 ? plain(place.host) : place.host;
    return [`${host}:${place.port}/${plainPath(place.path)}`];
  });

/** Each host of a source as it is written, an IP address in one spelling. */
export const hostsIn = (source: CameraSource): string[] =>
  addressesOf(source).flatMap(([, address]) => {
    const host = placeIn(address)?.host;
    return host === undefined ? [] : [isIP(host) > 0 ? plain(host) : host];
  });

/** Without what makes no difference: escapes of plain signs, empty and dot segments, an empty query. */
function plainPath(path: string): string {
  const [before = '', ...rest] = path.split('?');
  const segments: string[] = [];
  for (const segment of plainSigns(before).split('/'))
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(segment);
  const query = plainSigns(rest.join('?')).replace(/[/?&]+$/, '');
  return segments.join('/') + (query === '' ? '' : `?${query}`);
}

const plainSigns = (text: string): string =>
  text.replaceAll(/%[0-9a-f]{2}/gi, (escape) => {
    const sign = String.fromCharCode(Number.parseInt(escape.slice(1), 16));
    return /[a-z0-9._~-]/i.test(sign) ? sign : escape.toUpperCase();
  });

/**
 * Every address at which the device of a source is, `plain`, each name resolved now; one that has no address at the
 * moment adds none, since nothing can be had from there either.
 */
export async function devicesOf(source: CameraSource, resolve = systemResolve): Promise<string[]> {
  const hosts = addressesOf(source).flatMap(([, address]) => placeIn(address)?.host ?? []);
  if (source.kind === 'push' && source.from !== undefined) hosts.push(source.from);
  const found = await Promise.all(
    hosts.map((host) => (isIP(host) > 0 ? [host] : resolve(host).catch(() => []))),
  );
  return [...new Set(found.flat().map(plain))];
}
