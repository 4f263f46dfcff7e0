import { useEffect, useMemo, useState } from 'react';
import { Button } from '../../ui/Button.tsx';
import { Kbd } from '../../ui/Kbd.tsx';
import { usePtz } from './use-ptz.ts';
import './ptz.css';

/** Seconds until the camera is free again, told anew each second. */
function useLeft(untilMs: number | null, nowMs: () => number): number | null {
  const [, tick] = useState(0);
  useEffect(() => {
    if (untilMs === null) return;
    const timer = setInterval(() => tick((n) => n + 1), 1_000);
    return () => clearInterval(timer);
  }, [untilMs]);
  return untilMs === null ? null : Math.max(0, Math.round((untilMs - nowMs()) / 1000));
}

/**
 * Moving a camera from its own tile. While this is there the arrow keys, + and − are the camera's, digits are its
 * presets, and whatever takes the keys away sends STOP.
 */
export function PtzTile({
  camera,
  nowMs,
  onLeave,
}: {
  camera: string;
  /** The server's clock, Unix ms. */
  nowMs: () => number;
  onLeave: () => void;
}) {
  const ptz = usePtz(camera);
  const { view, holder, mine, fault } = ptz;
  const somebody = holder?.holder ?? null;
  const leftS = useLeft(somebody?.until ?? null, nowMs);
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
        {somebody && leftS !== null && <span className="dim"> · free in {leftS} s if it rests</span>}
      </p>
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
