import { Pause, Play, Radio, RotateCcw, RotateCw } from 'lucide-react';
import { Button, IconButton } from '../../ui/Button.tsx';
import { Kbd } from '../../ui/Kbd.tsx';
import { clockTime } from '../../ui/time.ts';
import type { ReplayView } from './replay-player.ts';

/** What one does with the last minute; the way back to live is always in sight. */
export function ReplayBar({
  view,
  onSeek,
  onToggle,
  onStep,
  onLive,
}: {
  view: ReplayView;
  onSeek: (atMs: number) => void;
  onToggle: () => void;
  onStep: (seconds: number) => void;
  onLive: () => void;
}) {
  const { state, atMs, fromMs, untilMs, reason } = view;
  const back = (
    <Button kind="primary" onClick={onLive}>
      <Radio aria-hidden="true" />
      Back to live <Kbd name="r" />
    </Button>
  );
  if (state === 'failed')
    return (
      <div className="replay-bar" role="alert" data-replay="failed">
        <p className="replay-bar__why">
          <b>No replay.</b> {reason}.
        </p>
        {back}
      </div>
    );
  return (
    <div className="replay-bar" role="group" aria-label="Replay" data-replay={state}>
      <IconButton label="5 seconds back" onClick={() => onStep(-5)}>
        <RotateCcw />
      </IconButton>
      <IconButton label={state === 'playing' ? 'Pause' : 'Play'} onClick={onToggle}>
        {state === 'playing' ? <Pause /> : <Play />}
      </IconButton>
      <IconButton label="5 seconds on" onClick={() => onStep(5)}>
        <RotateCw />
      </IconButton>
      <input
        type="range"
        className="replay-bar__line"
        aria-label="Time of the replay"
        aria-valuetext={atMs === null ? 'loading' : clockTime(atMs)}
        min={fromMs}
        max={Math.max(fromMs + 1, untilMs)}
        step={100}
        value={atMs ?? fromMs}
        disabled={atMs === null}
        onChange={(event) => onSeek(Number(event.target.value))}
      />
      <time className="replay-bar__time">{atMs === null ? 'loading' : clockTime(atMs)}</time>
      {back}
    </div>
  );
}
