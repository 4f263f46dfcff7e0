import type { Camera } from '@clerestory/protocol';
import { useState } from 'react';
import { FormDialog, GoneDialog } from '../../ui/Dialog.tsx';
import { removeCamera } from './save.ts';

/** Asks before a camera leaves the registry and every tile. */
export function RemoveCameraDialog({
  camera,
  gone,
  tiles,
  onClose,
}: {
  camera: Camera;
  /** It is removed; by this dialog, while that is busy. */
  gone: boolean;
  /** On how many tiles it is. */
  tiles: number;
  onClose: () => void;
}) {
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const remove = async () => {
    setBusy(true);
    const answer = await removeCamera(camera.id);
    setBusy(false);
    if (answer.ok) onClose();
    else setFault(answer.problem.detail);
  };
  if (gone && !busy) return <GoneDialog what={`Camera ${camera.number}`} onClose={onClose} />;
  const where =
    tiles === 0 ? 'It is on no tile.' : tiles === 1 ? 'It goes from 1 tile.' : `It goes from ${tiles} tiles.`;
  return (
    <FormDialog
      size="s"
      kind="danger"
      title={`Remove camera ${camera.number}, ${camera.name}?`}
      text={`${where} Its address and login are deleted and cannot be brought back.`}
      action="Remove"
      busy={busy}
      fault={fault}
      onSubmit={() => void remove()}
      onClose={onClose}
    />
  );
}
