import { useEffect } from 'react';
import { createActions } from '../../commands/actions.ts';
import { fitSelection } from '../../commands/fit-selection.ts';
import { isMine } from '../../commands/context.ts';
import { tellNews } from '../../commands/tell-news.ts';
import { ActionsContext } from '../../commands/use-actions.ts';
import { useKeys } from '../../commands/use-commands.ts';
import { CameraPanel, searchId } from '../../features/camera-tree/CameraPanel.tsx';
import { Approvals } from '../../features/grants/Approvals.tsx';
import { LockCover } from '../../features/people/LockCover.tsx';
import { loadSettings } from '../../state/console-settings.ts';
import { consoleStore } from '../../state/console.ts';
import { mediaBaseUrl } from '../../state/media-address.ts';
import { posters } from '../../state/posters.ts';
import { refreshSession } from '../../state/session.ts';
import { wallStore } from '../../state/store.ts';
import { say } from '../../state/toasts.ts';
import { followSelection } from '../../commands/hot-spot.ts';
import { readServerClock } from '../../state/server-now.ts';
import { startSync } from '../../sync/index.ts';
import { Toasts } from '../../ui/Toasts.tsx';
import { OverlayHost } from '../../ui/OverlayHost.tsx';
import { TooltipProvider } from '../../ui/Tooltip.tsx';
import { useWall } from '../../state/use-wall.ts';
import { DetailsPanel } from './DetailsPanel.tsx';
import { Header } from './Header.tsx';
import { Overlays } from './Overlays.tsx';
import { WallView } from './WallView.tsx';
import './console.css';

function focusSearch(): void {
  const input = document.getElementById(searchId);
  if (input instanceof HTMLInputElement) {
    input.focus();
    input.select();
  }
}

/** Posters come from wherever the media node is. */
function usePosterBase(): void {
  const media = useWall((state) => state.media);
  useEffect(() => posters.setBase(mediaBaseUrl(media, location)), [media]);
}

function useTitle(): void {
  const name = useWall((state) => state.wall?.name);
  useEffect(() => {
    document.title = name ? `${name} · Clerestory` : 'Clerestory';
  }, [name]);
}

// The page is the console: its line to the server lives as long as the page does.
const sync = startSync({ surface: 'console' });
readServerClock(() => sync.serverNowMs());
const actions = createActions({
  sync,
  console: consoleStore,
  wall: wallStore,
  say,
  open: (path) => window.open(path, '_blank', 'noopener'),
  focusSearch,
});

void loadSettings();

const fit = () => {
  const part = fitSelection(consoleStore.getState(), wallStore.getState());
  if (part) consoleStore.setState(part);
};
wallStore.subscribe(fit);
followSelection({ console: consoleStore, wall: wallStore, sync });
// A still of a private camera goes with its grant, and comes as soon as there is one.
wallStore.subscribe(({ grants }, before) => {
  if (grants === before.grants) return;
  const liveIn = (all: typeof grants) =>
    new Map(Object.values(all).flatMap((one) => (one.state === 'live' ? [[one.id, one.camera]] : [])));
  const [was, is] = [liveIn(before.grants), liveIn(grants)];
  for (const [id, camera] of [...was, ...is]) if (was.has(id) !== is.has(id)) posters.renew(camera);
});
tellNews({ wall: wallStore, say, isMine, nowMs: () => sync.serverNowMs() });
// A session that ended elsewhere: the sign-in page comes up at once.
wallStore.subscribe(({ link }, before) => {
  if (link !== before.link && link.state === 'refused' && link.code === 'unauthenticated')
    void refreshSession();
});

export function Console() {
  useKeys(actions);
  usePosterBase();
  useTitle();
  return (
    <ActionsContext value={actions}>
      <TooltipProvider>
        <div className="console">
          <Header />
          <CameraPanel />
          <main className="wall" aria-label="Wall">
            <WallView />
            <OverlayHost />
          </main>
          <DetailsPanel />
        </div>
        <Overlays />
        <Approvals />
        <LockCover />
        <Toasts />
      </TooltipProvider>
    </ActionsContext>
  );
}
