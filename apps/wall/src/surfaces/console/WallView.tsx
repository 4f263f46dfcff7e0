import { CloudOff, LayoutGrid, LoaderCircle, OctagonX } from 'lucide-react';
import { useActions } from '../../commands/use-actions.ts';
import { useRun } from '../../commands/use-commands.ts';
import { CallUpBar } from '../../features/call-up/CallUpBar.tsx';
import { LayoutPicker } from '../../features/layouts/LayoutPicker.tsx';
import { RoomView } from '../../features/room/RoomView.tsx';
import { ViewSwitch } from '../../features/room/ViewSwitch.tsx';
import { Stage } from '../../features/screens/Stage.tsx';
import { Strip } from '../../features/screens/Strip.tsx';
import { useConsole } from '../../state/use-console.ts';
import { useWall } from '../../state/use-wall.ts';
import { Button } from '../../ui/Button.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { shortTime } from '../../ui/time.ts';

/** There is no wall yet: why, and what happens next. */
function Waiting() {
  const link = useWall((state) => state.link);
  if (link.state === 'offline')
    return (
      <EmptyState icon={<CloudOff aria-hidden="true" />} title="The server cannot be reached">
        Since {shortTime(link.sinceMs)}. This page tries again by itself, and the screens go on with what they
        have. If it stays so, check that the server runs and that this machine has a network.
      </EmptyState>
    );
  if (link.state === 'refused')
    return (
      <EmptyState icon={<OctagonX aria-hidden="true" />} title="The server does not let this page in">
        {link.detail}
      </EmptyState>
    );
  return (
    <EmptyState icon={<LoaderCircle aria-hidden="true" />} title="Asking the server for the wall">
      This takes a moment.
    </EmptyState>
  );
}

/** The wall: the chosen screen large, all of them small below, and the line for what is typed. */
export function WallView() {
  const actions = useActions();
  const run = useRun();
  const screens = useWall((state) => state.wall?.screens);
  const chosen = useConsole((state) => state.screen);
  const layoutOpen = useConsole((state) => state.layoutOpen);
  const view = useConsole((state) => state.view);
  const index = screens?.findIndex(({ id }) => id === chosen) ?? -1;
  const screen = screens?.[index];
  const first = screens?.[0]?.id;

  if (!screens) return <Waiting />;
  if (first === undefined)
    return (
      <EmptyState
        icon={<LayoutGrid aria-hidden="true" />}
        title="This wall has no screens yet"
        action={
          <Button kind="primary" onClick={() => run('screen.add')}>
            Add a screen
          </Button>
        }
      >
        A screen is one browser window on one monitor. Add one, open it on its monitor, then put cameras on
        its tiles.
      </EmptyState>
    );
  if (view === 'room')
    return (
      <>
        <RoomView screens={screens} tools={<ViewSwitch />} />
        <CallUpBar />
      </>
    );
  return (
    <>
      {screen && (
        <Stage
          screen={screen}
          number={index + 1}
          picker={
            <>
              <ViewSwitch />
              <LayoutPicker
                value={screen.layout}
                open={layoutOpen}
                onOpenChange={(open) => actions.set({ layoutOpen: open })}
                onChoose={(layout) => actions.setLayout(screen.id, layout)}
                onDraw={() => run('screen.edit-layout')}
              />
            </>
          }
        />
      )}
      <Strip screens={screens} chosen={chosen} />
      <CallUpBar />
    </>
  );
}
