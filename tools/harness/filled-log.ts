import type { RecordNote } from '@clerestory/protocol';
import { RecordService } from '../../apps/server/src/features/record/index.ts';
import { systemClock } from '../../apps/server/src/platform/clock.ts';
import { openDatabase } from '../../apps/server/src/platform/database.ts';

/** Entries of one transaction. */
const group = 500;
const purposes = ['fire', 'robbery', 'violence', 'traffic'];
const places = ['shop', 'business', 'school', 'transit'];
const idOf = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

/** The life of one access, as the features write it: given, seen, told, ended. */
function lifeOf(n: number): RecordNote[] {
  const actor = `person:${idOf(n % 40)}`;
  const subject = `camera:camera-${n % 500}`;
  const about = { placeKind: places[n % 4] ?? '', district: `district-${n % 12}`, tier: 'integrated' };
  const grant = { grant: idOf(n), purpose: purposes[(n >> 2) % 4] ?? '', ...about };
  const asked = { ...grant, request: idOf(n), kind: 'standing', role: 'operator', viewer: 'person' };
  const view = { view: idOf(n), ...grant };
  return [
    { kind: 'grant-given', actor, subject, detail: { ...asked, minutes: 60, selfOpened: false } },
    { kind: 'view-started', actor, subject, detail: { ...view, as: 'person', stream: 'main', door: 'push' } },
    {
      ...{ kind: 'notice-sent', actor: 'server', subject: `owner:${idOf(n % 300)}` },
      detail: { channel: 'mail', noticeKind: 'access', notice: `access:${idOf(n)}`, seconds: 1 },
    },
    {
      ...{ kind: 'view-ended', actor, subject },
      detail: { ...view, seconds: n % 900, bytes: n * 17, reason: 'closed', streams: ['main'] },
    },
    { kind: 'grant-ended', actor: 'server', subject, detail: { ...grant, code: 'time' } },
  ];
}

/** Appends until the log of a stopped server has so many entries. Returns how many it appended. */
export async function fill(dataDir: string, entries: number, say: (words: string) => void): Promise<number> {
  const { db, close } = openDatabase(dataDir);
  try {
    const record = new RecordService(db, systemClock);
    const { sequence: first } = await record.load();
    for (let at = first; at < entries;) {
      const until = Math.min(entries, at + group);
      const from = at;
      await db.transaction().execute(async (write) => {
        for (let n = from; n < until; n++) {
          const [note] = lifeOf(Math.floor(n / 5)).slice(n % 5);
          if (note) await record.append(write, note);
        }
      });
      at = until;
      if (Math.floor(at / 50_000) > Math.floor(from / 50_000)) say(`${at} of ${entries} entries appended`);
    }
    return Math.max(0, entries - first);
  } finally {
    await close();
  }
}
