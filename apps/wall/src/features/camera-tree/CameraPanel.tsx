import type { HealthState } from '@clerestory/protocol';
import { CameraOff, Plus, SearchX } from 'lucide-react';
import { useMemo, useState, type KeyboardEvent } from 'react';
import { useActions } from '../../commands/use-actions.ts';
import { useRun } from '../../commands/use-commands.ts';
import { consoleStore } from '../../state/console.ts';
import { useConsole } from '../../state/use-console.ts';
import { mayRegister } from '../../commands/context.ts';
import { useRoles } from '../../state/use-roles.ts';
import { useWall } from '../../state/use-wall.ts';
import { Button, IconButton } from '../../ui/Button.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { shortTime } from '../../ui/time.ts';
import { Kbd } from '../../ui/Kbd.tsx';
import { CameraMenu } from './CameraMenu.tsx';
import { CameraRow, rowId } from './CameraRow.tsx';
import { FilterBar } from './FilterBar.tsx';
import { findCameras } from './find.ts';
import './camera-tree.css';

export const searchId = 'camera-search';
const listId = 'camera-list';

/** How far the keys go in a list. */
const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 };

function Hint() {
  const text = useConsole(({ screen, tile }) => (screen !== null && tile !== null ? tile + 1 : null));
  const away = useWall((state) => (state.link.state === 'offline' ? state.link.sinceMs : null));
  if (away !== null)
    return <p className="camera-hint">As it was at {shortTime(away)}, when the server went away.</p>;
  return (
    <p className="camera-hint dim">
      {text === null
        ? 'Choose a tile, then a camera for it; or drag.'
        : `Click or Enter puts a camera on tile ${text}.`}
    </p>
  );
}

/** All cameras: search, filter by health, keyboard, drag. */
export function CameraPanel() {
  const actions = useActions();
  const run = useRun();
  const mayAdd = mayRegister({ roles: useRoles() });
  const cameras = useWall((state) => state.cameras);
  // Only a filter looks at health; without one a change of health draws its own row alone.
  const filter = useConsole((state) => state.filter);
  const health = useWall((state) => (filter === 'all' ? null : state.health));
  const query = useConsole((state) => state.query);
  const chosen = useConsole((state) => state.camera);
  const [active, setActive] = useState<string | null>(null);

  const all = useMemo(() => Object.values(cameras), [cameras]);
  const groups = useMemo(() => findCameras(all, health ?? {}, query, filter), [all, health, query, filter]);
  const flat = useMemo(() => groups.flatMap((group) => group.cameras.map(({ id }) => id)), [groups]);
  const current = active !== null && flat.includes(active) ? active : null;

  const onKeyDown = (event: KeyboardEvent) => {
    const step = steps[event.key];
    if (step !== undefined) {
      const at = current === null ? (step > 0 ? -1 : flat.length) : flat.indexOf(current);
      setActive(flat[Math.min(flat.length - 1, Math.max(0, at + step))] ?? null);
    } else if (event.key === 'Enter' && consoleStore.getState().callUp === '') {
      const camera = current ?? (query === '' ? undefined : flat[0]);
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
          aria-activedescendant={current ? rowId(current) : undefined}
          autoComplete="off"
          spellCheck={false}
          value={query}
          onChange={(event) => actions.set({ query: event.target.value })}
          onKeyDown={onSearchKey}
        />
        {query === '' && <Kbd name="/" />}
      </div>
      <FilterBar value={filter} onChange={setFilter} />
      <Hint />
      <CameraMenu onOpenAt={setActive} camera={current}>
        <div
          id={listId}
          role="listbox"
          tabIndex={0}
          aria-label="Cameras"
          aria-activedescendant={current ? rowId(current) : undefined}
          className="camera-list"
          onKeyDown={onKeyDown}
        >
          {groups.map((group) => (
            <div key={group.name} role="group" aria-label={group.name}>
              <div className="camera-group" aria-hidden="true">
                <span>{group.name}</span>
                <span>{group.cameras.length}</span>
              </div>
              {group.cameras.map((camera) => (
                <CameraRow
                  key={camera.id}
                  camera={camera}
                  active={camera.id === current}
                  chosen={camera.id === chosen}
                  onUse={actions.useCamera}
                />
              ))}
            </div>
          ))}
        </div>
      </CameraMenu>
      {flat.length === 0 && <NoCameras none={all.length === 0} />}
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
          action={<Button onClick={() => actions.set({ query: '', filter: 'all' })}>Show all cameras</Button>}
        >
          Search looks at number, name, place, neighbourhood and tags.
        </EmptyState>
      )}
    </div>
  );
}
