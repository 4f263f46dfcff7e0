import type { Problem, TileRef, WallState } from '@clerestory/protocol';
import { layoutOf } from '@clerestory/layout';
import { shownScreen } from '@clerestory/wall-state';
import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent } from 'react';
import { callRoute } from '../../state/call-route.ts';
import { serverNowMs } from '../../state/server-now.ts';
import { useWall } from '../../state/use-wall.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Kbd } from '../../ui/Kbd.tsx';
import type { Direction } from '../layouts/neighbour.ts';
import { readPlace, stepPlace, typePlace } from './room-place.ts';
import './workstation.css';

const arrows: Readonly<Record<string, Direction>> = {
  ...{ ArrowLeft: 'left', ArrowRight: 'right', ArrowUp: 'up', ArrowDown: 'down' },
};

/** The wall of the room, asked for anew each time: another window's wall is not pushed here. */
function useRoom(): { room: WallState | null; fault: Problem | null; choose: (wall: string) => void } {
  const first = useWall((state) => state.walls[0]?.id);
  const [wall, choose] = useState(first);
  const [room, setRoom] = useState<WallState | null>(null);
  const [fault, setFault] = useState<Problem | null>(null);
  useEffect(() => {
    if (wall === undefined) return;
    let gone = false;
    void callRoute('getWall', { params: { wall } }).then((answer) => {
      if (gone) return;
      setRoom(answer.ok ? answer.value : null);
      setFault(answer.ok ? null : answer.problem);
    });
    return () => {
      gone = true;
    };
  }, [wall]);
  return { room, fault, choose };
}

/** The line at the foot of the dialog: what is being typed, or what the keys do. */
function Typed({ text, means }: { text: string; means: string }) {
  return (
    <p className="room-typed" role="status" data-room-typed={text}>
      {text === '' ? (
        <span className="dim">
          Arrow keys choose, or type screen and tile: <Kbd name="2" /> <Kbd name="." /> <Kbd name="3" />{' '}
          <Kbd name="Enter" />
        </span>
      ) : (
        <>
          <b className="room-buffer">{text}</b> {means}
        </>
      )}
    </p>
  );
}

/** Every tile of the room's wall as a button: to put a camera there, or to bring one from there. */
export function RoomDialog({
  title,
  text,
  mode,
  onTake,
  onClose,
}: {
  title: string;
  text: string;
  mode: 'push' | 'pull';
  /** Resolves null when it is done, else with why not. */
  onTake: (room: WallState, at: TileRef, camera: string | null) => Promise<Problem | null>;
  onClose: () => void;
}) {
  const { room, fault, choose } = useRoom();
  const walls = useWall((state) => state.walls);
  const cameras = useWall((state) => state.cameras);
  const [refusal, setRefusal] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const [typed, setTyped] = useState('');
  const [chosen, setChosen] = useState<TileRef | null>(null);
  const list = useRef<HTMLUListElement>(null);
  // As they are on show, tours resolved.
  const shown = room ? room.screens.map((held) => shownScreen(room, held, serverNowMs()).screen) : [];
  const [first] = shown;
  const on = shown.some(({ id }) => id === chosen?.screen)
    ? chosen
    : first
      ? { screen: first.id, tile: 0 }
      : null;
  const cameraAt = ({ screen, tile }: TileRef): string | null =>
    shown.find(({ id }) => id === screen)?.tiles[String(tile)]?.camera ?? null;
  const canTake = (at: TileRef): boolean => {
    const camera = cameraAt(at);
    return mode === 'push' || (camera !== null && cameras[camera] !== undefined);
  };
  const isReady = room !== null;
  useLayoutEffect(() => {
    if (isReady) list.current?.querySelector<HTMLElement>('[tabindex="0"]')?.focus();
  }, [isReady]);
  const take = async (at: TileRef) => {
    const camera = cameraAt(at);
    if (!room || busy || !canTake(at)) return;
    setBusy(true);
    const problem = await onTake(room, at, camera);
    setBusy(false);
    if (problem) setRefusal(problem);
    else onClose();
  };
  const told = refusal ?? fault;
  const place = typed === '' || !on ? null : readPlace(typed, shown, on.screen);
  const nameAt = (at: TileRef) => `${shown.find(({ id }) => id === at.screen)?.name}, tile ${at.tile + 1}`;
  const means =
    place === null
      ? ''
      : 'wanting' in place
        ? place.wanting
        : canTake(place.at)
          ? `→ ${nameAt(place.at)}`
          : `nothing to bring is on ${nameAt(place.at)}`;
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !on) return;
    const direction = arrows[event.key];
    const next = typePlace(typed, event.key);
    if (direction) {
      const to = stepPlace(shown, on, direction);
      setChosen(to);
      list.current?.querySelector<HTMLElement>(`[data-room-tile="${to.screen}/${to.tile}"]`)?.focus();
    } else if (event.key === 'Enter' && place !== null) {
      if ('at' in place) void take(place.at);
    } else if (next !== typed) setTyped(next);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog
      title={title}
      text={text}
      size="xl"
      onClose={onClose}
      onEscape={(event) => {
        if (typed === '') return;
        event.preventDefault();
        setTyped('');
      }}
    >
      <div className="dialog-body room" onKeyDown={onKeyDown}>
        {walls.length > 1 && (
          <div className="room-walls" role="group" aria-label="Wall">
            {walls.map(({ id, name }) => (
              <Button key={id} aria-pressed={id === room?.id} onClick={() => choose(id)}>
                {name}
              </Button>
            ))}
          </div>
        )}
        {told && (
          <p className="field-fault" role="alert">
            {told.title}. {told.detail}
          </p>
        )}
        {!room && !told && <p className="dim">Asking the server for the room’s wall…</p>}
        {room?.screens.length === 0 && <p>This wall has no screens yet. A supervisor adds them.</p>}
        <ul className="room-screens" ref={list}>
          {shown.map((screen, at) => {
            const { columns, rows, cells } = layoutOf(screen.layout);
            return (
              <li key={screen.id}>
                <h3 className="room-name">
                  <b>{at + 1}</b> {screen.name}
                </h3>
                <div
                  className="room-grid"
                  style={{
                    gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
                    gridTemplateRows: `repeat(${rows}, minmax(0, 1fr))`,
                  }}
                >
                  {cells.map((cell, tile) => {
                    const camera = screen.tiles[String(tile)]?.camera ?? null;
                    const known = camera === null ? undefined : cameras[camera];
                    const shows = known ? `${known.number} ${known.name}` : camera ? 'a camera' : 'empty';
                    return (
                      <button
                        key={tile}
                        type="button"
                        className="room-tile"
                        data-room-tile={`${screen.id}/${tile}`}
                        aria-disabled={busy || !canTake({ screen: screen.id, tile })}
                        tabIndex={on?.screen === screen.id && on.tile === tile ? 0 : -1}
                        onFocus={() => setChosen({ screen: screen.id, tile })}
                        title={shows}
                        aria-label={`Screen ${at + 1}, tile ${tile + 1}: ${shows}`}
                        style={{
                          gridColumn: `${cell.column + 1} / span ${cell.columnSpan}`,
                          gridRow: `${cell.row + 1} / span ${cell.rowSpan}`,
                        }}
                        onClick={() => void take({ screen: screen.id, tile })}
                      >
                        {known ? known.number : camera ? '–' : ''}
                      </button>
                    );
                  })}
                </div>
              </li>
            );
          })}
        </ul>
        <Typed text={typed} means={means} />
      </div>
    </Dialog>
  );
}
