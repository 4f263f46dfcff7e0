import { rectangles } from '@clerestory/layout';
import type { Screen } from '@clerestory/protocol';
import { Camera as CameraIcon, Expand, Flag, History, Move, Shrink, Volume2, VolumeX } from 'lucide-react';
import { ContextMenu } from 'radix-ui';
import { useEffect, useLayoutEffect, useRef, useState, type CSSProperties, type MouseEvent } from 'react';
import { CommandItems } from '../../commands/CommandItems.tsx';
import { useActions } from '../../commands/use-actions.ts';
import { useCan, useRun } from '../../commands/use-commands.ts';
import { PtzTile } from '../../features/ptz/PtzTile.tsx';
import { HiddenTile, WorkTile, type TileReporters } from '../../features/tiles/index.ts';
import { deskStore, deskTiles } from '../../state/desk.ts';
import { useConsole } from '../../state/use-console.ts';
import { useDesk } from '../../state/use-desk.ts';
import { useHidden } from '../../state/hidden.ts';
import { useShown } from '../../state/use-shown.ts';
import { useWall } from '../../state/use-wall.ts';
import { IconButton } from '../../ui/Button.tsx';
import { overlayHost } from '../../ui/OverlayHost.tsx';

const gapPx = 2;
const tileMenu = [
  'tile.maximise',
  'tile.restore',
  'replay.begin',
  'replay.end',
  'sound.begin',
  'sound.end',
  'picture.snapshot',
  'camera.mark',
  'camera.move',
  '-',
  'camera.next',
  'camera.previous',
  'tile.swap',
  'tile.clear',
  '-',
  'tile.push',
  'tile.pull',
  'camera.favourite',
  'moment.copy',
];

const tools = [
  ['replay.begin', 'Replay the last minute', History],
  ['sound.begin', 'Listen to the camera', Volume2],
  ['sound.end', 'End the sound', VolumeX],
  ['picture.snapshot', 'Take a picture out', CameraIcon],
  ['camera.mark', 'Mark this moment', Flag],
  ['camera.move', 'Move the camera', Move],
  ['tile.maximise', 'Fill the window', Expand],
  ['tile.restore', 'All tiles again', Shrink],
] as const;

/** What one does with the chosen tile, by pointer. */
function WorkBar({ tile }: { tile: number }) {
  const run = useRun();
  const can = useCan();
  // Drawn anew with each change of what can be done.
  useDesk((state) => state);
  return (
    <div className="work-bar" role="toolbar" aria-label={`Tile ${tile + 1}`}>
      {tools
        .filter(([id]) => can(id))
        .map(([id, label, Icon]) => (
          <IconButton key={id} label={label} onClick={() => run(id)} data-tool={id}>
            <Icon />
          </IconButton>
        ))}
    </div>
  );
}

/** The tiles of a workstation's window. One that is maximised covers the others, which go on below it. */
export function WorkGrid({
  screen: held,
  reporters,
  onChange,
}: {
  screen: Screen;
  reporters: TileReporters;
  onChange: () => void;
}) {
  const actions = useActions();
  const { screen } = useShown(held);
  const root = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  const [, drawAnew] = useState(0);
  const chosen = useConsole((state) => (state.screen === screen.id ? state.tile : null));
  const { maximised, moving } = useDesk((state) => state);
  const cameras = useWall((state) => state.cameras);
  const hidden = useHidden();
  useLayoutEffect(() => {
    const box = root.current;
    if (!box) return;
    const measure = () => setSize({ width: box.clientWidth, height: box.clientHeight });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(box);
    return () => observer.disconnect();
  }, []);
  const cells = size.width > 0 ? rectangles(screen.layout, { ...size, gap: gapPx }) : [];
  // A layout with fewer tiles, or another camera on it: nothing of it is enlarged or moved any more.
  const movingCamera = moving === null ? undefined : screen.tiles[String(moving)]?.camera;
  useEffect(() => {
    if (maximised !== null && maximised >= cells.length && cells.length > 0)
      deskStore.setState({ maximised: null });
    if (
      moving !== null &&
      (movingCamera === undefined || !cameras[movingCamera]?.movable || moving !== chosen)
    )
      deskStore.setState({ moving: null });
  }, [maximised, moving, movingCamera, cells.length, cameras, chosen]);

  const onContextMenu = (event: MouseEvent) => {
    const at = event.target instanceof Element ? event.target.closest('[data-work-tile]') : null;
    if (at) actions.select(screen.id, Number(at.getAttribute('data-work-tile')));
  };
  return (
    <ContextMenu.Root modal={false}>
      <ContextMenu.Trigger asChild onContextMenuCapture={onContextMenu}>
        <div ref={root} className="tile-grid work-grid" data-maximised={maximised ?? ''}>
          {cells.map((cell, tile) => {
            const whole = maximised === tile;
            const style: CSSProperties = {
              transform: whole ? 'none' : `translate(${cell.x}px, ${cell.y}px)`,
              width: whole ? size.width : cell.width,
              height: whole ? size.height : cell.height,
              zIndex: whole ? 2 : 1,
            };
            const assigned = screen.tiles[String(tile)]?.camera ?? null;
            // A hidden tile asks for no picture.
            const isHidden = assigned !== null && hidden.has(assigned);
            const camera = isHidden ? null : assigned;
            return (
              <div key={tile} className="tile-grid__cell" style={style} data-work-tile={tile}>
                <WorkTile
                  tile={tile}
                  camera={camera}
                  chosen={tile === chosen}
                  reporters={reporters}
                  onChange={onChange}
                  tools={deskTiles}
                  onChoose={() => actions.pick({ screen: screen.id, tile })}
                  onMaximise={() => deskStore.setState({ maximised: maximised === null ? tile : null })}
                  onTools={() => drawAnew((n) => n + 1)}
                >
                  {isHidden && <HiddenTile />}
                  {tile === chosen && camera !== null && moving === tile ? (
                    <PtzTile camera={camera} onLeave={() => deskStore.setState({ moving: null })} />
                  ) : (
                    tile === chosen &&
                    camera !== null &&
                    deskTiles.get(tile)?.isReplaying() !== true && <WorkBar tile={tile} />
                  )}
                </WorkTile>
              </div>
            );
          })}
        </div>
      </ContextMenu.Trigger>
      <ContextMenu.Portal container={overlayHost()}>
        <ContextMenu.Content className="menu">
          <CommandItems kind="context" ids={tileMenu} />
        </ContextMenu.Content>
      </ContextMenu.Portal>
    </ContextMenu.Root>
  );
}
