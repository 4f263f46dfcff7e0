import { maySound, type Camera } from '@clerestory/protocol';
import { useRef, useState } from 'react';
import { callRoute } from '../../state/call-route.ts';
import { say } from '../../state/toasts.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog, FormDialog, GoneDialog } from '../../ui/Dialog.tsx';

/** Why nobody can be allowed to listen; null: it can be allowed. The server has the last word. */
function hindrance({ visibility, source }: Camera): string | null {
  if (visibility === 'private')
    return 'This camera is private. Its owner has lent pictures, not sound: nobody can be allowed to listen to it.';
  return maySound(source)
    ? null
    : 'This camera has no sound here. Sound comes from cameras with an RTSP, HLS, RTMP, SRT or MPEG-TS address.';
}

/** Whether operators may listen to a camera: off until somebody allows it here, and the change is in the record. */
export function SoundDialog({
  camera,
  gone,
  onClose,
}: {
  camera: Camera;
  gone: boolean;
  onClose: () => void;
}) {
  const [start] = useState(camera);
  const [allowed, setAllowed] = useState(camera.sound === true);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const key = useRef(crypto.randomUUID());
  const hindered = hindrance(camera);
  const save = async () => {
    if (allowed === (start.sound === true)) return onClose();
    setBusy(true);
    const given = { params: { camera: camera.id }, body: { allowed } };
    const answer = await callRoute('setSound', given, { key: key.current, base: start.revision });
    setBusy(false);
    if (!answer.ok) return setFault(answer.problem.detail);
    say({
      tone: 'plain',
      title: allowed ? 'Operators may listen now' : 'Nobody may listen any more',
      text: allowed
        ? `${camera.name}: each of them switches it on for a tile.`
        : `${camera.name}, from now on.`,
    });
    onClose();
  };
  if (gone && !busy) return <GoneDialog what={`Camera ${camera.number}`} onClose={onClose} />;
  const title = `Sound of camera ${camera.number}, ${camera.name}`;
  if (hindered !== null && camera.sound !== true)
    return (
      <Dialog
        size="m"
        title={title}
        text={hindered}
        onClose={onClose}
        foot={
          <div className="dialog-foot">
            <Button kind="primary" autoFocus onClick={onClose}>
              Close
            </Button>
          </div>
        }
      />
    );
  return (
    <FormDialog
      size="m"
      title={title}
      text={
        start.sound === true
          ? 'Operators may listen to it: each of them switches it on for a tile of a workstation.'
          : 'Its sound is off. Allowed here, an operator can switch it on for a tile of a workstation.'
      }
      action="Save"
      busy={busy}
      fault={fault}
      onSubmit={() => void save()}
      onClose={onClose}
    >
      <label className="sound-switch">
        <input
          type="checkbox"
          checked={allowed}
          onChange={(event) => {
            key.current = crypto.randomUUID();
            setAllowed(event.target.checked);
          }}
        />
        Operators may listen to this camera
      </label>
      <p className="sound-warning">
        In many places it takes another permission to listen to people than to watch them, and it may be a
        crime without. Ask whoever answers for the law at your agency before you allow it.
      </p>
      <p className="field-hint">
        Whoever may watch the camera may then listen to it, one tile at a time, at a workstation and never on
        a screen of the room. Sound is not kept. Who listened, when and for how long is in the record, and so
        is this change.
      </p>
    </FormDialog>
  );
}
