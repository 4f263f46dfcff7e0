import { sameMasks, type Camera, type StreamFacts } from '@clerestory/protocol';
import { Plus, Trash2 } from 'lucide-react';
import { useRef, useState, type ReactNode } from 'react';
import { callRoute } from '../../state/call-route.ts';
import { say } from '../../state/toasts.ts';
import { useRoles, watches } from '../../state/use-roles.ts';
import { useWall } from '../../state/use-wall.ts';
import { freshKey } from '../../sync/key.ts';
import { Button, IconButton } from '../../ui/Button.tsx';
import { FormDialog, GoneDialog } from '../../ui/Dialog.tsx';
import { Kbd } from '../../ui/Kbd.tsx';
import { placeWords, withMoreCorners } from './edit.ts';
import { MaskStage } from './MaskStage.tsx';
import { useDrawing, type Drawing } from './use-drawing.ts';
import './masks.css';

const names = { main: 'main stream', sub: 'small stream' } as const;

/** What masks cost, in words, and in figures where the server converts the camera now. */
export function costWords(streams: readonly StreamFacts[]): string {
  const measured = streams.flatMap(({ stream, cores }) =>
    cores === undefined ? [] : [`${cores.toFixed(2)} of a core for the ${names[stream]}`],
  );
  return measured.length > 0
    ? `Now: ${measured.join(', ')}.`
    : 'It is not converted now, so that it costs nothing.';
}

function Tools({ drawing }: { drawing: Drawing }) {
  const { tool, draft, chosen, areas, full } = drawing;
  const mask = chosen === null ? undefined : areas[chosen];
  return (
    <>
      <div className="mask-tools" role="radiogroup" aria-label="What is drawn">
        {(['rectangle', 'polygon'] as const).map((one) => (
          <Button
            key={one}
            role="radio"
            aria-checked={tool === one}
            kind={tool === one ? 'plain' : 'quiet'}
            onClick={() => drawing.take(one)}
          >
            {one === 'rectangle' ? 'Rectangle' : 'Polygon'}
          </Button>
        ))}
      </div>
      <p className="field-hint">
        {tool === 'rectangle'
          ? 'Drag over what nobody is to see.'
          : 'Click its corners one after the other; close it at the first corner, by a double click or with Enter.'}
      </p>
      <div className="mask-tools">
        <Button onClick={drawing.addMiddle} disabled={full}>
          <Plus aria-hidden="true" />
          Rectangle in the middle
        </Button>
        {draft.length > 0 && <Button onClick={drawing.close}>Close the polygon</Button>}
        {mask && chosen !== null && (
          <Button onClick={() => drawing.change(chosen, withMoreCorners(mask))}>One more corner</Button>
        )}
      </div>
      <p className="field-hint">
        <Kbd name="ArrowUp" /> <Kbd name="ArrowDown" /> <Kbd name="ArrowLeft" /> <Kbd name="ArrowRight" />{' '}
        move the chosen area or corner, with Shift they size it, <Kbd name="Delete" /> removes it.
      </p>
    </>
  );
}

function Areas({ drawing }: { drawing: Drawing }) {
  const { areas, kept, chosen } = drawing;
  if (areas.length === 0)
    return <p className="dim">None yet: everybody who may see this camera sees all of it.</p>;
  return (
    <ol className="mask-list" aria-label="Areas">
      {areas.map((mask, area) => (
        <li key={area} data-chosen={area === chosen || undefined}>
          <button type="button" disabled={area < kept} onClick={() => drawing.choose(area)}>
            <b>{area + 1}</b> <span className="dim">{placeWords(mask)}</span>
          </button>
          {area >= kept && (
            <IconButton label={`Remove area ${area + 1}`} onClick={() => drawing.remove(area)}>
              <Trash2 />
            </IconButton>
          )}
        </li>
      ))}
    </ol>
  );
}

/** Areas of a camera that nobody is to see. `picture`: what is behind them, for whoever may watch. */
export function MasksDialog({
  camera,
  gone,
  picture,
  onClose,
}: {
  camera: Camera;
  gone: boolean;
  picture: ReactNode;
  onClose: () => void;
}) {
  const roles = useRoles();
  const mayUncover = roles.includes('administrator');
  const streams = useWall((state) => state.health[camera.id]?.streams) ?? [];
  const before = camera.masks ?? [];
  // What this drawing began with; somebody else's change meanwhile is a conflict, which the server tells.
  const [start] = useState(camera);
  const drawing = useDrawing(start.masks ?? [], mayUncover);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const key = useRef<{ of: string; key: string } | null>(null);
  const facts = streams.find(({ width, height }) => width !== null && height !== null);
  const aspect = facts?.width && facts.height ? facts.width / facts.height : 16 / 9;

  const save = async () => {
    if (drawing.draft.length > 0) return drawing.close();
    const { areas } = drawing;
    if (sameMasks(areas, start.masks ?? [])) return onClose();
    setBusy(true);
    const of = JSON.stringify(areas);
    if (key.current?.of !== of) key.current = { of, key: freshKey() };
    const given = { params: { camera: camera.id }, body: { masks: areas } };
    const answer = await callRoute('setMasks', given, { key: key.current.key, base: start.revision });
    setBusy(false);
    if (!answer.ok) return setFault(answer.problem.errors?.[0]?.message ?? answer.problem.detail);
    const count = areas.length;
    say({
      tone: 'plain',
      title:
        count === 0
          ? 'Nothing is masked any more'
          : `${count} ${count === 1 ? 'area is' : 'areas are'} masked`,
      text: `${camera.name}, on every screen, still and player, from now on.`,
    });
    onClose();
  };
  if (gone && !busy) return <GoneDialog what={`Camera ${camera.number}`} onClose={onClose} />;
  return (
    <FormDialog
      title={`Mask areas of camera ${camera.number}, ${camera.name}`}
      text="What is masked is painted over on the server, before any picture is kept or sent. Nobody sees it, by no way."
      size="xl"
      action="Save"
      busy={busy}
      fault={fault}
      onSubmit={() => void save()}
      onClose={onClose}
      onEscape={(event) => drawing.forget() && event.preventDefault()}
    >
      <div className="masks" data-masks={camera.id}>
        <MaskStage
          drawing={drawing}
          aspect={aspect}
          picture={
            watches(roles) ? (
              picture
            ) : (
              <p className="mask-blind dim">Your role sees no pictures: the areas stand in an empty frame.</p>
            )
          }
        />
        <div className="mask-side">
          <Tools drawing={drawing} />
          <h4 className="details-head">Areas</h4>
          <Areas drawing={drawing} />
          {!mayUncover && before.length > 0 && (
            <p className="field-hint">
              Areas that are there already are moved and removed by administrators.
            </p>
          )}
          {camera.movable && (
            <p className="mask-warning">
              This camera can be moved. Areas stay where they are in the picture; they do not follow what is
              behind them.
            </p>
          )}
          <h4 className="details-head">What it costs</h4>
          <p className="field-hint">
            A masked camera is converted while somebody watches it, each of its streams by itself, and takes a
            turn among the conversions of this server: where all are taken it waits, and is not shown.{' '}
            {costWords(streams)}
          </p>
        </div>
      </div>
    </FormDialog>
  );
}
