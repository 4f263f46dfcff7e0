import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { parseCheckpoint, parseNote, type NoteSignature, type SignedCheckpoint } from '@clerestory/tlog';
import { opened, type Keys } from './checkpoints.ts';
import { CannotRead, mostCheckpointBytes, readText } from './source.ts';

/** A file among the kept that no key opens. */
export interface Unopened {
  file: string;
  fault: string;
  /** What it says of itself where it is a checkpoint at all; nothing of it is believed. */
  claim: { origin: string; signatures: readonly NoteSignature[] } | null;
}

export interface Kept {
  checkpoints: SignedCheckpoint[];
  unopened: Unopened[];
  /** Drafts that were never finished: a server that was stopped while it wrote leaves them. */
  drafts: string[];
}

async function readOne(file: string, keys: Keys): Promise<SignedCheckpoint | Unopened> {
  try {
    // A link is followed to its file; what is neither could be read without end.
    const found = await stat(file);
    if (!found.isFile())
      return { file, fault: found.isDirectory() ? 'it is a link to a folder' : 'it is no file', claim: null };
    const text = (await readText(file, mostCheckpointBytes)).replaceAll('\r\n', '\n');
    const one = opened(text, keys);
    if (one.ok) return one.value;
    const note = parseNote(text);
    const origin = note && parseCheckpoint(note.text)?.origin;
    return { file, fault: one.fault, claim: note && origin ? { origin, signatures: note.signatures } : null };
  } catch (error) {
    return { file, fault: (error as Error).message, claim: null };
  }
}

/**
 * Every file below a folder, opened as a checkpoint. Nothing is left out: what cannot be opened is handed back too.
 * @throws CannotRead when there is no such folder.
 */
export async function readKept(folder: string, keys: Keys): Promise<Kept> {
  const kept: Kept = { checkpoints: [], unopened: [], drafts: [] };
  const listed = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new CannotRead(`there is no folder ${folder}`);
    if (code === 'ENOTDIR') throw new CannotRead(`${folder} is a file; give the folder that it lies in`);
    throw new CannotRead(`the folder ${folder} cannot be read: ${message}`);
  });
  for (const entry of listed) {
    if (entry.isDirectory()) continue;
    const file = path.join(entry.parentPath, entry.name);
    const one = await readOne(file, keys);
    if (!('file' in one)) kept.checkpoints.push(one);
    else if (one.claim === null && file.endsWith('.draft')) kept.drafts.push(file);
    else kept.unopened.push(one);
  }
  return kept;
}
