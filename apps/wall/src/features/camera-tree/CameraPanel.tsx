import type { HealthState } from '@clerestory/protocol';
import { CameraOff, Plus, SearchX } from 'lucide-react';
import { useMemo, useState, type KeyboardEvent } from 'react';
import { useActions } from '../../commands/use-actions.ts';
import { useRun } from '../../commands/use-commands.ts';
import { consoleStore, togglePicked } from '../../state/console.ts';
import { useConsole } from '../../state/use-console.ts';
import { mayRegister } from '../../commands/context.ts';
import { useRoles } from '../../state/use-roles.ts';
import { useWall } from '../../state/use-wall.ts';
import { Button, IconButton } from '../../ui/Button.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { shortTime } from '../../ui/time.ts';
import { Kbd } from '../../ui/Kbd.tsx';
import { CameraMenu } from './CameraMenu.tsx';
import { CameraList, lineId } from './CameraList.tsx';
import { FilterBar } from './FilterBar.tsx';
import { TreeBar } from './TreeBar.tsx';
import { groupAt, keyOfLine, lineFrom } from './find.ts';
import { useTree } from './use-tree.ts';
import './camera-tree.css';

export const searchId = 'camera-search';
const listId = 'camera-list';

/** How far the keys go in a list. */
const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 };

/** Keys that open or close a group; where something is typed in the search field the arrows move within it. */
function opens({ key, target }: KeyboardEvent, kind: 'group' | 'camera'): boolean {
  if (kind === 'group' && key === 'Enter') return consoleStore.getState().callUp === '';
  if (target instanceof HTMLInputElement && target.value !== '') return false;
  return key === 'ArrowLeft' || (kind === 'group' && key === 'ArrowRight');
}

function Hint() {
  const text = useConsole(({ screen, tile }) => (screen !== null && tile !== null ? tile + 1 : null));
  const away = useWall((state) => (state.link.state === 'offline' ? state.link.sinceMs : null));
  if (away !== null)
    return <p className="camera-hint">As it was at {shortTime(away)}, when the server went away.</p>;
  return (
    <p className="camera-hint dim">
      {text === null
        ? 'Choose a tile, then a camera for it; or drag. Ctrl+click chooses several.'
        : `Click or Enter puts a camera on tile ${text}.`}
    </p>
  );
}

/** All cameras: search, filter by health, keyboard, drag. */
export function CameraPanel() {
  const actions = useActions();
  const run = useRun();
  const mayAdd = mayRegister({ roles: useRoles() });
  const { all, lines, count, toggle } = useTree();
  const filter = useConsole((state) => state.filter);
  const query = useConsole((state) => state.query);
  const chosen = useConsole((state) => state.camera);
  const [active, setActive] = useState<string | null>(null);
  const flat = useMemo(
    () =>
      lines.flatMap((line) => (line.kind === 'camera' ? [{ key: line.key, camera: line.camera.id }] : [])),
    [lines],
  );
  const current = flat.find(({ key }) => key === active) ?? null;
  const line = lines.find((one) => keyOfLine(one) === active);

  const onKeyDown = (event: KeyboardEvent) => {
    const step = steps[event.key];
    if (step !== undefined) {
      setActive(lineFrom(lines, line ? active : null, step));
    } else if (line && opens(event, line.kind)) {
      const group = groupAt(lines, active);
      if (!group) return;
      if (event.key === 'Enter' || group.isClosed === (event.key === 'ArrowRight')) toggle(group.name);
      setActive(keyOfLine(group));
    } else if (event.key === ' ' && event.ctrlKey && current) togglePicked(current.camera);
    else if (event.key === 'Enter' && consoleStore.getState().callUp === '') {
      const camera = current?.camera ?? (query === '' ? undefined : flat[0]?.camera);
      if (camera !== undefined) actions.useCamera(camera);
    } else return;
    event.preventDefault();
  };
  const onSearchKey = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key !== 'Escape') return onKeyDown(event);
    event.preventDefault();
    if (query === '') event.currentTarget.blur();
    else actions.set({ query: '' });
  };
  const setFilter = (next: HealthState | 'all') => actions.set({ filter: next });

  return (
    <aside className="panel camera-panel" aria-label="Cameras">
      <div className="panel-head">
        <h2>Cameras</h2>
        {mayAdd && (
          <IconButton label="Add a camera" onClick={() => run('camera.add')}>
            <Plus />
          </IconButton>
        )}
      </div>
      <div className="camera-search">
        <input
          id={searchId}
          type="search"
          role="combobox"
          className="field-input"
          placeholder="Number, name or place"
          aria-label="Search for a camera"
          aria-expanded="true"
          aria-controls={listId}
          aria-activedescendant={line ? lineId(keyOfLine(line)) : undefined}
          autoComplete="off"
          spellCheck={false}
          value={query}
          onChange={(event) => actions.set({ query: event.target.value })}
          onKeyDown={onSearchKey}
        />
        {query === '' && <Kbd name="/" />}
      </div>
      <FilterBar value={filter} onChange={setFilter} />
      <TreeBar />
      <Hint />
      <CameraMenu
        onOpenAt={(camera) => setActive(flat.find((one) => one.camera === camera)?.key ?? null)}
        camera={current?.camera ?? null}
      >
        <div className="camera-lines">
          <CameraList
            id={listId}
            lines={lines}
            active={line ? keyOfLine(line) : null}
            chosen={chosen}
            onUse={actions.useCamera}
            onToggle={toggle}
            onKeyDown={onKeyDown}
          />
        </div>
      </CameraMenu>
      {count === 0 && <NoCameras none={all.length === 0} />}
    </aside>
  );
}

function NoCameras({ none }: { none: boolean }) {
  const actions = useActions();
  const run = useRun();
  const mayAdd = mayRegister({ roles: useRoles() });
  const away = useWall((state) => state.wall === null);
  if (none && away) return null;
  return (
    <div className="camera-none">
      {none ? (
        <EmptyState
          icon={<CameraOff aria-hidden="true" />}
          title="No cameras yet"
          action={mayAdd && <Button onClick={() => run('camera.add')}>Add a camera</Button>}
        >
          {mayAdd
            ? 'Give the RTSP address of one, and it is on the wall in seconds.'
            : 'An administrator adds cameras, and says who may see which.'}
        </EmptyState>
      ) : (
        <EmptyState
          icon={<SearchX aria-hidden="true" />}
          title="No camera fits"
          action={
            <Button onClick={() => actions.set({ query: '', filter: 'all', favourites: false })}>
              Show all cameras
            </Button>
          }
        >
          Search looks at number, name, place, neighbourhood and tags.
        </EmptyState>
      )}
    </div>
  );
}
