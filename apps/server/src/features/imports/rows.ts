import { createHash } from 'node:crypto';
import { CameraInput, type ImportMapping } from '@clerestory/protocol';
import { checkAddress, cameraSchemes, type CameraScheme } from '../../platform/addresses/check.ts';
import type { CameraNetworks } from '../../platform/addresses/networks.ts';
import type { RawRow } from './read.ts';

/** A row that can be written. */
export interface FitRow {
  ok: true;
  externalId: string;
  input: CameraInput;
  /** Of all that the row says: the same row again changes nothing. */
  fingerprint: string;
}
export interface UnfitRow {
  ok: false;
  name: string;
  /** What is wrong, and what to do. */
  reason: string;
}

const everyScheme = Object.keys(cameraSchemes) as CameraScheme[];
const hash = (text: string) => createHash('sha256').update(text).digest('base64url');

/** By its scheme and its ending; what the schema does not know is refused by it. */
function kindOf(url: string): string {
  const [scheme = ''] = url.toLowerCase().split(':');
  const path = url.toLowerCase().replace(/[?#].*$/, '');
  if (scheme === 'rtsp' || scheme === 'rtmp' || scheme === 'srt') return scheme;
  if (scheme === 'tcp' || scheme === 'udp') return 'mpegts';
  if (path.endsWith('.m3u8')) return 'hls';
  if (/\.(jpe?g|png)$/.test(path)) return 'snapshot';
  return /mjpe?g|\.mjpg/.test(url.toLowerCase()) ? 'mjpeg' : 'hls';
}

/** `rtsp://user:secret@host/` as lists have it: the login belongs into its own fields. */
function withoutLogin(url: string): { url: string; username?: string; password?: string } {
  const parts = /^([a-z][a-z0-9+.-]*:\/\/)([^/?#@]*)@(.*)$/i.exec(url);
  if (!parts) return { url };
  const [username = '', ...password] = (parts[2] ?? '').split(':').map((part) => {
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  });
  return { url: `${parts[1]}${parts[3]}`, username, password: password.join(':') };
}

const numberOf = (text: string): number =>
  /^[+-]?\d{1,9}([.,]\d{1,20})?$/.test(text) ? Number(text.replace(',', '.')) : NaN;

/** Texts about a field, without what was typed: that may be an address or a login. */
const explained: Record<string, string> = {
  '/source/kind': 'this kind of address is not supported; give an rtsp:// address',
  '/source': 'this kind of address is not supported; give an rtsp:// address',
};

/** Turns a row into a camera, or says what is wrong with it. Looks no name up. */
export async function fit(
  { cells, fault }: RawRow,
  mapping: ImportMapping,
  networks: CameraNetworks,
): Promise<FitRow | UnfitRow> {
  const of = (field: keyof ImportMapping) => (cells[mapping[field] ?? ''] ?? '').trim();
  const name = (of('name') || of('place')).slice(0, 200);
  const unfit = (reason: string): UnfitRow => ({ ok: false, name: name.slice(0, 80), reason });
  if (fault !== undefined) return unfit(fault);
  if (of('url') === '')
    return unfit('it has no stream address: fill the column, or choose the one that holds it');
  const main = withoutLogin(of('url'));
  const sub = withoutLogin(of('subUrl'));
  const username = of('username') || main.username || '';
  const password = of('password') || main.password || '';
  const kind = kindOf(main.url);
  const latitude = of('latitude') === '' ? null : numberOf(of('latitude'));
  const longitude = of('longitude') === '' ? null : numberOf(of('longitude'));
  if (Number.isNaN(latitude) || Number.isNaN(longitude))
    return unfit('its latitude or longitude is no number: write degrees such as 52.3702');
  const parsed = CameraInput.safeParse({
    ...{ name, place: of('place').slice(0, 120), neighbourhood: of('neighbourhood').slice(0, 60) },
    ...(latitude !== null && longitude !== null && { latitude, longitude }),
    ...(of('number') !== '' && { number: numberOf(of('number')) }),
    tags: of('tags').split(/[;,|]/).map((tag) => tag.trim()).filter(Boolean).slice(0, 20), // prettier-ignore
    source: {
      ...{ kind, main: main.url },
      ...(sub.url !== '' && kind !== 'snapshot' && { sub: sub.url }),
      ...(username !== '' && kind !== 'srt' && kind !== 'mpegts' && { username, password }),
    },
  });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const pointer = `/${(issue?.path ?? []).join('/')}`;
    const what = pointer.startsWith('/source/') ? 'stream address' : pointer.slice(1);
    return unfit(explained[pointer] ?? `its ${what}: ${issue?.message ?? 'not valid'}`);
  }
  for (const address of [main.url, sub.url].filter(Boolean)) {
    const rules = { schemes: everyScheme, networks, resolve: async () => [] };
    const checked = await checkAddress(address, rules);
    // Names are looked up before each connection.
    if (!checked.ok && !checked.unresolved)
      return unfit(`its stream address cannot be used: ${checked.reason}`);
  }
  const externalId = of('externalId') || `address ${hash(main.url)}`;
  if (externalId.length > 200) return unfit('its external id is longer than 200 characters');
  return { ok: true, externalId, input: parsed.data, fingerprint: hash(JSON.stringify(parsed.data)) };
}
