/**
 * What ffmpeg reads on stdin instead of an address in its argument list, where every user of the machine could see the
 * login: a script of the concat demuxer (ffmpeg-formats, "concat").
 */

/** ffmpeg keeps `user:password` of an RTSP address, percent-encoded, in 128 bytes and cuts off what is longer. */
export const maxLoginBytes = 127;
/** Milliseconds without any answer on the RTSP connection after which ffmpeg gives up. */
export const rtspTimeoutMs = 5_000;

const probing = ['option probesize 32768', 'option analyzeduration 500000'];

/** Everything but letters, digits and `-_.~` (RFC 3986, 2.3). */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

export interface Login {
  username?: string | undefined;
  password?: string | undefined;
}

/** `user:password@`, encoded; empty without a login. Throws RangeError when ffmpeg would cut it. */
export function loginPart({ username = '', password = '' }: Login): string {
  if (username === '' && password === '') return '';
  const login = `${percentEncode(username)}:${percentEncode(password)}`;
  if (login.length > maxLoginBytes)
    throw new RangeError(
      `The user name and password are too long: together at most ${maxLoginBytes - 1} characters, each special character counting as three`,
    );
  return `${login}@`;
}

/** What is fetched of a stream that may have both. */
export type Fetched = 'pictures' | 'sound';

/**
 * The script for one RTSP stream. `address` is `rtsp://host[:port]/path` without login. For its sound the camera is not
 * asked to send pictures as well.
 * Throws RangeError on an address that could end its quotes or line.
 */
export function rtspScript(
  address: string,
  login: Login,
  transport: 'tcp' | 'udp',
  fetched: Fetched = 'pictures',
): string {
  const parts = /^rtsp:\/\/([^@/?]+)([/?].*)?$/i.exec(address);
  // eslint-disable-next-line no-control-regex -- control characters are what must not come through
  if (!parts || /['"\\\s\u0000-\u001f\u007f]/.test(address))
    throw new RangeError('The camera address has characters that cannot be used');
  const url = `rtsp://${loginPart(login)}${parts[1]}${parts[2] ?? ''}`;
  return [
    'ffconcat version 1.0',
    `file '${url}'`,
    `option rtsp_transport ${transport}`,
    `option timeout ${rtspTimeoutMs * 1000}`,
    ...(fetched === 'sound' ? ['option allowed_media_types audio'] : []),
    ...probing,
    '',
  ].join('\n');
}

/** The script for one address, of which every character is known to be harmless, with options of ffmpeg for it. */
export function addressScript(address: string, options: Record<string, string | number>): string {
  // eslint-disable-next-line no-control-regex -- control characters are what must not come through
  if (/['"\\\s\u0000-\u001f\u007f]/.test(address))
    throw new RangeError('The camera address has characters that cannot be used');
  const lines = Object.entries(options).map(([name, value]) => {
    if (!/^[a-z_]+$/.test(name) || !/^[A-Za-z0-9_.,:=#!/-]*$/.test(String(value)))
      throw new RangeError('The camera has settings with characters that cannot be used');
    return `option ${name} ${value}`;
  });
  return ['ffconcat version 1.0', `file '${address}'`, ...lines, ...probing, ''].join('\n');
}

/**
 * The script for a looped file that starts `startS` seconds into its loop. To be looped by ffmpeg as a whole, it plays
 * from there to the end and then from the beginning up to there. Exact where a key frame is at `startS` and the file has
 * no B-frames. Throws RangeError on a path that is not absolute or has a line break.
 */
export function loopScript(path: string, startS: number): string {
  if (!path.startsWith('/') || /[\r\n\0]/.test(path))
    throw new RangeError('a looped file is given by its absolute path');
  const file = `file 'file:${path.replaceAll("'", "'\\''")}'`;
  const parts = startS > 0 ? [file, `inpoint ${startS}`, file, `outpoint ${startS}`] : [file];
  return ['ffconcat version 1.0', ...parts, ''].join('\n');
}
