import type { Place, Screen } from '@clerestory/protocol';
import { Move } from 'lucide-react';
import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { mayBuild } from '../../commands/context.ts';
import { useActions } from '../../commands/use-actions.ts';
import { useConsole } from '../../state/use-console.ts';
import { useRoles } from '../../state/use-roles.ts';
import { Button } from '../../ui/Button.tsx';
import { extentOf, moved, placesOf, resized, snapped, turned } from './places.ts';
import { PlanScreen } from './PlanScreen.tsx';
import { RecentChanges } from './RecentChanges.tsx';
import './room.css';

const round = ({ x, y, width, height }: Place): Place => ({
  x: Math.max(0, Math.round(x)),
  y: Math.max(0, Math.round(y)),
  width: Math.round(width),
  height: Math.round(height),
});

/** Pixels per centimetre with which everything is in sight. */
function useScale(extent: { width: number; height: number }) {
  const room = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  useEffect(() => {
    const box = room.current;
    if (!box) return;
    const observer = new ResizeObserver(() => setSize({ width: box.clientWidth, height: box.clientHeight }));
    observer.observe(box);
    return () => observer.disconnect();
  }, []);
  const scale = Math.min(size.width / extent.width, size.height / extent.height);
  const left = Math.max(0, (size.width - extent.width * scale) / 2);
  return { room, scale, offset: { left, top: Math.max(0, (size.height - extent.height * scale) / 3) } };
}

/** The wall as it hangs in the room. Places are changed on a draft of one's own, which outlives this view, and saved together. */
export function RoomView({ screens, tools }: { screens: readonly Screen[]; tools: ReactNode }) {
  const { send, set } = useActions();
  const mayPlace = mayBuild({ roles: useRoles() });
  const draft = useConsole((state) => state.places);
  const setDraft = (places: ReadonlyMap<string, Place> | null) => set({ places });
  const [grip, setGrip] = useState<{ screen: string; from: Place } | null>(null);
  const saved = useMemo(() => placesOf(screens), [screens]);
  const places = useMemo(() => new Map([...saved, ...(draft ?? [])]), [saved, draft]);
  // While one is dragged the plan keeps its scale, or it would slip from under the pointer.
  const extent = extentOf((grip ? saved : places).values());
  const { room, scale, offset } = useScale(extent);
  const change = (screen: string, place: Place) => setDraft(new Map(draft ?? []).set(screen, round(place)));
  const others = (screen: string) => [...places].filter(([id]) => id !== screen).map(([, place]) => place);
  const onMove = (screen: string, dx: number, dy: number, end: boolean) => {
    const from = grip?.screen === screen ? grip.from : places.get(screen);
    if (!from) return;
    change(screen, snapped({ ...from, x: from.x + dx, y: from.y + dy }, others(screen)));
    setGrip(end ? null : { screen, from });
  };
  const onKey = (screen: string, key: string, resizes: boolean) => {
    const place = places.get(screen);
    if (place) change(screen, key === 't' ? turned(place) : (resizes ? resized : moved)(place, key));
  };
  const save = () => {
    const all = [...places].filter(([id]) => screens.some((screen) => screen.id === id));
    void send({ type: 'screen:place', places: all.map(([screen, place]) => ({ screen, place })) }).then(
      (done) => done && setDraft(null),
    );
  };
  return (
    <div className="room">
      <div className="room-head">
        <h2 className="stage-name">The wall as it hangs</h2>
        {draft === null ? (
          <>
            {tools}
            {mayPlace && (
              <Button onClick={() => setDraft(new Map())}>
                <Move aria-hidden="true" />
                Place screens
              </Button>
            )}
          </>
        ) : (
          <>
            <span className="room-unsaved" role="status">
              {draft.size === 0
                ? 'Drag a screen, or focus it and use the arrow keys; with Shift they set its size, t turns it'
                : 'Not saved yet: only you see these places'}
            </span>
            <Button onClick={() => setDraft(null)}>Discard</Button>
            <Button kind="primary" disabled={draft.size === 0} onClick={save}>
              Save places
            </Button>
          </>
        )}
      </div>
      <div ref={room} className="plan" data-editing={draft !== null || undefined}>
        <div className="plan-hang" style={offset}>
          {scale > 0 &&
            screens.map((screen, index) => {
              const place = places.get(screen.id);
              return (
                place && (
                  <PlanScreen
                    key={screen.id}
                    screen={screen}
                    number={index + 1}
                    place={place}
                    scale={scale}
                    editing={draft !== null}
                    onMove={onMove}
                    onKey={onKey}
                  />
                )
              );
            })}
        </div>
      </div>
      <RecentChanges />
    </div>
  );
}
