import type { Screenshot } from '@clerestory/protocol';
import { Camera } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useActions } from '../../commands/use-actions.ts';
import { useNow } from '../../state/use-now.ts';
import { useWall } from '../../state/use-wall.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { clockTime } from '../../ui/time.ts';
import './screen-commands.css';

const ageWords = (ms: number): string => {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  return seconds < 60 ? `${seconds} s old` : `${Math.floor(seconds / 60)} min old`;
};

/** The last picture of a screen as it is on its monitor, with its age; a new one is asked of the screen itself. */
export function ScreenshotDialog({ screen, onClose }: { screen: string; onClose: () => void }) {
  const { tell, order } = useActions();
  const wall = useWall((state) => state.wall?.id);
  const name = useWall((state) => state.wall?.screens.find(({ id }) => id === screen)?.name) ?? screen;
  const last = useWall((state) =>
    state.orders.findLast((one) => one.screen === screen && one.kind === 'screenshot'),
  );
  const [shot, setShot] = useState<Screenshot | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const nowMs = useNow();
  const state = last?.state;
  useEffect(() => {
    if (wall === undefined || state === 'sent') return;
    void tell('screen:screenshot', { wall, screen }).then((answer) => {
      if (answer?.ok) setShot(answer.value);
      setFault(answer && !answer.ok ? answer.problem.detail : null);
    });
  }, [tell, wall, screen, state, last?.id]);
  const trouble = fault ?? (state === 'lost' || state === 'failed' ? (last?.note ?? null) : null);
  return (
    <Dialog title={`${name}, as it is on its monitor`} size="l" onClose={onClose}>
      <div className="dialog-body screenshot">
        {shot ? (
          <img
            src={`data:image/jpeg;base64,${shot.jpeg}`}
            width={shot.width}
            height={shot.height}
            alt={`What ${name} showed at ${clockTime(shot.at)}`}
          />
        ) : (
          <EmptyState icon={<Camera aria-hidden="true" />} title="No picture of this screen yet">
            The screen draws what its tiles show and says on the screen that it was asked.
          </EmptyState>
        )}
      </div>
      <div className="dialog-foot">
        {trouble && (
          <p className="field-fault" role="alert">
            {trouble}
          </p>
        )}
        {shot && (
          <span className="dim" data-age>
            {clockTime(shot.at)}, {ageWords(nowMs - shot.at)}
          </span>
        )}
        <Button onClick={onClose}>Close</Button>
        <Button
          kind="primary"
          disabled={state === 'sent'}
          onClick={() =>
            void order([screen], { kind: 'screenshot' }).then((problem) => setFault(problem?.detail ?? null))
          }
        >
          {state === 'sent' ? 'Asking the screen…' : 'Take a new one'}
        </Button>
      </div>
    </Dialog>
  );
}
