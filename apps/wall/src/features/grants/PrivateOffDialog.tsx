import { useState } from 'react';
import { callRoute } from '../../state/call-route.ts';
import { say } from '../../state/toasts.ts';
import { FormDialog } from '../../ui/Dialog.tsx';
import { TextField } from '../../ui/TextField.tsx';
import { useStep } from '../people/use-step.ts';

/** The kill switch: every private camera goes dark at once. */
export function PrivateOffDialog({ off, onClose }: { off: boolean; onClose: () => void }) {
  const [reason, setReason] = useState('');
  const { busy, run, problem } = useStep();
  return (
    <FormDialog
      title={off ? 'Switch every private camera off?' : 'Switch private cameras on again?'}
      text={
        off
          ? 'All of them go dark within a second, on every screen, whatever their owners allow. Only an administrator switches them on again.'
          : 'They open again for whom their owners allow it; nothing is shown before it is asked for.'
      }
      size="s"
      action={off ? 'Switch off' : 'Switch on'}
      kind={off ? 'danger' : 'primary'}
      busy={busy}
      fault={problem ? (problem.errors?.[0]?.message ?? problem.detail) : null}
      onSubmit={() =>
        void run(
          () => callRoute('switchPrivate', { body: { off, reason } }),
          () => {
            say({
              tone: 'plain',
              title: 'Done',
              text: off ? 'Every private camera is off.' : 'Private cameras may be opened again.',
            });
            onClose();
          },
        )
      }
      onClose={onClose}
    >
      <TextField label="Why" value={reason} onChange={(event) => setReason(event.target.value)} autoFocus />
    </FormDialog>
  );
}
