import type { Problem, TileRef, WallState } from '@clerestory/protocol';
import { layoutOf } from '@clerestory/layout';
import { shownScreen } from '@clerestory/wall-state';
import { useEffect, useState } from 'react';
import { callRoute } from '../../state/call-route.ts';
import { serverNowMs } from '../../state/server-now.ts';
import { useWall } from '../../state/use-wall.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import './workstation.css';

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
  const take = async (at: TileRef, camera: string | null) => {
    if (!room || busy) return;
    setBusy(true);
    const problem = await onTake(room, at, camera);
    setBusy(false);
    if (problem) setRefusal(problem);
    else onClose();
  };
  const told = refusal ?? fault;
  return (
    <Dialog title={title} text={text} size="xl" onClose={onClose}>
      <div className="dialog-body room">
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
        <ul className="room-screens">
          {room?.screens.map((held, at) => {
            const { screen } = shownScreen(room, held, serverNowMs());
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
                        disabled={busy || (mode === 'pull' && !known)}
                        title={shows}
                        aria-label={`Screen ${at + 1}, tile ${tile + 1}: ${shows}`}
                        style={{
                          gridColumn: `${cell.column + 1} / span ${cell.columnSpan}`,
                          gridRow: `${cell.row + 1} / span ${cell.rowSpan}`,
                        }}
                        onClick={() => void take({ screen: screen.id, tile }, camera)}
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
      </div>
    </Dialog>
  );
}
