import type { Problem } from '@clerestory/protocol';
import { useState } from 'react';
import { useActions } from '../../commands/use-actions.ts';
import { useWall } from '../../state/use-wall.ts';
import { FormDialog } from '../../ui/Dialog.tsx';
import { TextField } from '../../ui/TextField.tsx';

/** A text on some screens for some time. */
export function MessageDialog({ screen, onClose }: { screen: string | null; onClose: () => void }) {
  const { order } = useActions();
  const screens = useWall((state) => state.wall?.screens) ?? [];
  const [text, setText] = useState('');
  const [seconds, setSeconds] = useState('60');
  const [chosen, setChosen] = useState<ReadonlySet<string>>(() => new Set(screens.map(({ id }) => id)));
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const wrongSeconds = !/^\d+$/.test(seconds.trim()) || Number(seconds) < 3 || Number(seconds) > 3_600;
  const wanting =
    chosen.size === 0
      ? 'Choose a screen at least.'
      : wrongSeconds
        ? 'Give the seconds as a whole number from 3 to 3600.'
        : null;
  const send = async () => {
    if (wanting !== null) return;
    setBusy(true);
    const refused = await order([...chosen], { kind: 'message', text, seconds: Number(seconds) });
    setBusy(false);
    if (refused) setProblem(refused);
    else onClose();
  };
  return (
    <FormDialog
      title="Message on screens"
      text="It is shown over the tiles, with your name. An empty text takes a message away."
      action="Show it"
      busy={busy}
      fault={wanting ?? problem?.detail ?? null}
      onSubmit={() => void send()}
      onClose={onClose}
    >
      <TextField
        label="Text"
        value={text}
        onChange={(event) => setText(event.target.value)}
        maxLength={200}
        autoFocus
      />
      <TextField
        label="Seconds"
        inputMode="numeric"
        value={seconds}
        onChange={(event) => setSeconds(event.target.value)}
      />
      <fieldset className="scene-screens">
        <legend className="field-label">Screens</legend>
        {screens.map(({ id, name }) => (
          <label key={id} className="check">
            <input
              type="checkbox"
              checked={chosen.has(id)}
              onChange={(event) => {
                const next = new Set(chosen);
                if (event.target.checked) next.add(id);
                else next.delete(id);
                setChosen(next);
              }}
            />
            {id === screen ? <b>{name}</b> : name}
          </label>
        ))}
      </fieldset>
    </FormDialog>
  );
}
