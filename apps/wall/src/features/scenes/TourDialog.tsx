import type { ClientCommand, Problem } from '@clerestory/protocol';
import { useState } from 'react';
import { useActions } from '../../commands/use-actions.ts';
import { useWall } from '../../state/use-wall.ts';
import { FormDialog } from '../../ui/Dialog.tsx';
import { TextField } from '../../ui/TextField.tsx';
import './scenes.css';

/** What rotates: cameras in one tile, or scenes on one screen. */
export interface TourAim {
  screen: string;
  tile: number | null;
}

/** Camera numbers as people type them: 101, 102 110-112. */
function readNumbers(text: string): number[] {
  return text.split(/[\s,;]+/).flatMap((part) => {
    const range = /^(\d+)-(\d+)$/.exec(part);
    if (!range) return /^\d+$/.test(part) ? [Number(part)] : [];
    const [from, to] = [Number(range[1]), Number(range[2])];
    return to < from || to - from > 40 ? [] : Array.from({ length: to - from + 1 }, (_, n) => from + n);
  });
}

/** Begins a tour; what turns is chosen in order. */
export function TourDialog({
  at,
  picked,
  onClose,
}: {
  at: TourAim;
  /** Cameras chosen in the list. */
  picked: readonly string[];
  onClose: () => void;
}) {
  const { ask } = useActions();
  const wall = useWall((state) => state.wall);
  const cameras = useWall((state) => state.cameras);
  const name = wall?.screens.find(({ id }) => id === at.screen)?.name ?? at.screen;
  const scenes = (wall?.scenes ?? []).filter(({ screens }) =>
    screens.some((one) => one.screen === at.screen),
  );
  const [text, setText] = useState(() => picked.flatMap((id) => cameras[id]?.number ?? []).join(', '));
  const [chosen, setChosen] = useState<readonly string[]>(() => scenes.map(({ id }) => id));
  const [dwell, setDwell] = useState('10');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const byNumber = new Map(Object.values(cameras).map((camera) => [camera.number, camera.id]));
  const numbers = readNumbers(text);
  const unknown = numbers.filter((number) => !byNumber.has(number));
  const found = numbers.flatMap((number) => byNumber.get(number) ?? []);
  const isTile = at.tile !== null;
  const command = (): ClientCommand =>
    at.tile !== null
      ? { type: 'tile:tour', screen: at.screen, tile: at.tile, cameras: found, dwellS: Number(dwell) }
      : { type: 'screen:tour', screen: at.screen, scenes: [...chosen], dwellS: Number(dwell) };
  const submit = async () => {
    setBusy(true);
    const refused = await ask(command());
    setBusy(false);
    if (refused) setProblem(refused);
    else onClose();
  };
  const wanting = isTile
    ? unknown.length > 0
      ? `There is no camera ${unknown.join(', ')}.`
      : null
    : scenes.length < 2
      ? `Save two scenes with ${name} in them first.`
      : null;
  return (
    <FormDialog
      title={at.tile !== null ? `Tour on tile ${at.tile + 1} of ${name}` : `Tour of scenes on ${name}`}
      text={
        isTile
          ? 'The cameras follow one another on this tile. ! holds every tour for an alert, and lets them go on.'
          : 'The scenes follow one another on this screen; the others stay. ! holds every tour for an alert, and lets them go on.'
      }
      action="Begin the tour"
      busy={busy}
      fault={problem?.detail ?? wanting}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      {isTile ? (
        <TextField
          label="Camera numbers, in order"
          value={text}
          placeholder="101, 104, 110-115"
          hint={
            found.length > 0 ? `${found.length} cameras` : 'Type numbers, or choose cameras in the list first'
          }
          onChange={(event) => setText(event.target.value)}
          autoFocus
        />
      ) : (
        <fieldset className="scene-screens">
          <legend className="field-label">Scenes, in the order of the list</legend>
          {scenes.map(({ id, name: label }) => (
            <label key={id} className="check">
              <input
                type="checkbox"
                checked={chosen.includes(id)}
                onChange={(event) =>
                  setChosen(
                    scenes
                      .map((scene) => scene.id)
                      .filter((one) => (one === id ? event.target.checked : chosen.includes(one))),
                  )
                }
              />
              {label}
            </label>
          ))}
        </fieldset>
      )}
      <TextField
        label="Seconds for each"
        inputMode="numeric"
        value={dwell}
        onChange={(event) => setDwell(event.target.value)}
      />
    </FormDialog>
  );
}
