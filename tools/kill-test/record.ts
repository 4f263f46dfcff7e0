import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { RecordService } from '../../apps/server/src/features/record/index.ts';
import { KeyFiles } from '../../apps/server/src/features/transparency/index.ts';
import { systemClock } from '../../apps/server/src/platform/clock.ts';
import { openDatabase } from '../../apps/server/src/platform/database.ts';
import { ed25519 } from '../../apps/server/src/platform/hashing.ts';
import { equalBytes, openCheckpoint } from '@clerestory/tlog';

export interface RecordLook {
  /** What is wrong, in words. */
  faults: string[];
  entries: number;
  /** Signed checkpoints beside the database, all of which were compared. */
  checkpoints: number;
}

/**
 * Looks at the record in a copy of a killed server's store: its chain, the tree over it, each signed checkpoint that
 * lies in `dataDir`, and whether what was acknowledged (`kind subject`) is in it once. Nothing is mended before.
 */
export async function lookAtRecord(
  copyDir: string,
  dataDir: string,
  acknowledged: ReadonlySet<string>,
): Promise<RecordLook> {
  const { db, close } = openDatabase(copyDir);
  try {
    const record = new RecordService(db, systemClock);
    const verified = await record.verify();
    const faults = verified.ok ? [] : [`entry ${verified.sequence}: ${verified.fault}`];
    const rows = await db.selectFrom('record_entries').select(['kind', 'subject']).execute();
    const times = new Map<string, number>();
    for (const { kind, subject } of rows)
      times.set(`${kind} ${subject}`, (times.get(`${kind} ${subject}`) ?? 0) + 1);
    for (const one of acknowledged)
      if (times.get(one) !== 1)
        faults.push(`"${one}" is in the record ${times.get(one) ?? 0} times, not once`);
    const key = new KeyFiles(dataDir).current();
    const notes = notesBelow(path.join(dataDir, 'witness'));
    for (const { name, text } of notes) {
      const opened = openCheckpoint(ed25519, text, { log: key ? [key.verifier] : [] });
      if (!opened.ok) {
        faults.push(`checkpoint ${name}: ${opened.fault}`);
        continue;
      }
      const { size, root } = opened.value.checkpoint;
      const now = await record.log.rootAt(size);
      if (now === null) faults.push(`checkpoint ${name}: ${size} entries were signed, and there are fewer`);
      else if (!equalBytes(now, root))
        faults.push(`checkpoint ${name}: the first ${size} entries are others`);
    }
    return { faults, entries: rows.length, checkpoints: notes.length };
  } finally {
    await close();
  }
}

/** Checkpoints as the server has put them there; one that it was just writing is no checkpoint yet. */
function notesBelow(folder: string): { name: string; text: string }[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile() && !file.name.endsWith('.draft'))
    .map(({ parentPath, name }) => ({ name, text: readFileSync(path.join(parentPath, name), 'utf8') }));
}
