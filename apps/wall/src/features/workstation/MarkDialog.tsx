import { useState } from 'react';
import { callRoute } from '../../state/call-route.ts';
import { say } from '../../state/toasts.ts';
import { FormDialog } from '../../ui/Dialog.tsx';
import { TextField } from '../../ui/TextField.tsx';
import { clockTime } from '../../ui/time.ts';

/** A moment of a camera with a note, kept in the record. The moment is when the key was pressed. */
export function MarkDialog({
  camera,
  name,
  at,
  onClose,
}: {
  camera: string;
  name: string;
  at: number;
  onClose: () => void;
}) {
  const [note, setNote] = useState('');
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const [key] = useState(() => crypto.randomUUID());
  const submit = async () => {
    setBusy(true);
    const answer = await callRoute('markMoment', { params: { camera }, body: { at, note } }, { key });
    setBusy(false);
    if (!answer.ok) return setFault(answer.problem.detail);
    say({ tone: 'plain', title: `Marked ${name} at ${clockTime(at)}`, text: note });
    onClose();
  };
  return (
    <FormDialog
      title={`Mark ${clockTime(at)}`}
      text={`${name}. The mark is in the record with your name; the note says what was seen.`}
      size="s"
      action="Mark"
      busy={busy}
      fault={fault}
      onClose={onClose}
      onSubmit={() => void submit()}
    >
      <TextField
        label="Note"
        value={note}
        maxLength={200}
        autoFocus
        onChange={(event) => setNote(event.target.value)}
      />
    </FormDialog>
  );
}
