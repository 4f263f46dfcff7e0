import ipaddr from 'ipaddr.js';

type Ip = ipaddr.IPv4 | ipaddr.IPv6;

/** Where cameras may be. Everything that is in none of these is refused. */
export interface CameraNetworks {
  /** The site's own networks: 10/8, 172.16/12, 192.168/16, 100.64/10 (RFC 1918, RFC 6598) and fc00::/7 (RFC 4193). */
  private: boolean;
  /** Addresses of the open internet. */
  public: boolean;
  /** This machine itself. */
  loopback: boolean;
  /** Ranges in CIDR notation, also link-local and multicast ones. */
  ranges: readonly (readonly [Ip, number])[];
}

/** Ranges that the setting may name. */
const maxRanges = 64;

/** What the setting `CLERESTORY_CAMERA_NETWORKS` is when nobody gives it. */
export const defaultCameraNetworks = 'private,public';

const words = ['private', 'public', 'loopback'] as const;

function rangeOf(text: string): readonly [Ip, number] | null {
  try {
    const [address, bits] = ipaddr.parseCIDR(text);
    return [address, bits];
  } catch {
    return null;
  }
}

/**
 * Reads the setting: `private`, `public`, `loopback` and CIDR ranges, separated by commas.
 * @throws RangeError with what to write instead.
 */
export function parseCameraNetworks(text: string): CameraNetworks {
  const parts = text
    .split(',')
    .map((part) => part.trim().toLowerCase())
    .filter(Boolean);
  const ranges: (readonly [Ip, number])[] = [];
  for (const part of parts) {
    if ((words as readonly string[]).includes(part)) continue;
    const range = rangeOf(part);
    if (!range)
      throw new RangeError(
        `"${part}" is neither private, public or loopback nor a range such as 10.20.0.0/16; separate them by commas`,
      );
    ranges.push(range);
  }
  if (parts.length === 0)
    throw new RangeError('name at least one network where cameras may be, such as private');
  if (ranges.length > maxRanges) throw new RangeError(`name at most ${maxRanges} ranges`);
  const has = (word: (typeof words)[number]) => parts.includes(word);
  return { private: has('private'), public: has('public'), loopback: has('loopback'), ranges };
}

/** Services that hand a cloud machine its keys: no camera is ever there, whatever the setting says. */
const metadataServices = new Set(
  ['169.254.169.254', '169.254.170.2', '100.100.100.200', 'fd00:ec2::254'].map(plain),
);

/** One spelling of an address, such as 10.0.0.5 for ::ffff:10.0.0.5. @throws Error when it is none. */
export function plain(address: string): string {
  return ipaddr.process(address).toString();
}

/** Reserved for documents (RFC 5737, RFC 3849): nothing is ever there, so they count as public. */
const documentation = ['192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24', '2001:db8::/32'].map((range) =>
  ipaddr.parseCIDR(range),
);
/** All that IPv6 hands out today (RFC 4291 section 2.4). */
const globalUnicast6 = ipaddr.parseCIDR('2000::/3');

const within = (ip: Ip, [net, bits]: readonly [Ip, number]): boolean =>
  ip.kind() === net.kind() && ip.match(net as never, bits as never);

type Kind = 'private' | 'public' | 'loopback' | 'link-local' | 'multicast' | 'special';
function kindOf(ip: Ip): Kind {
  if (documentation.some((range) => within(ip, range))) return 'public';
  switch (ip.range()) {
    case 'loopback':
      return 'loopback';
    case 'private':
    case 'carrierGradeNat':
    case 'uniqueLocal':
      return 'private';
    case 'linkLocal':
      return 'link-local';
    case 'multicast':
      return 'multicast';
    case 'unicast':
      // Old forms that carry an IPv4 address inside, such as ::127.0.0.1, lie outside.
      return ip.kind() === 'ipv4' || within(ip, globalUnicast6) ? 'public' : 'special';
    default:
      return 'special';
  }
}

/** Whether an address, in any form that names one, is that of a multicast group. */
export const isMulticast = (address: string): boolean => kindOf(ipaddr.process(address)) === 'multicast';

/** Whether an address is one of the open internet. */
export const isPublic = (address: string): boolean => kindOf(ipaddr.process(address)) === 'public';

const setting = 'CLERESTORY_CAMERA_NETWORKS';
const refusals: Record<Exclude<Kind, 'special'>, string> = {
  private: `it is on a private network, and ${setting} does not name "private"`,
  public: `it is on the open internet, and ${setting} does not name "public"`,
  loopback: `it is this machine itself, and ${setting} does not name "loopback"; give the camera's own address, or name it`,
  'link-local': `it is a link-local address, which no router passes on. Give the camera a fixed address, or name its range in ${setting}`,
  multicast: `it is a multicast address; name its range in ${setting} if a camera sends there`,
};

/** Why no camera may be at this address, in words that go on from "…": null when it may. */
export function refusalOf(address: string, networks: CameraNetworks): string | null {
  let ip: Ip;
  try {
    ip = ipaddr.process(address);
  } catch {
    return 'it is no IP address';
  }
  if (metadataServices.has(ip.toString()))
    return 'it is the metadata service of a cloud machine, never a camera';
  const range = ip.range();
  if (range === 'unspecified' || range === 'broadcast') return 'it names no single machine';
  if (networks.ranges.some((one) => within(ip, one))) return null;
  const kind = kindOf(ip);
  if (kind === 'special') return 'it is a special-purpose address, where no camera can be';
  if ((kind === 'private' || kind === 'public' || kind === 'loopback') && networks[kind]) return null;
  return refusals[kind];
}
