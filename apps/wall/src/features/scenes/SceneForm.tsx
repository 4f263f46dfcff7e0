import { SceneKey, type Problem, type Scene } from '@clerestory/protocol';
import { useState } from 'react';
import { useActions } from '../../commands/use-actions.ts';
import { useWall } from '../../state/use-wall.ts';
import { FormDialog } from '../../ui/Dialog.tsx';
import { SelectField, TextField } from '../../ui/TextField.tsx';
import { idFromName } from '../screens/id-from-name.ts';

/** Saves what some screens show now as a scene; or gives one another name, key or content. */
export function SceneForm({ scene, onClose }: { scene: Scene | null; onClose: () => void }) {
  const { ask } = useActions();
  const wall = useWall((state) => state.wall);
  const screens = wall?.screens ?? [];
  const [name, setName] = useState(scene?.name ?? '');
  const [key, setKey] = useState<SceneKey | ''>(scene?.key ?? '');
  const [anew, setAnew] = useState(scene === null);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(
    () => new Set(scene ? scene.screens.map((one) => one.screen) : screens.map(({ id }) => id)),
  );
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const taken = new Map(
    (wall?.scenes ?? []).flatMap((one) => (one.key && one.id !== scene?.id ? [[one.key, one.name]] : [])),
  );
  const id = scene?.id ?? idFromName(name, new Set(wall?.scenes?.map((one) => one.id)));
  const submit = async () => {
    setBusy(true);
    const words = { scene: id, name, key: key === '' ? null : key };
    const refused = await ask(
      anew
        ? {
            type: 'scene:save',
            ...words,
            screens: screens.flatMap((one) => (chosen.has(one.id) ? [one.id] : [])),
          }
        : { type: 'scene:rename', ...words },
    );
    setBusy(false);
    if (refused) setProblem(refused);
    else onClose();
  };
  const fault = problem?.detail ?? (anew && chosen.size === 0 ? 'Choose a screen at least.' : null);
  return (
    <FormDialog
      title={scene ? `Change ${scene.name}` : 'Save the wall as a scene'}
      text="What the chosen screens show now is kept: layout and cameras."
      size="m"
      action={scene && !anew ? 'Save name and key' : 'Save scene'}
      busy={busy}
      fault={fault}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <div className="form-grid">
        <TextField
          label="Name"
          value={name}
          onChange={(event) => setName(event.target.value)}
          placeholder="Night watch"
          autoFocus
          required
        />
        <SelectField
          label="Key that applies it"
          value={key}
          onChange={(event) => setKey(event.target.value as SceneKey | '')}
        >
          <option value="">None</option>
          {SceneKey.options.map((one) => (
            <option key={one} value={one} disabled={taken.has(one)}>
              {one}
              {taken.has(one) ? ` — ${taken.get(one) ?? ''}` : ''}
            </option>
          ))}
        </SelectField>
      </div>
      {scene && (
        <label className="check">
          <input type="checkbox" checked={anew} onChange={(event) => setAnew(event.target.checked)} />
          Replace its content by what the screens show now
        </label>
      )}
      {anew && (
        <fieldset className="scene-screens">
          <legend className="field-label">Screens in it; the others stay as they are</legend>
          {screens.map((screen) => (
            <label key={screen.id} className="check">
              <input
                type="checkbox"
                checked={chosen.has(screen.id)}
                onChange={(event) => {
                  const next = new Set(chosen);
                  if (event.target.checked) next.add(screen.id);
                  else next.delete(screen.id);
                  setChosen(next);
                }}
              />
              {screen.name}
            </label>
          ))}
        </fieldset>
      )}
    </FormDialog>
  );
}
