import type { Screen } from '@clerestory/protocol';
import { tileCount } from '@clerestory/layout';
import { Ellipsis, ExternalLink } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import type { CSSProperties, ReactNode } from 'react';
import { CommandItems } from '../../commands/CommandItems.tsx';
import { useActions } from '../../commands/use-actions.ts';
import { useRun } from '../../commands/use-commands.ts';
import { useConsole } from '../../state/use-console.ts';
import { useWall } from '../../state/use-wall.ts';
import { Button, IconButton } from '../../ui/Button.tsx';
import { aspectOf } from './aspect.ts';
import { BlankNote } from './BlankNote.tsx';
import { OpenScreen, screenAddress } from './OpenScreen.tsx';
import { Presence } from './Presence.tsx';
import { ScreenGrid } from './ScreenGrid.tsx';
import { overlayHost } from '../../ui/OverlayHost.tsx';
import './screens.css';

const screenMenu = [
  ...[
    'screen.ask',
    '-',
    'screen.rename',
    'screen.clear',
    '-',
    'screen.tour',
    'screen.tour-pause',
    'screen.tour-end',
  ],
  ...['screen.edit-layout', '-', 'screen.identify', 'screen.screenshot', 'screen.blank', 'screen.reload'],
  ...['-', 'screen.remove'],
];

/** Cameras chosen together in the list, and what to do with them. */
function PickedBar() {
  const run = useRun();
  const { set } = useActions();
  const picked = useConsole((state) => state.picked.length);
  if (picked === 0) return null;
  return (
    <>
      <Button kind="primary" onClick={() => run('screen.fill')}>
        Fill with {picked === 1 ? '1 camera' : `${picked} cameras`}
      </Button>
      <Button onClick={() => set({ picked: [] })}>Choose none</Button>
    </>
  );
}

/** The chosen screen, large enough to work on. */
export function Stage({ screen, number, picker }: { screen: Screen; number: number; picker: ReactNode }) {
  const run = useRun();
  const status = useWall((state) => state.screens[screen.id]);
  const room = tileCount(screen.layout);
  const used = Object.keys(screen.tiles).map(Number);
  const parked = used.filter((tile) => tile >= room).length;
  const filled = used.length - parked;
  const away = !status || status.connected === 0;
  return (
    <section className="stage" aria-label={`Screen ${screen.name}`} data-stage={screen.id}>
      <div className="stage-head">
        <span className="screen-number" aria-hidden="true">
          {number}
        </span>
        <h2 className="stage-name cut">{screen.name}</h2>
        <Presence status={status} />
        <span
          className="chip"
          title={parked > 0 ? 'Parked cameras come back when the layout has room.' : undefined}
        >
          {filled} of {room} tiles{parked > 0 && `, ${parked} parked`}
        </span>
        {screen.blank && (
          <span className="chip" data-tone="warn">
            blank, by {screen.blank.who}
          </span>
        )}
        {screen.tour && (
          <span className="chip" data-tone="warn">
            tour of scenes{screen.tour.pausedAt === null ? '' : ', paused'}
          </span>
        )}
        <div className="stage-tools">
          <PickedBar />
          {picker}
          {!away && (
            <Button onClick={() => run('screen.open')}>
              <ExternalLink aria-hidden="true" />
              Open screen
            </Button>
          )}
          <DropdownMenu.Root modal={false}>
            <DropdownMenu.Trigger asChild>
              <IconButton label={`More for ${screen.name}`}>
                <Ellipsis />
              </IconButton>
            </DropdownMenu.Trigger>
            <DropdownMenu.Portal container={overlayHost()}>
              <DropdownMenu.Content className="menu" align="end" sideOffset={6}>
                <CommandItems kind="dropdown" ids={screenMenu} />
              </DropdownMenu.Content>
            </DropdownMenu.Portal>
          </DropdownMenu.Root>
        </div>
      </div>
      <div className="stage-room" style={{ '--aspect': aspectOf(screen, status) } as CSSProperties}>
        <div className="stage-frame">
          <ScreenGrid screen={screen} large />
          <BlankNote screen={screen} />
        </div>
        {away && (
          <div className="stage-away" role="status">
            <p>
              <b>No window shows this screen.</b> Nothing is live here; a picture is a still. On its monitor,
              open <span className="address">{screenAddress(screen.id)}</span>
            </p>
            <OpenScreen screen={screen.id} className="button" />
          </div>
        )}
      </div>
    </section>
  );
}
