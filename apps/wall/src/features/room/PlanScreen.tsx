import type { Place, Screen } from '@clerestory/protocol';
import { useRef, type KeyboardEvent, type PointerEvent } from 'react';
import { useActions } from '../../commands/use-actions.ts';
import { useConsole } from '../../state/use-console.ts';
import { useWall } from '../../state/use-wall.ts';
import { BlankNote } from '../screens/BlankNote.tsx';
import { Presence } from '../screens/Presence.tsx';
import { ScreenGrid } from '../screens/ScreenGrid.tsx';
import { useScreenDrop } from '../screens/use-screen-drop.ts';

/** One screen where it hangs: what it really shows, whether it is there, and since when it is not. */
export function PlanScreen({
  screen,
  number,
  place,
  scale,
  editing,
  onMove,
  onKey,
}: {
  screen: Screen;
  number: number;
  place: Place;
  /** Pixels per centimetre. */
  scale: number;
  editing: boolean;
  /** Moved by so many centimetres since the grip; `end`: let go. */
  onMove: (screen: string, dx: number, dy: number, end: boolean) => void;
  onKey: (screen: string, key: string, resizes: boolean) => void;
}) {
  const actions = useActions();
  const status = useWall((state) => state.screens[screen.id]);
  const chosen = useConsole((state) => state.screen === screen.id);
  const head = useRef<HTMLDivElement>(null);
  const grip = useRef<{ x: number; y: number } | null>(null);
  const over = useScreenDrop(head, screen.id);
  const away = !status || status.connected === 0;

  const drag = (event: PointerEvent, end: boolean) => {
    if (!grip.current) return;
    onMove(
      screen.id,
      (event.clientX - grip.current.x) / scale,
      (event.clientY - grip.current.y) / scale,
      end,
    );
    if (end) grip.current = null;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (!event.key.startsWith('Arrow') && event.key !== 't') return;
    event.preventDefault();
    event.stopPropagation();
    onKey(screen.id, event.key, event.shiftKey);
  };
  return (
    <div
      className="plan-screen"
      data-plan-screen={screen.id}
      data-chosen={chosen || undefined}
      data-over={over || undefined}
      data-away={away || undefined}
      style={{
        transform: `translate(${place.x * scale}px, ${place.y * scale}px)`,
        width: place.width * scale,
        height: place.height * scale,
      }}
    >
      <div
        ref={head}
        className="plan-head"
        role="button"
        tabIndex={0}
        aria-pressed={chosen}
        onClick={() => actions.select(screen.id, null)}
        onDoubleClick={() => actions.set({ view: 'stage', screen: screen.id, tile: null })}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' && event.key !== ' ') return;
          event.preventDefault();
          actions.select(screen.id, null);
        }}
      >
        <span className="visually-hidden">Screen</span>
        <span className="screen-number">{number}</span>
        <span className="cut">{screen.name}</span>
        {screen.tour && <span className="chip">tour</span>}
        <Presence status={status} short />
      </div>
      <div className="plan-picture">
        <ScreenGrid screen={screen} large={false} />
        <BlankNote screen={screen} />
      </div>
      {editing && (
        <div
          className="plan-grip"
          role="button"
          tabIndex={0}
          data-grip={screen.id}
          onPointerDown={(event) => {
            event.currentTarget.setPointerCapture(event.pointerId);
            grip.current = { x: event.clientX, y: event.clientY };
          }}
          onPointerMove={(event) => drag(event, false)}
          onPointerUp={(event) => drag(event, true)}
          onPointerCancel={(event) => drag(event, true)}
          onKeyDown={onKeyDown}
        >
          <span className="visually-hidden">
            Place of {screen.name}: arrow keys move it, with Shift they resize it, t turns it;
          </span>
          <span>
            {place.width} × {place.height} cm
          </span>
        </div>
      )}
    </div>
  );
}
