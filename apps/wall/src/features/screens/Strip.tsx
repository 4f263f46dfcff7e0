import { monitorForElements } from '@atlaskit/pragmatic-drag-and-drop/element/adapter';
import type { Screen } from '@clerestory/protocol';
import { layoutOf } from '@clerestory/layout';
import { Plus } from 'lucide-react';
import { useEffect, useRef, useState, type CSSProperties, type ReactNode } from 'react';
import { mayBuild } from '../../commands/context.ts';
import { useActions } from '../../commands/use-actions.ts';
import { useRoles } from '../../state/use-roles.ts';
import { useRun } from '../../commands/use-commands.ts';
import { useWall } from '../../state/use-wall.ts';
import { aspectOf } from './aspect.ts';
import { BlankNote } from './BlankNote.tsx';
import { OpenScreen, screenAddress } from './OpenScreen.tsx';
import { useScreenDrop } from './use-screen-drop.ts';
import { Presence } from './Presence.tsx';
import { ScreenGrid } from './ScreenGrid.tsx';
import './screens.css';

/** With more screens than this the strip has two rows of smaller ones. */
const oneRow = 5;

/** Where the screen on the stage belongs: its bare layout. */
function Place({ screen }: { screen: Screen }) {
  const { columns, rows, cells } = layoutOf(screen.layout);
  return (
    <div
      className="mini-place"
      style={{
        gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
        gridTemplateRows: `repeat(${rows}, minmax(0, 1fr))`,
      }}
    >
      {cells.map(({ column, row, columnSpan, rowSpan }) => (
        <span
          key={`${column}/${row}`}
          style={{
            gridColumn: `${column + 1} / span ${columnSpan}`,
            gridRow: `${row + 1} / span ${rowSpan}`,
          }}
        />
      ))}
      <p className="mini-note">on the stage</p>
    </div>
  );
}

/** The name of a screen; a camera dropped on it goes to its next free tile. */
function MiniHead({
  screen,
  chosen,
  onClick,
  children,
}: {
  screen: string;
  chosen: boolean;
  onClick: () => void;
  children: ReactNode;
}) {
  const element = useRef<HTMLButtonElement>(null);
  const over = useScreenDrop(element, screen);
  return (
    <button
      ref={element}
      type="button"
      className="mini-head"
      aria-pressed={chosen}
      data-mini={screen}
      data-over={over || undefined}
      onClick={onClick}
    >
      {children}
    </button>
  );
}

function Mini({ screen, number, chosen }: { screen: Screen; number: number; chosen: boolean }) {
  const actions = useActions();
  const status = useWall((state) => state.screens[screen.id]);
  return (
    <li
      className="mini"
      data-chosen={chosen || undefined}
      style={{ '--aspect': aspectOf(screen, status) } as CSSProperties}
    >
      <MiniHead screen={screen.id} chosen={chosen} onClick={() => actions.select(screen.id, null)}>
        <span className="screen-number">{number}</span>
        <span className="cut">{screen.name}</span>
        <Presence status={status} short />
      </MiniHead>
      <div className="mini-box">
        {chosen ? <Place screen={screen} /> : <ScreenGrid screen={screen} large={false} />}
        <BlankNote screen={screen} />
        {!chosen && (!status || status.connected === 0) && (
          <div className="mini-away">
            <OpenScreen screen={screen.id} className="mini-open" label="Open in a window" />
            <span className="address">{screenAddress(screen.id)}</span>
          </div>
        )}
      </div>
    </li>
  );
}

/** Something is dragged on this page. */
function useDragging(): boolean {
  const [dragging, setDragging] = useState(false);
  useEffect(
    () => monitorForElements({ onDragStart: () => setDragging(true), onDrop: () => setDragging(false) }),
    [],
  );
  return dragging;
}

/** All screens of the wall in their order; the chosen one keeps its place, so that the others never move. */
export function Strip({ screens, chosen }: { screens: readonly Screen[]; chosen: string | null }) {
  const run = useRun();
  const dragging = useDragging();
  const mayAdd = mayBuild({ roles: useRoles() });
  return (
    <nav
      className="strip"
      aria-label="Screens of the wall"
      data-rows={screens.length > oneRow ? 2 : 1}
      data-dragging={dragging || undefined}
    >
      <ul className="strip-list">
        {screens.map((screen, index) => (
          <Mini key={screen.id} screen={screen} number={index + 1} chosen={screen.id === chosen} />
        ))}
        {mayAdd && (
          <li className="mini-add">
            <button type="button" className="mini-add-button" onClick={() => run('screen.add')}>
              <Plus aria-hidden="true" />
              Add screen
            </button>
          </li>
        )}
      </ul>
    </nav>
  );
}
