import { createHash } from 'node:crypto';
import { CameraInput, type ImportMapping } from '@clerestory/protocol';
import { checkAddress, cameraSchemes, type CameraScheme } from '../../platform/addresses/check.ts';
import type { CameraNetworks } from '../../platform/addresses/networks.ts';
import { streamsIn } from '../../platform/addresses/source.ts';
import { maxCell, type RawRow } from './read.ts';

/** A row that can be written. */
export interface FitRow {
  ok: true;
  externalId: string;
  input: CameraInput;
  /** As a list without ids knew it before addresses were compared however they are spelt. */
  formerId: string;
  /** Of all that the row says: the same row again changes nothing. */
  fingerprint: string;
  /** What of the row is not taken, in words; never what stood there, which may be an address or a login. */
  notes: string[];
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

/** Characters of texts that are cut; names and tags that are too long refuse their row. */
const longest = { place: 120, neighbourhood: 60 } as const;
const maxTags = 20;

/** Turns a row into a camera, or says what is wrong with it. Looks no name up. Whatever it leaves out is in the notes. */
export async function fit(
  { cells, fault, lost = {} }: RawRow,
  mapping: ImportMapping,
  networks: CameraNetworks,
): Promise<FitRow | UnfitRow> {
  const of = (field: keyof ImportMapping) => (cells[mapping[field] ?? ''] ?? '').trim();
  const name = (of('name') || of('place')).slice(0, 200);
  const unfit = (reason: string): UnfitRow => ({ ok: false, name: name.slice(0, 80), reason });
  if (fault !== undefined) return unfit(fault);
  const notes: string[] = [];
  for (const column of Object.values(mapping)) {
    if (lost[column] === 'long')
      return unfit(`its column "${column}" has more than ${maxCell} characters: shorten it`);
    if (lost[column] === 'no-text')
      notes.push(`its column "${column}" holds more than text, which was left out`);
  }
  if (of('url') === '')
    return unfit('it has no stream address: fill the column, or choose the one that holds it');
  const cut = (field: keyof typeof longest) => {
    const text = of(field);
    if (text.length > longest[field])
      notes.push(`of its ${field} the first ${longest[field]} of ${text.length} characters were taken`);
    return text.slice(0, longest[field]);
  };
  const tags = of('tags').split(/[;,|]/).map((tag) => tag.trim()).filter(Boolean); // prettier-ignore
  if (tags.length > maxTags) notes.push(`of its ${tags.length} tags the first ${maxTags} were taken`);
  const latitude = of('latitude') === '' ? null : numberOf(of('latitude'));
  const longitude = of('longitude') === '' ? null : numberOf(of('longitude'));
  if (Number.isNaN(latitude) || Number.isNaN(longitude))
    return unfit('its latitude or longitude is no number: write degrees such as 52.3702');
  if ((latitude === null) !== (longitude === null))
    notes.push(
      `it has no ${latitude === null ? 'latitude' : 'longitude'}, so its place on the map was left out`,
    );
  const main = withoutLogin(of('url'));
  const sub = withoutLogin(of('subUrl'));
  const source = sourceOf(main, sub, { username: of('username'), password: of('password') }, notes);
  const parsed = CameraInput.safeParse({
    ...{ name, place: cut('place'), neighbourhood: cut('neighbourhood') },
    ...(latitude !== null && longitude !== null && { latitude, longitude }),
    ...(of('number') !== '' && { number: numberOf(of('number')) }),
    ...{ tags: tags.slice(0, maxTags), source },
  });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const pointer = `/${(issue?.path ?? []).join('/')}`;
    const what = pointer.startsWith('/source/')
      ? 'its stream address'
      : pointer.startsWith('/tags/')
        ? 'one of its tags'
        : `its ${pointer.slice(1)}`;
    return unfit(explained[pointer] ?? `${what}: ${issue?.message ?? 'not valid'}`);
  }
  for (const address of [main.url, sub.url].filter(Boolean)) {
    const rules = { schemes: everyScheme, networks, resolve: async () => [] };
    const checked = await checkAddress(address, rules);
    // Names are looked up before each connection.
    if (!checked.ok && !checked.unresolved)
      return unfit(`its stream address cannot be used: ${checked.reason}`);
  }
  const [stream = main.url] = parsed.data.source.kind === 'none' ? [] : streamsIn(parsed.data.source);
  const externalId = of('externalId') || `address ${hash(stream)}`;
  if (externalId.length > 200) return unfit('its external id is longer than 200 characters');
  const formerId = of('externalId') || `address ${hash(main.url)}`;
  const fingerprint = hash(JSON.stringify(parsed.data));
  return { ok: true, externalId, formerId, input: parsed.data, fingerprint, notes };
}

type Login = Pick<ReturnType<typeof withoutLogin>, 'username' | 'password'>;

/** The source of a row: addresses without logins, and one login for both. */
function sourceOf(
  main: ReturnType<typeof withoutLogin>,
  sub: ReturnType<typeof withoutLogin>,
  columns: { username: string; password: string },
  notes: string[],
) {
  const kind = kindOf(main.url);
  const username = columns.username || main.username || sub.username || '';
  const password = columns.password || main.password || sub.password || '';
  const differs = (login: Login) =>
    (login.username ?? '') !== '' && (login.username !== username || login.password !== password);
  if (differs(main) || differs(sub))
    notes.push('it has more than one login; that of the columns, or else of its stream address, was taken');
  if (username === '' && password !== '')
    notes.push('its password was left out, since there is no user name with it');
  const takesLogin = kind !== 'srt' && kind !== 'mpegts';
  if (username !== '' && !takesLogin)
    notes.push(`its login was left out: none is sent to an address of this kind (${kind})`);
  if (sub.url !== '' && kind === 'snapshot')
    notes.push('the address of its small stream was left out: still pictures have none');
  return {
    ...{ kind, main: main.url },
    ...(sub.url !== '' && kind !== 'snapshot' && { sub: sub.url }),
    ...(username !== '' && takesLogin && { username, password }),
  };
}
