import { whoTakesOver, type Camera } from '@clerestory/protocol';
import { ArrowDown, ArrowLeft, ArrowRight, ArrowUp, House, Minus, Plus, type LucideIcon } from 'lucide-react';
import { useState, type PointerEvent, type ReactNode } from 'react';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Kbd } from '../../ui/Kbd.tsx';
import { shortTime } from '../../ui/time.ts';
import type { Direction } from './driver.ts';
import { FreeIn } from './FreeIn.tsx';
import { TakenOver } from './TakenOver.tsx';
import { usePtz, type Ptz } from './use-ptz.ts';
import './ptz.css';

const speeds = [
  ['Slow', 0.15],
  ['Middle', 0.5],
  ['Fast', 1],
] as const;

/** A button that moves while it is held, by pointer; keys are the dialog's. */
function Hold({
  ptz,
  direction,
  label,
  icon: Icon,
  off,
}: {
  ptz: Ptz;
  direction: Direction;
  label: string;
  icon: LucideIcon;
  off: boolean;
}) {
  const up = () => ptz.driver.release(`button ${direction}`);
  const down = (event: PointerEvent<HTMLButtonElement>) => {
    if (event.button !== 0) return;
    // Whatever the pointer does next, this button hears that it is up.
    event.currentTarget.setPointerCapture(event.pointerId);
    ptz.driver.press(`button ${direction}`, direction);
  };
  return (
    <Button
      className={`ptz-button ptz-${direction}`}
      aria-label={label}
      title={label}
      disabled={off}
      onPointerDown={down}
      onPointerUp={up}
      onPointerCancel={up}
      onLostPointerCapture={up}
      onContextMenu={(event) => event.preventDefault()}
    >
      <Icon aria-hidden="true" />
    </Button>
  );
}

function HolderLine({ ptz }: { ptz: Ptz }) {
  const { holder, mine, taken } = ptz;
  const somebody = holder?.holder;
  const waits = somebody && !mine && !taken;
  return (
    <p className="ptz-holder" role="status" data-mine={mine || undefined} data-holder={somebody?.name ?? ''}>
      {mine ? (
        <b>You move this camera.</b>
      ) : somebody ? (
        <>
          <b>{somebody.name}</b> moves this camera since {shortTime(somebody.since)}.
        </>
      ) : (
        'Nobody moves this camera.'
      )}
      {somebody && <FreeIn until={somebody.until} />}
      {waits && <span className="ptz-rank">{whoTakesOver(somebody.rank)}</span>}
    </p>
  );
}

function Pad({ ptz }: { ptz: Ptz }) {
  const [speed, setSpeed] = useState(0.5);
  const { move = false, zoom = false, home = false } = ptz.view?.abilities ?? {};
  const choose = (value: number) => {
    setSpeed(value);
    ptz.driver.setSpeed(value);
  };
  return (
    <>
      <div className="ptz-pad" role="group" aria-label="Move">
        <Hold ptz={ptz} direction="up" label="Up" icon={ArrowUp} off={!move} />
        <Hold ptz={ptz} direction="left" label="Left" icon={ArrowLeft} off={!move} />
        <Button
          className="ptz-button ptz-home"
          aria-label="Home"
          title="To its home position"
          disabled={!home}
          onClick={ptz.toHome}
        >
          <House aria-hidden="true" />
        </Button>
        <Hold ptz={ptz} direction="right" label="Right" icon={ArrowRight} off={!move} />
        <Hold ptz={ptz} direction="down" label="Down" icon={ArrowDown} off={!move} />
        <Hold ptz={ptz} direction="closer" label="Closer" icon={Plus} off={!zoom} />
        <Hold ptz={ptz} direction="wider" label="Wider" icon={Minus} off={!zoom} />
      </div>
      <div className="ptz-speeds" role="radiogroup" aria-label="Speed">
        {speeds.map(([name, value]) => (
          <Button
            key={name}
            role="radio"
            aria-checked={speed === value}
            kind={speed === value ? 'plain' : 'quiet'}
            onClick={() => choose(value)}
          >
            {name}
          </Button>
        ))}
      </div>
    </>
  );
}

function Presets({ ptz }: { ptz: Ptz }) {
  const presets = ptz.view?.presets ?? [];
  return (
    <section className="ptz-presets" aria-label="Presets">
      <h4 className="details-head">Presets</h4>
      {presets.length === 0 ? (
        <p className="dim">{ptz.view ? 'The camera has none.' : 'Asking the camera…'}</p>
      ) : (
        <ul>
          {presets.map(({ token, name }) => (
            <li key={token}>
              <Button onClick={() => ptz.toPreset(token)}>{name}</Button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** One camera large, and everything that moves it. `picture` is its live picture. */
export function PtzDialog({
  camera,
  picture,
  onClose,
}: {
  camera: Camera;
  picture: ReactNode;
  onClose: () => void;
}) {
  const ptz = usePtz(camera.id);
  return (
    <Dialog
      title={`Move camera ${camera.number}, ${camera.name}`}
      text="It moves while a key or a button is held, and stops when it is let go."
      size="xl"
      onClose={onClose}
    >
      <div className="ptz" data-ptz={camera.id}>
        <div className="ptz-picture">{picture}</div>
        <div className="ptz-side">
          <HolderLine ptz={ptz} />
          {ptz.taken && <TakenOver taken={ptz.taken} />}
          <Pad ptz={ptz} />
          <p className="dim ptz-keys">
            <Kbd name="ArrowUp" /> <Kbd name="ArrowDown" /> <Kbd name="ArrowLeft" /> <Kbd name="ArrowRight" />{' '}
            move, <Kbd name="+" /> <Kbd name="-" /> zoom
          </p>
          {ptz.fault !== '' && (
            <p className="field-fault" role="alert">
              {ptz.fault}
            </p>
          )}
          <Presets ptz={ptz} />
          {ptz.mine && (
            <Button onClick={ptz.letGo} title="Somebody else can move it at once">
              Let go of the camera
            </Button>
          )}
        </div>
      </div>
    </Dialog>
  );
}
