import { whoTakesOver } from '@clerestory/protocol';
import { useEffect, useMemo } from 'react';
import { Button } from '../../ui/Button.tsx';
import { Kbd } from '../../ui/Kbd.tsx';
import { FreeIn } from './FreeIn.tsx';
import { TakenOver } from './TakenOver.tsx';
import { usePtz } from './use-ptz.ts';
import './ptz.css';

/**
 * Moving a camera from its own tile. While this is there the arrow keys, + and − are the camera's, digits are its
 * presets, and whatever takes the keys away sends STOP.
 */
export function PtzTile({ camera, onLeave }: { camera: string; onLeave: () => void }) {
  const ptz = usePtz(camera);
  const { view, holder, mine, taken, fault } = ptz;
  const somebody = holder?.holder ?? null;
  const presets = useMemo(() => view?.presets ?? [], [view]);
  const { toPreset, toHome } = ptz;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      const preset = /^[1-9]$/.test(event.key) ? presets[Number(event.key) - 1] : undefined;
      if (event.key === 'Escape' || event.key.toLowerCase() === 'm') onLeave();
      else if (event.key === 'Home') toHome();
      else if (preset) toPreset(preset.token);
      else return;
      event.preventDefault();
      event.stopPropagation();
    };
    window.addEventListener('keydown', onKeyDown, { capture: true });
    return () => window.removeEventListener('keydown', onKeyDown, { capture: true });
  }, [presets, toPreset, toHome, onLeave]);
  return (
    <div className="ptz-tile" data-ptz-tile={camera} data-mine={mine || undefined}>
      <p role="status">
        {mine ? (
          <b>You move this camera</b>
        ) : somebody ? (
          <>
            <b>{somebody.name}</b> moves it
          </>
        ) : (
          'Arrow keys move it'
        )}
        {somebody && <FreeIn until={somebody.until} />}
        {somebody && !mine && !taken && <span className="ptz-rank">{whoTakesOver(somebody.rank)}</span>}
      </p>
      {taken && <TakenOver taken={taken} />}
      {fault !== '' && (
        <p className="field-fault" role="alert">
          {fault}
        </p>
      )}
      <p className="ptz-tile__keys dim">
        <Kbd name="ArrowLeft" />
        <Kbd name="ArrowUp" />
        <Kbd name="ArrowDown" />
        <Kbd name="ArrowRight" /> <Kbd name="+" />
        <Kbd name="-" />
        {presets.slice(0, 9).map(({ token, name }, at) => (
          <Button key={token} kind="quiet" onClick={() => toPreset(token)}>
            <Kbd name={String(at + 1)} /> {name}
          </Button>
        ))}
        <Button kind="quiet" onClick={onLeave}>
          <Kbd name="Escape" /> done
        </Button>
      </p>
    </div>
  );
}
