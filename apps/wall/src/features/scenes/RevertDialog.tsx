import { useState } from 'react';
import { useActions } from '../../commands/use-actions.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';

/** Something was changed since the scene was applied: what to do with it. */
export function RevertDialog({
  applied,
  detail,
  onClose,
}: {
  applied: number;
  detail: string;
  onClose: () => void;
}) {
  const { ask } = useActions();
  const [fault, setFault] = useState<string | null>(null);
  const revert = (since: 'keep' | 'overwrite') =>
    void ask({ type: 'scene:revert', applied, since }).then((problem) =>
      problem ? setFault(problem.detail) : onClose(),
    );
  return (
    <Dialog title="Somebody changed something since" text={detail} size="m" onClose={onClose}>
      <div className="dialog-foot">
        {fault && (
          <p className="field-fault" role="alert">
            {fault}
          </p>
        )}
        <Button onClick={onClose}>Leave all as it is</Button>
        <Button kind="danger" onClick={() => revert('overwrite')}>
          Take back everything
        </Button>
        <Button kind="primary" autoFocus onClick={() => revert('keep')}>
          Keep these, take back the rest
        </Button>
      </div>
    </Dialog>
  );
}
