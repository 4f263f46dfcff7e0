import type { HealthState } from '@clerestory/protocol';
import {
  Activity,
  AppWindow,
  ChevronDown,
  CloudOff,
  Keyboard,
  Layers,
  RefreshCw,
  Search,
  Siren,
} from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { useEffect, useMemo, useState } from 'react';
import { CommandItems } from '../../commands/CommandItems.tsx';
import { useActions } from '../../commands/use-actions.ts';
import { useRun } from '../../commands/use-commands.ts';
import { ControlBar } from '../../features/control/ControlBar.tsx';
import { FootageWaiting } from '../../features/footage/Waiting.tsx';
import { OrdersMenu } from '../../features/screen-commands/OrdersMenu.tsx';
import { AccountMenu } from '../../features/people/AccountMenu.tsx';
import { useWall } from '../../state/use-wall.ts';
import { Button, IconButton } from '../../ui/Button.tsx';
import { countHealth, healthOrder } from '../../ui/health-words.ts';
import { healthWords } from '../../ui/StateChip.tsx';
import { clockTime, shortTime, utcTime } from '../../ui/time.ts';
import { overlayHost } from '../../ui/OverlayHost.tsx';

function WallMenu() {
  const actions = useActions();
  const wall = useWall((state) => state.wall);
  const walls = useWall((state) => state.walls);
  if (!wall) return null;
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>
        <Button kind="quiet" className="wall-name" aria-label={`Wall ${wall.name}`}>
          <span className="cut">{wall.name}</span>
          <ChevronDown aria-hidden="true" />
        </Button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal container={overlayHost()}>
        <DropdownMenu.Content className="menu" align="start" sideOffset={6}>
          <DropdownMenu.Label className="menu-label">Walls</DropdownMenu.Label>
          <DropdownMenu.RadioGroup value={wall.id} onValueChange={actions.joinWall}>
            {walls.map(({ id, name }) => (
              <DropdownMenu.RadioItem key={id} value={id} className="menu-item menu-radio">
                {id === wall.id ? wall.name : name}
              </DropdownMenu.RadioItem>
            ))}
          </DropdownMenu.RadioGroup>
          <DropdownMenu.Separator className="menu-line" />
          <CommandItems
            kind="dropdown"
            ids={['wall.rename', 'screen.add', '-', 'private.off', 'private.on']}
          />
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

/** Quiet while all is well. */
function Link() {
  const link = useWall((state) => state.link);
  const wall = useWall((state) => state.wall);
  const text =
    link.state === 'offline'
      ? `Server away since ${shortTime(link.sinceMs)} — the screens keep what still arrives`
      : link.state === 'refused'
        ? `The server says: ${link.detail}`
        : link.state === 'connecting' && wall
          ? 'Connecting…'
          : '';
  return (
    <div className="link" role="status" data-link={link.state}>
      {text !== '' && (
        <span className="link-away">
          <CloudOff aria-hidden="true" />
          <span className="cut">{text}</span>
        </span>
      )}
    </div>
  );
}

function Counts() {
  const actions = useActions();
  const cameras = useWall((state) => state.cameras);
  const health = useWall((state) => state.health);
  const list = useMemo(() => Object.values(cameras), [cameras]);
  const counts = useMemo(() => countHealth(list, health), [list, health]);
  const order: HealthState[] = ['online', ...healthOrder.filter((state) => state !== 'online')];
  return (
    <div className="counts" aria-label="Cameras by health" role="group">
      <button type="button" className="count" onClick={() => actions.set({ filter: 'all' })}>
        <b>{list.length}</b> {list.length === 1 ? 'camera' : 'cameras'}
      </button>
      {order
        .filter((state) => counts[state] > 0)
        .map((state) => {
          const { word, tone, icon: Icon } = healthWords[state];
          return (
            <button
              key={state}
              type="button"
              className="count"
              data-tone={tone}
              data-count={state}
              title={word}
              onClick={() => actions.set({ filter: state })}
            >
              {tone !== 'quiet' && <Icon aria-hidden="true" />}
              <b>{counts[state]}</b> <span className={tone === 'quiet' ? '' : 'count-word'}>{word}</span>
            </button>
          );
        })}
    </div>
  );
}

function Incidents() {
  const run = useRun();
  const count = useWall((state) => Object.keys(state.incidents).length);
  return (
    <Button kind="quiet" className="incidents-button" onClick={() => run('incidents.show')}>
      <Siren aria-hidden="true" />
      {count === 0 ? (
        <span className="header-word">No incident</span>
      ) : (
        <>
          {count} <span className="header-word">{count === 1 ? 'incident' : 'incidents'}</span>
        </>
      )}
    </Button>
  );
}

function Clock() {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    // Next to the full second, so that the clock does not skip one now and then.
    let timer: ReturnType<typeof setTimeout>;
    const tick = () => {
      setNowMs(Date.now());
      timer = setTimeout(tick, 1_000 - (Date.now() % 1_000));
    };
    tick();
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className="clock">
      <time dateTime={new Date(nowMs).toISOString()}>{clockTime(nowMs)}</time>
      <span className="clock-utc dim">{utcTime(nowMs)} UTC</span>
    </div>
  );
}

function NewVersion() {
  const isNew = useWall((state) => state.newVersion);
  if (!isNew) return null;
  return (
    <Button kind="primary" onClick={() => location.reload()}>
      <RefreshCw aria-hidden="true" />A new version is ready — reload
    </Button>
  );
}

export function Header() {
  const run = useRun();
  return (
    <header className="header">
      <h1 className="brand">
        <img src="/favicon.svg" alt="" className="brand-mark" />
        <span className="header-word">Clerestory</span>
      </h1>
      <WallMenu />
      <Button kind="quiet" onClick={() => run('scene.open')}>
        <Layers aria-hidden="true" />
        <span className="header-word">Scenes</span>
      </Button>
      <OrdersMenu />
      <ControlBar />
      <Link />
      <NewVersion />
      <Counts />
      <Incidents />
      <FootageWaiting onOpen={() => run('footage.open')} />
      <IconButton label="Find a command, a camera or a screen (Ctrl K)" onClick={() => run('palette.show')}>
        <Search />
      </IconButton>
      <IconButton
        label="Your workstation’s windows"
        className="header-extra"
        onClick={() => run('workstation.open')}
      >
        <AppWindow />
      </IconButton>
      <IconButton label="Health of cameras and screens" onClick={() => run('fleet.open')}>
        <Activity />
      </IconButton>
      <IconButton label="Show the keys" className="header-extra" onClick={() => run('keys.show')}>
        <Keyboard />
      </IconButton>
      <AccountMenu />
      <Clock />
    </header>
  );
}
