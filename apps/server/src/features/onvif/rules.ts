import type { DeviceProfile, PtzAbilities } from '@clerestory/protocol';
import { DeviceError } from './transport.ts';

/** A profile with the address of its stream: stays in the server. */
export interface OfferedProfile extends DeviceProfile {
  uri: string;
  ptz: boolean;
}

/** The widest picture that a tile of the grid needs, pixels. */
const subWidth = 800;
const area = ({ width, height }: DeviceProfile) => (width ?? 0) * (height ?? 0);
/** What every browser plays comes first, then what some do, then what has to be encoded again. */
const ranks: Record<string, number> = { H264: 0, H265: 1 };
const rank = ({ codec }: DeviceProfile) => ranks[codec] ?? 2;

/**
 * The largest stream for large tiles and a small one for the grid, of those that can be taken: by codec first, then by
 * size. The sub stream is the largest of at most 800 pixels' width, or the smallest that is smaller than main.
 */
export function choose(profiles: readonly DeviceProfile[]): { main: string | null; sub: string | null } {
  const usable = profiles.filter(({ reason }) => reason === '');
  const main = [...usable].sort((a, b) => rank(a) - rank(b) || area(b) - area(a))[0];
  if (!main) return { main: null, sub: null };
  const smaller = usable.filter((one) => one !== main && area(one) > 0 && area(one) < area(main));
  const fitting = smaller.filter(({ width }) => (width ?? 0) <= subWidth);
  const bySize = (a: DeviceProfile, b: DeviceProfile) => rank(a) - rank(b) || area(b) - area(a);
  const sub =
    [...fitting].sort(bySize)[0] ?? [...smaller].sort((a, b) => rank(a) - rank(b) || area(a) - area(b))[0];
  return { main: main.token, sub: sub?.token ?? null };
}

/** The host of a stream's address replaced by the one that the device was reached at; login taken out. */
export interface StreamUri {
  url: string;
  /** The device named another host. */
  otherHost: boolean;
  username?: string;
  password?: string;
}

/** Reads what GetStreamUri said. Null: it is no RTSP address that can be used. */
export function streamUri(said: string, reachedAt: { host: string; ip: string }): StreamUri | null {
  const parts = /^(rtsps?):\/\/([^/?#]*)([/?][^#\s'"\\]*)?$/i.exec(said.trim());
  if (!parts) return null;
  const authority = parts[2] ?? '';
  const at = authority.lastIndexOf('@');
  const login = at < 0 ? '' : authority.slice(0, at);
  const host = /^(\[[^\]]+\]|[^:]*)(:\d{1,5})?$/.exec(authority.slice(at + 1));
  if (!host) return null;
  const named = (host[1] ?? '').replace(/^\[|\]$/g, '').toLowerCase();
  const ours = reachedAt.host.includes(':') ? `[${reachedAt.host}]` : reachedAt.host;
  const url = `${(parts[1] ?? '').toLowerCase()}://${ours}${host[2] ?? ''}${parts[3] ?? ''}`;
  const [username, ...password] = login === '' ? [] : login.split(':').map(decoded);
  return {
    url,
    otherHost: named !== reachedAt.host && named !== reachedAt.ip,
    ...(username !== undefined && { username, password: password.join(':') }),
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const asText = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value).slice(0, 128)
    : '';
const asNumber = (value: unknown): number | null => {
  const number = typeof value === 'string' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) && number > 0 ? number : null;
};
const field = (value: unknown, ...path: string[]): unknown =>
  path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[key] : undefined),
    value,
  );

/** A profile as the library gives it: any shape, since a device made it. Null without a token. */
export function profileOf(raw: unknown): Omit<OfferedProfile, 'uri' | 'reason'> | null {
  const token = asText(field(raw, '$', 'token'));
  if (token === '') return null;
  const encoder = field(raw, 'videoEncoderConfiguration');
  const whole = (value: unknown) => {
    const number = asNumber(value);
    return number === null ? null : Math.round(number);
  };
  return {
    token,
    name: asText(field(raw, 'name')) || token,
    codec: asText(field(encoder, 'encoding'))
      .toUpperCase()
      .replace(/^HEVC$/, 'H265'),
    width: whole(field(encoder, 'resolution', 'width')),
    height: whole(field(encoder, 'resolution', 'height')),
    fps: asNumber(field(encoder, 'rateControl', 'frameRateLimit')),
    bitrateKbps: asNumber(field(encoder, 'rateControl', 'bitrateLimit')),
    ptz: field(raw, 'PTZConfiguration') !== undefined,
  };
}

/** What the PTZ nodes of a device can do, all taken together. */
export function abilitiesOf(nodes: unknown): PtzAbilities {
  const all = typeof nodes === 'object' && nodes !== null ? Object.values(nodes) : [];
  const supports = (space: string) =>
    all.some((node) => field(node, 'supportedPTZSpaces', space) !== undefined);
  return {
    move: supports('continuousPanTiltVelocitySpace'),
    zoom: supports('continuousZoomVelocitySpace'),
    presets: all.some((node) => (asNumber(field(node, 'maximumNumberOfPresets')) ?? 0) > 0),
    home: all.some((node) => field(node, 'homeSupported') === true),
  };
}

export { asText, field };

const nextSteps: Record<string, string> = {
  ECONNREFUSED: 'Nothing listens there: check the port, and that ONVIF is switched on in the camera.',
  EHOSTUNREACH: 'Nobody answers at that address: check that the camera has power and is on this network.',
  ENETUNREACH: 'There is no way to that network from here: check the address and the routes of this machine.',
  ETIMEDOUT: 'The camera gave no answer in time: check the address, and that no firewall is in between.',
  ECONNRESET: 'The camera broke the connection off: check whether it wants https, or restart it.',
  EPROTO: 'The camera speaks no TLS at that port: use http://.',
  HPE_INVALID_CONSTANT: 'What answers there is no web server: check the port.',
};

/** The device's own words, one line without addresses, for a person. */
const saidBy = (message: string): string =>
  message
    .replace(/^ONVIF SOAP Fault:\s*/, '')
    .replaceAll(/[a-z][a-z0-9+.-]*:\/\/\S+/gi, '<address>')
    .replaceAll(/\b(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?\b/g, '<address>')
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, 200);

/** Why a device could not be asked: what it said itself, and what to do. */
export function explain(error: unknown, hasLogin: boolean): { detail: string; unauthorized: boolean } {
  const { message = '', code = '' } = error as { message?: string; code?: string };
  const step = nextSteps[code];
  if (step !== undefined) return { detail: step, unauthorized: false };
  if (
    code === 'EAUTH' ||
    /not ?authorized|unauthorized|digest authentication failed|password|locked/i.test(message)
  ) {
    const said = saidBy(message);
    const first =
      said && said !== 'Unauthorized' ? `The camera says: “${said}”. ` : 'The camera refuses the login. ';
    const next = hasLogin
      ? 'Check user name and password; many cameras have ONVIF users of their own.'
      : 'Give the user name and password of an ONVIF user of the camera.';
    return { detail: first + next, unauthorized: true };
  }
  if (message.startsWith('ONVIF SOAP Fault'))
    return {
      detail: `The camera says: “${saidBy(message)}”. Look for that in its manual or its web page.`,
      unauthorized: false,
    };
  if (error instanceof DeviceError)
    return {
      detail: `${saidBy(message)}. Check that this is the address of the camera.`,
      unauthorized: false,
    };
  return {
    detail:
      'What answers there does not speak ONVIF. Check the port and that ONVIF is switched on in the camera.',
    unauthorized: false,
  };
}
