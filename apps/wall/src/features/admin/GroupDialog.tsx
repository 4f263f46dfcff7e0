import type { CameraGroup } from '@clerestory/protocol';
import { useState } from 'react';
import { callRoute } from '../../state/call-route.ts';
import { FormDialog } from '../../ui/Dialog.tsx';
import { TextField } from '../../ui/TextField.tsx';
import { useStep } from '../people/use-step.ts';
import { CameraPicker, pickedOf, withTyped, type Picked } from './CameraPicker.tsx';

/** A camera group: its name, its cameras, and whether visitors may see them. */
export function GroupDialog({
  group,
  onDone,
  onClose,
}: {
  group: CameraGroup | null;
  onDone: () => void;
  onClose: () => void;
}) {
  const [name, setName] = useState(group?.name ?? '');
  const [picked, setPicked] = useState<Picked>(() => pickedOf(group?.cameras ?? []));
  const [restricted, setRestricted] = useState(group?.restricted ?? false);
  const { busy, run, fault, at, problem } = useStep();
  const submit = () =>
    void run<unknown>(async () => {
      // Who typed a last one and saves has meant it.
      const { picked: all, answer } = await withTyped(picked);
      setPicked(all);
      if (!answer.ok) return answer;
      const body = { name, restricted, cameras: all.cameras.map(({ id }) => id) };
      return group
        ? callRoute('updateCameraGroup', { params: { group: group.id }, body }, { base: group.revision })
        : callRoute('createCameraGroup', { body });
    }, onDone);
  const inList = problem?.errors?.find(({ pointer }) => pointer.startsWith('/cameras'));
  return (
    <FormDialog
      title={group?.name ?? 'Add a camera group'}
      text="A camera may be in several groups."
      size="m"
      action={group ? 'Save' : 'Add'}
      busy={busy}
      fault={fault}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField
        label="Name"
        value={name}
        onChange={(event) => setName(event.target.value)}
        fault={at('name')}
        autoFocus
      />
      <label className="admin-check">
        <input
          type="checkbox"
          checked={restricted}
          onChange={(event) => setRestricted(event.target.checked)}
        />
        Restricted: hidden on the screens while visitors are in the room
      </label>
      <CameraPicker value={picked} onChange={setPicked} fault={inList?.message} />
    </FormDialog>
  );
}
