import { equalBytes, formatNote, parseNote, type NoteSignature } from '@clerestory/tlog';
import type { StoredCheckpoint } from './store.ts';
import type { Shown } from './witness-panel.ts';

/** A checkpoint as a witness is shown it. */
export const shownOf = ({ size, note }: StoredCheckpoint): Shown => ({
  size,
  note,
  text: parseNote(note)?.text ?? '',
});

/** A checkpoint with what witnesses have added; a newer word of the same key takes the place of the older. */
export function withSignatures(
  checkpoint: StoredCheckpoint,
  added: readonly NoteSignature[],
): StoredCheckpoint {
  const note = parseNote(checkpoint.note);
  if (!note) return checkpoint;
  const isAdded = ({ name, id }: NoteSignature) =>
    added.some((one) => one.name === name && equalBytes(one.id, id));
  const signatures = [...note.signatures.filter((one) => !isAdded(one)), ...added];
  return { ...checkpoint, note: formatNote({ text: note.text, signatures }) };
}
