import { combine } from '@atlaskit/pragmatic-drag-and-drop/combine';
import { draggable, dropTargetForElements } from '@atlaskit/pragmatic-drag-and-drop/element/adapter';
import type { Assignment, ScreenStatus } from '@clerestory/protocol';
import type { Cell } from '@clerestory/layout';
import { Crosshair, EyeOff, Hourglass, Repeat2 } from 'lucide-react';
import { memo, useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { useActions } from '../../commands/use-actions.ts';
import { consoleStore } from '../../state/console.ts';
import { dragData, previewLabel, readDrag } from '../../state/drag.ts';
import { wallStore } from '../../state/store.ts';
import { useConsole } from '../../state/use-console.ts';
import { useWall } from '../../state/use-wall.ts';
import { Poster } from '../../ui/Poster.tsx';
import { StateChip, wordsOfTile, type StateWords } from '../../ui/StateChip.tsx';
import { GrantLine } from '../grants/GrantLine.tsx';
import { grantOf, isPrivate, isWaiting, whoAnswers } from '../grants/words.ts';
import { hasPicture, shownTile, shownWords } from './shown.ts';

interface TileProps {
  screen: string;
  tile: number;
  cell: Cell;
  assignment: Assignment | undefined;
  status: ScreenStatus | undefined;
  /** On the stage: with words, and in the reach of the Tab key. */
  large: boolean;
  /** The one tile of its grid that Tab reaches. */
  tabStop: boolean;
  /** Visitors are in the room and do not see it. */
  isHidden: boolean;
  /** Its screen is blank. */
  isDark: boolean;
  /** It follows somebody's selection. */
  isHotSpot: boolean;
}

/** Makes the element a place to drop on and, with a camera, a thing to drag. Returns whether something hovers. */
function useDragAndDrop(
  element: React.RefObject<HTMLDivElement | null>,
  screen: string,
  tile: number,
  camera: string | null,
) {
  const actions = useActions();
  const [over, setOver] = useState(false);
  useEffect(() => {
    const node = element.current;
    if (!node) return;
    const at = { screen, tile };
    return combine(
      dropTargetForElements({
        element: node,
        canDrop: ({ source }) => readDrag(source.data) !== null,
        onDragEnter: () => setOver(true),
        onDragLeave: () => setOver(false),
        onDrop: ({ source }) => {
          setOver(false);
          const drag = readDrag(source.data);
          if (drag?.kind === 'camera') {
            actions.assign(drag.camera, at, false);
            consoleStore.setState(at);
          } else if (drag) actions.swap({ screen: drag.screen, tile: drag.tile }, at);
        },
      }),
      draggable({
        element: node,
        canDrag: () => camera !== null,
        getInitialData: () => dragData({ kind: 'tile', ...at }),
        onGenerateDragPreview: ({ nativeSetDragImage }) =>
          previewLabel(
            nativeSetDragImage,
            camera === null ? undefined : wallStore.getState().cameras[camera],
          ),
      }),
    );
  }, [element, actions, screen, tile, camera]);
  return over;
}

/** The focus follows the chosen tile, unless it is at work elsewhere. */
function useFocus(element: React.RefObject<HTMLDivElement | null>, chosen: boolean) {
  useEffect(() => {
    const focused = document.activeElement;
    const free = focused === null || focused === document.body || focused.hasAttribute('data-tile');
    if (chosen && free) element.current?.focus({ preventScroll: true });
  }, [element, chosen]);
}

const waitWords: StateWords = { word: 'waiting', tone: 'warn', icon: Hourglass };

/** One tile of a miniature: what the screen says it shows, over a still of the camera. */
export const Tile = memo(function Tile({
  screen,
  tile,
  cell,
  assignment,
  status,
  large,
  tabStop,
  isHidden,
  isDark,
  isHotSpot,
}: TileProps) {
  const actions = useActions();
  const element = useRef<HTMLDivElement>(null);
  const camera = useWall((state) => (assignment ? state.cameras[assignment.camera] : undefined));
  const health = useWall((state) => (assignment ? state.health[assignment.camera]?.state : undefined));
  const grant = useWall((state) =>
    isPrivate(camera) && camera ? grantOf(state.grants, camera.id, screen) : undefined,
  );
  const chosen = useConsole((state) => state.screen === screen && state.tile === tile);
  const linked = useWall((state) => state.link.state === 'online');
  const marked = useConsole((state) => state.mark?.screen === screen && state.mark.tile === tile);
  const over = useDragAndDrop(element, screen, tile, assignment?.camera ?? null);
  useFocus(element, chosen);

  const shown = shownTile(assignment, status, tile, linked, isDark);
  const waits = shown.state === 'refused' && isWaiting(grant);
  const words = waits ? waitWords : wordsOfTile(shown.state, health === 'unauthorized');
  const name = camera
    ? `${camera.number} ${camera.name}`
    : assignment
      ? 'a camera that was removed'
      : 'nothing';
  const onKeyDown = (event: KeyboardEvent) => {
    const { callUp, mark } = consoleStore.getState();
    if (event.key !== ' ' && (event.key !== 'Enter' || callUp !== '' || mark)) return;
    event.preventDefault();
    actions.pick({ screen, tile });
  };
  return (
    <div
      ref={element}
      role="button"
      tabIndex={large && tabStop ? 0 : -1}
      aria-pressed={chosen}
      title={assignment ? `${name}\n${shownWords(shown)}` : undefined}
      className="tile"
      data-screen={screen}
      data-tile={tile}
      data-camera={assignment?.camera ?? ''}
      data-state={isHidden ? 'hidden' : shown.state}
      data-tone={words.tone}
      data-chosen={chosen || undefined}
      data-marked={marked || undefined}
      data-over={over || undefined}
      style={{
        gridColumn: `${cell.column + 1} / span ${cell.columnSpan}`,
        gridRow: `${cell.row + 1} / span ${cell.rowSpan}`,
      }}
      onClick={() => actions.pick({ screen, tile })}
      onKeyDown={onKeyDown}
    >
      {camera && !isHidden && hasPicture(shown.state) && (
        <Poster camera={camera.id} stream={shown.stream ?? (camera.source.hasSub ? 'sub' : 'main')} />
      )}
      <span className="tile-number">
        <span className="visually-hidden">Tile </span>
        {tile + 1}
      </span>
      {assignment ? (
        <span className="tile-caption">
          <b>{camera?.number ?? '–'}</b>
          <span className={large ? 'cut' : 'visually-hidden'}>{camera?.name ?? 'removed camera'}</span>
          {isPrivate(camera) && <GrantLine grant={grant} brief={!large} />}
          {words.tone === 'quiet' && (
            <span className={large ? 'tile-state' : 'visually-hidden'}>{words.word}</span>
          )}
        </span>
      ) : (
        <span className="visually-hidden">empty</span>
      )}
      {(assignment?.tour ?? isHotSpot) && (
        <span className="tile-signs">
          {assignment?.tour && (
            <Repeat2
              aria-label={`Tour of ${assignment.tour.cameras.length} cameras${assignment.tour.pausedAt === null ? '' : ', paused'}`}
            />
          )}
          {isHotSpot && <Crosshair aria-label="Hot spot: follows a selection" />}
        </span>
      )}
      {isHidden && (
        <span className="tile-fault">
          <EyeOff aria-hidden="true" />
          <span className={large ? 'tile-reason' : 'visually-hidden'}>
            Hidden while visitors are in the room
          </span>
        </span>
      )}
      {assignment && !isHidden && words.tone !== 'quiet' && (
        <span className="tile-fault">
          <StateChip words={words} iconOnly={!large} />
          {large && (waits || shown.reason) && (
            <span className="tile-reason">
              {waits && grant ? `${whoAnswers(grant)} can answer. No answer is a no.` : shown.reason}
            </span>
          )}
        </span>
      )}
    </div>
  );
});
