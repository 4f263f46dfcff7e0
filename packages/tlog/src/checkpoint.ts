import { fromBase64, toBase64 } from './bytes.ts';
import type { Ed25519 } from './hash.ts';
import { parseNote, verifyNote, type Note, type NoteVerdict, type VerifierKey } from './note.ts';

/** C2SP tlog-checkpoint: a log, its size and its root hash. */
export interface Checkpoint {
  origin: string;
  size: number;
  root: Uint8Array;
  /** Lines after the third; we write none. */
  extensions: string[];
}

const rootBytes = 32;

export const formatCheckpoint = ({ origin, size, root, extensions }: Checkpoint): string =>
  [origin, String(size), toBase64(root), ...extensions, ''].join('\n');

/** Null for what is no checkpoint's text. */
export function parseCheckpoint(text: string): Checkpoint | null {
  if (!text.endsWith('\n')) return null;
  const lines = text.slice(0, -1).split('\n');
  const [origin = '', sizeText = '', rootText = '', ...extensions] = lines;
  const root = fromBase64(rootText);
  const size = Number(sizeText);
  if (lines.some((line) => line === '') || !/^(0|[1-9]\d*)$/.test(sizeText)) return null;
  if (!root || root.length !== rootBytes || !Number.isSafeInteger(size)) return null;
  return { origin, size, root, extensions };
}

/** A checkpoint as somebody handed it over, with who signed it. */
export interface SignedCheckpoint {
  checkpoint: Checkpoint;
  note: Note;
  signed: Extract<NoteVerdict, { ok: true }>['signed'];
}

/** Opens a signed checkpoint; the fault is in words. `log` are the keys of the log, one of which has to have signed. */
export function openCheckpoint(
  ed25519: Ed25519,
  message: string,
  keys: { log: readonly VerifierKey[]; witnesses?: readonly VerifierKey[] },
): { ok: true; value: SignedCheckpoint } | { ok: false; fault: string } {
  const note = parseNote(message);
  const checkpoint = note && parseCheckpoint(note.text);
  if (!note || !checkpoint) return { ok: false, fault: 'this is no signed checkpoint' };
  const verdict = verifyNote(ed25519, note, [...keys.log, ...(keys.witnesses ?? [])]);
  if (!verdict.ok) return verdict;
  if (!verdict.signed.some(({ key }) => keys.log.includes(key)))
    return { ok: false, fault: 'the log itself has not signed it' };
  return { ok: true, value: { checkpoint, note, signed: verdict.signed } };
}
