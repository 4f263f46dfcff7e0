import type { Camera, TileRef, WallState } from '@clerestory/protocol';
import { useMemo } from 'react';
import { useConsole } from '../../state/use-console.ts';
import { useWall } from '../../state/use-wall.ts';
import { Kbd } from '../../ui/Kbd.tsx';
import { readCallUp } from './buffer.ts';
import './call-up.css';

const placeOf = (wall: WallState | null, at: TileRef): string =>
  `${wall?.screens.find(({ id }) => id === at.screen)?.name ?? at.screen}, tile ${at.tile + 1}`;

function Typed({ buffer, cameras }: { buffer: string; cameras: readonly Camera[] }) {
  const wall = useWall((state) => state.wall);
  const screen = useConsole((state) => state.screen);
  const tile = useConsole((state) => state.tile);
  const { camera, at, wanting, number } = readCallUp(buffer, {
    cameras,
    screens: wall?.screens ?? [],
    screen,
    tile,
  });
  return (
    <>
      <span className="call-up-buffer">{buffer}</span>
      <span className="call-up-meaning cut">
        camera {camera ? `${camera.number} ${camera.name}` : number || '…'} → {at ? placeOf(wall, at) : '…'}
      </span>
      {wanting ? (
        <span className="call-up-wanting">{wanting}</span>
      ) : (
        <span className="dim">
          <Kbd name="Enter" /> puts it there
        </span>
      )}
      <span className="dim">
        <Kbd name="Escape" /> forgets
      </span>
    </>
  );
}

/** Those that lead to the others come first: a narrow window has no room for all. */
const hints: [string, string][] = [
  ['?', 'all keys'],
  ['Ctrl+k', 'everything'],
  ['/', 'search'],
  ['l', 'layout'],
  ['x', 'swap'],
  ['Delete', 'clear'],
];

/** The line at the foot of the wall: what is being typed, or which swap waits, or what the keys do. */
export function CallUpBar() {
  const buffer = useConsole((state) => state.callUp);
  const mark = useConsole((state) => state.mark);
  const wall = useWall((state) => state.wall);
  const byId = useWall((state) => state.cameras);
  const cameras = useMemo(() => Object.values(byId), [byId]);
  return (
    <div className="call-up" role="status" aria-live="polite" data-call-up={buffer}>
      {buffer !== '' ? (
        <Typed buffer={buffer} cameras={cameras} />
      ) : mark ? (
        <>
          <span className="call-up-meaning">Swap {placeOf(wall, mark)} with …</span>
          <span className="dim">
            go to the other tile, then <Kbd name="Enter" />, or click it; <Kbd name="Escape" /> ends
          </span>
        </>
      ) : (
        <>
          <span className="dim">
            Type a camera number: <Kbd name="1" /> <Kbd name="0" /> <Kbd name="4" /> <Kbd name="Enter" />
          </span>
          <span className="call-up-hints dim">
            {hints.map(([key, word]) => (
              <span key={key}>
                <Kbd name={key} /> {word}
              </span>
            ))}
          </span>
        </>
      )}
    </div>
  );
}
