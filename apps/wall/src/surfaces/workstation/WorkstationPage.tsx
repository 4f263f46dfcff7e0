import type { Problem, Workstation } from '@clerestory/protocol';
import { AppWindow, CloudOff, Keyboard, LayoutDashboard, LoaderCircle, Search } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { createActions } from '../../commands/actions.ts';
import { isMine } from '../../commands/context.ts';
import { fitSelection } from '../../commands/fit-selection.ts';
import { tellNews } from '../../commands/tell-news.ts';
import { ActionsContext, useActions } from '../../commands/use-actions.ts';
import { useKeys, useRun } from '../../commands/use-commands.ts';
import { CallUpBar } from '../../features/call-up/CallUpBar.tsx';
import { ToursHeld } from '../../features/control/ControlBar.tsx';
import { LayoutPicker } from '../../features/layouts/LayoutPicker.tsx';
import { AccountMenu } from '../../features/people/AccountMenu.tsx';
import { LockCover } from '../../features/people/LockCover.tsx';
import { pageMedia, type TileReporters } from '../../features/tiles/index.ts';
import { keepPlace } from '../../features/workstation/window-place.ts';
import { loadSettings } from '../../state/console-settings.ts';
import { consoleStore } from '../../state/console.ts';
import { deskStore } from '../../state/desk.ts';
import { mediaBaseUrl } from '../../state/media-address.ts';
import { posters } from '../../state/posters.ts';
import { readServerClock } from '../../state/server-now.ts';
import { refreshSession, sessionStore } from '../../state/session.ts';
import { wallStore } from '../../state/store.ts';
import { say } from '../../state/toasts.ts';
import { useConsole } from '../../state/use-console.ts';
import { useWall } from '../../state/use-wall.ts';
import { openWorkstation } from '../../state/workstation.ts';
import { startSync } from '../../sync/index.ts';
import { Button, IconButton } from '../../ui/Button.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { OverlayHost } from '../../ui/OverlayHost.tsx';
import { Toasts } from '../../ui/Toasts.tsx';
import { TooltipProvider } from '../../ui/Tooltip.tsx';
import { Overlays } from '../console/Overlays.tsx';
import { HangVeil } from '../display/HangVeil.tsx';
import { LinkNote } from '../display/LinkNote.tsx';
import { renewWhenBlocked } from '../display/renew-page.ts';
import { ScreenReporter } from '../display/reporter.ts';
import { WorkGrid } from './WorkGrid.tsx';
import '../display/display.css';
import './workstation.css';

/** The line to the server and what can be done over it; the page's for as long as it lives. */
function start(screen: string) {
  const sync = startSync({ surface: 'workstation', screen });
  readServerClock(() => sync.serverNowMs());
  const actions = createActions({
    sync,
    console: consoleStore,
    wall: wallStore,
    say,
    open: (path) => window.open(path, '_blank', 'noopener'),
    focusSearch: () => actions.show({ kind: 'palette' }),
  });
  deskStore.setState({ screen, maximised: null, moving: null });
  consoleStore.setState({ screen, tile: 0 });
  wallStore.subscribe(({ link }, before) => {
    const part = fitSelection(consoleStore.getState(), wallStore.getState());
    if (part) consoleStore.setState(part);
    if (link !== before.link && link.state === 'refused' && link.code === 'unauthenticated')
      void refreshSession();
  });
  tellNews({ wall: wallStore, say, isMine, nowMs: () => sync.serverNowMs() });
  void loadSettings();
  return { sync, actions };
}

/** What belongs to a page whoever sits there: when somebody else does, it begins anew. */
function useOneOwner(): void {
  useEffect(() => {
    const owner = sessionStore.getState().who?.me?.id;
    return sessionStore.subscribe(({ who }) => {
      if (who && who.me?.id !== owner) location.reload();
    });
  }, []);
}

function Head({ number }: { number: number }) {
  const actions = useActions();
  const run = useRun();
  const screen = useWall((state) => state.wall?.screens.find(({ id }) => id === deskStore.getState().screen));
  const layoutOpen = useConsole((state) => state.layoutOpen);
  return (
    <header className="work-head">
      <h1 className="work-name">
        <AppWindow aria-hidden="true" />
        Window {number}
      </h1>
      <span className="work-space" />
      <ToursHeld />
      {screen && (
        <LayoutPicker
          value={screen.layout}
          open={layoutOpen}
          onOpenChange={(open) => consoleStore.setState({ layoutOpen: open })}
          onChoose={(layout) => actions.setLayout(screen.id, layout)}
        />
      )}
      <IconButton label="Find a command or a camera (Ctrl K)" onClick={() => run('palette.show')}>
        <Search />
      </IconButton>
      <IconButton label="Show the keys" onClick={() => run('keys.show')}>
        <Keyboard />
      </IconButton>
      <a
        className="button icon-button"
        data-kind="quiet"
        href="/"
        aria-label="The console"
        title="The console"
      >
        <LayoutDashboard />
      </a>
      <AccountMenu />
    </header>
  );
}

function Shown({
  number,
  screen,
  parts,
}: {
  number: number;
  screen: string;
  parts: ReturnType<typeof start>;
}) {
  const { sync, actions } = parts;
  useKeys(actions);
  useOneOwner();
  const wall = useWall((state) => state.wall);
  const media = useWall((state) => state.media);
  const link = useWall((state) => state.link);
  const own = wall?.screens.find(({ id }) => id === screen);
  const reporters = useMemo<TileReporters>(() => new Map(), []);
  const reporter = useRef<ScreenReporter | null>(null);
  useEffect(() => posters.setBase(mediaBaseUrl(media, location)), [media]);
  useEffect(() => {
    const made = new ScreenReporter(sync, screen, reporters, () => wallStore.getState().wall?.sequence ?? 0);
    reporter.current = made;
    const leavePolicy = renewWhenBlocked(() => pageMedia().url);
    const forget = keepPlace(number);
    document.title = `Window ${number} · Clerestory`;
    return () => {
      forget();
      leavePolicy();
      made.stop();
      reporter.current = null;
    };
  }, [sync, screen, reporters, number]);
  useEffect(() => reporter.current?.changed(), [own]);
  const changed = useMemo(() => () => reporter.current?.changed(), []);
  return (
    <ActionsContext value={actions}>
      <TooltipProvider>
        <div className="work">
          <Head number={number} />
          <main className="work-main" aria-label={`Window ${number}`}>
            {own ? (
              <WorkGrid screen={own} reporters={reporters} onChange={changed} />
            ) : (
              <EmptyState
                icon={
                  link.state === 'offline' ? (
                    <CloudOff aria-hidden="true" />
                  ) : (
                    <LoaderCircle aria-hidden="true" />
                  )
                }
                title={link.state === 'offline' ? 'The server cannot be reached' : 'Asking the server'}
              >
                {link.state === 'refused'
                  ? link.detail
                  : link.state === 'offline'
                    ? 'This window tries again by itself; nothing needs to be done here.'
                    : 'This takes a moment.'}
              </EmptyState>
            )}
            <LinkNote />
            <OverlayHost />
          </main>
          <CallUpBar />
        </div>
        <Overlays />
        <LockCover />
        <Toasts />
        <HangVeil />
      </TooltipProvider>
    </ActionsContext>
  );
}

/** A window of somebody's own wall at `/workstation/<1 to 4>`. */
export function WorkstationPage({ number }: { number: number }) {
  const [opened, setOpened] = useState<{ place: Workstation } | { fault: Problem } | null>(null);
  const [tries, setTries] = useState(0);
  useEffect(() => {
    let gone = false;
    void openWorkstation().then((answer) => {
      if (!gone) setOpened(answer.ok ? { place: answer.value } : { fault: answer.problem });
    });
    return () => {
      gone = true;
    };
  }, [tries]);
  const screen = opened && 'place' in opened ? opened.place.screens[number - 1] : undefined;
  const parts = useMemo(() => (screen === undefined ? null : start(screen)), [screen]);
  if (parts && screen !== undefined) return <Shown number={number} screen={screen} parts={parts} />;
  if (opened && 'fault' in opened)
    return (
      <main className="work-wait">
        <EmptyState
          icon={<CloudOff aria-hidden="true" />}
          title="Your workstation cannot be opened"
          action={<Button onClick={() => setTries(tries + 1)}>Try again</Button>}
        >
          {opened.fault.detail}
        </EmptyState>
      </main>
    );
  return (
    <main className="work-wait">
      <EmptyState icon={<LoaderCircle aria-hidden="true" />} title="Opening your workstation">
        This takes a moment.
      </EmptyState>
    </main>
  );
}
