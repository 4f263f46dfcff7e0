import type { Database } from '../../platform/database.ts';
import { firstFreePort, ListenError } from '../../platform/listen.ts';
import { readSetting, writeSetting } from '../../platform/settings.ts';

/**
 * Chooses the media node's port before any page is served, since a page's content-security policy names it: the one
 * that is set; else the one that open pages know from the last run on this control port, the next after the control
 * port, or any free one. Throws ListenError when the one that is set is taken.
 */
export async function chooseMediaPort(
  db: Database,
  host: string,
  controlPort: number,
  set: number | null,
): Promise<number> {
  const name = `media-port-of-${controlPort}`;
  const last = Number((await readSetting(db, name)) ?? 0);
  const next = controlPort < 65_535 ? [controlPort + 1] : [];
  const port = await firstFreePort(host, set === null ? [...(last ? [last] : []), ...next, 0] : [set]);
  if (port === null)
    throw new ListenError(
      `Port ${set} on ${host} is in use. Set CLERESTORY_MEDIA_PORT to another port, or unset it to take a free one.`,
    );
  if (port !== last) await writeSetting(db, name, String(port));
  return port;
}
