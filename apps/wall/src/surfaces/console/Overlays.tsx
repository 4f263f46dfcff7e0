import { lazy, Suspense, useState } from 'react';
import { Palette } from '../../commands/Palette.tsx';
import { useActions } from '../../commands/use-actions.ts';
import { AddCameraDialog } from '../../features/cameras/AddCameraDialog.tsx';
import { EditCameraDialog } from '../../features/cameras/CameraDialog.tsx';
import { RemoveCameraDialog } from '../../features/cameras/RemoveCameraDialog.tsx';
import { SoundDialog } from '../../features/cameras/SoundDialog.tsx';
import { AskDialog } from '../../features/grants/AskDialog.tsx';
import { PrivateOffDialog } from '../../features/grants/PrivateOffDialog.tsx';
import { IncidentsDialog } from '../../features/incidents/IncidentsDialog.tsx';
import { LayoutRadios } from '../../features/layouts/LayoutRadios.tsx';
import { MasksDialog } from '../../features/masks/MasksDialog.tsx';
import { PtzDialog } from '../../features/ptz/PtzDialog.tsx';
import { AddScreenDialog, RemoveScreenDialog, RenameDialog } from '../../features/screens/ScreenDialogs.tsx';
import { WindowsDialog } from '../../features/workstation/WindowsDialog.tsx';
import { useConsole } from '../../state/use-console.ts';
import { useWall } from '../../state/use-wall.ts';
import { layoutOf } from '@clerestory/layout';
import { RevertDialog } from '../../features/scenes/RevertDialog.tsx';
import { ScenesDialog } from '../../features/scenes/ScenesDialog.tsx';
import { TourDialog } from '../../features/scenes/TourDialog.tsx';
import { MessageDialog } from '../../features/screen-commands/MessageDialog.tsx';
import { ScreenshotDialog } from '../../features/screen-commands/ScreenshotDialog.tsx';
import { GoneDialog } from '../../ui/Dialog.tsx';
import { KeyMap } from './KeyMap.tsx';
import { WorkOverlay } from './WorkOverlay.tsx';

/** With the player, which a console needs for this alone. */
const LivePicture = lazy(() => import('../../features/tiles/LivePicture.tsx'));

/** With the grid library, which few people need. */
const LayoutEditor = lazy(() =>
  import('../../features/layouts/LayoutEditor.tsx').then((module) => ({ default: module.LayoutEditor })),
);

function LayoutOverlay({ id, onClose }: { id: string; onClose: () => void }) {
  const { ask } = useActions();
  const screen = useWall((state) => state.wall?.screens.find((one) => one.id === id));
  const report = useWall((state) => state.screens[id]?.report);
  const cameras = useWall((state) => state.cameras);
  // What is drawn is not lost when somebody changes the screen meanwhile; saving says so then.
  const [start] = useState(screen);
  if (!start) return <GoneDialog what="This screen" onClose={onClose} />;
  const portrait =
    report && report.width > 0 ? report.height > report.width : layoutOf(start.layout).portrait;
  return (
    <Suspense fallback={null}>
      <LayoutEditor
        name={start.name}
        layout={start.layout}
        portrait={portrait}
        held={
          new Map(
            Object.entries(start.tiles).map(([tile, { camera }]) => [
              Number(tile),
              String(cameras[camera]?.number ?? '–'),
            ]),
          )
        }
        save={(layout) => ask({ type: 'screen:layout', screen: id, layout })}
        onClose={onClose}
      />
    </Suspense>
  );
}

/** What a dialog is about, and as it was last when somebody has removed it since. */
function useLastKnown<T>(now: T | undefined): T | undefined {
  const [last, setLast] = useState(now);
  if (now !== undefined && now !== last) setLast(now);
  return now ?? last;
}

function ScreenOverlay({
  id,
  kind,
  onClose,
}: {
  id: string;
  kind: 'rename' | 'remove';
  onClose: () => void;
}) {
  const { ask } = useActions();
  const now = useWall((state) => state.wall?.screens.find((screen) => screen.id === id));
  const screen = useLastKnown(now);
  const common = { gone: now === undefined, ask, onClose };
  if (!screen) return <GoneDialog what="This screen" onClose={onClose} />;
  if (kind === 'remove') return <RemoveScreenDialog {...common} screen={screen} />;
  return (
    <RenameDialog
      {...common}
      title="Rename the screen"
      start={screen.name}
      command={(name) => ({ type: 'screen:rename', screen: id, name })}
    />
  );
}

function CameraOverlay({
  id,
  kind,
  onClose,
}: {
  id: string;
  kind: 'edit' | 'mask' | 'move' | 'remove' | 'sound';
  onClose: () => void;
}) {
  const now = useWall((state) => state.cameras[id]);
  const wall = useWall((state) => state.wall);
  const camera = useLastKnown(now);
  const common = { gone: now === undefined, onClose };
  if (!camera) return <GoneDialog what="This camera" onClose={onClose} />;
  if (kind === 'edit') return <EditCameraDialog {...common} camera={camera} />;
  if (kind === 'sound') return <SoundDialog {...common} camera={camera} />;
  const picture = (
    <Suspense fallback={null}>
      <LivePicture camera={id} />
    </Suspense>
  );
  if (kind === 'mask') return <MasksDialog {...common} camera={camera} picture={picture} />;
  if (kind === 'move') {
    return now ? (
      <PtzDialog camera={camera} picture={picture} onClose={onClose} />
    ) : (
      <GoneDialog what="This camera" onClose={onClose} />
    );
  }
  const tiles = (wall?.screens ?? [])
    .flatMap((screen) => Object.values(screen.tiles))
    .filter((assignment) => assignment.camera === id).length;
  return <RemoveCameraDialog {...common} camera={camera} tiles={tiles} />;
}

/** With the place of the chosen camera as the first offer. */
function Incidents({ onClose }: { onClose: () => void }) {
  const chosen = useConsole((state) => state.camera);
  const near = useWall((state) => (chosen === null ? undefined : state.cameras[chosen]));
  return <IncidentsDialog near={near} onClose={onClose} />;
}

/** The one dialog that is open. What it is about may vanish meanwhile; then the dialog says so. */
export function Overlays() {
  const actions = useActions();
  const overlay = useConsole((state) => state.overlay);
  const wall = useWall((state) => state.wall);
  const picked = useConsole((state) => state.picked);
  const close = () => actions.show(null);
  const common = { ask: actions.ask, onClose: close };
  if (!overlay) return null;
  switch (overlay.kind) {
    case 'ask':
      return <AskDialog targets={overlay.targets} onClose={close} />;
    case 'incidents':
      return <Incidents onClose={close} />;
    case 'private':
      return <PrivateOffDialog off={overlay.off} onClose={close} />;
    case 'keys':
      return <KeyMap onClose={close} />;
    case 'palette':
      return <Palette onClose={close} />;
    case 'workstation':
      return <WindowsDialog onClose={close} />;
    case 'mark':
    case 'push-tile':
    case 'pull-tile':
      return <WorkOverlay overlay={overlay} onClose={close} />;
    case 'add-screen':
      return (
        <AddScreenDialog
          {...common}
          taken={new Set(wall?.screens.map(({ id }) => id))}
          layouts={(value, onChange) => <LayoutRadios value={value} onChange={onChange} />}
          onDone={(screen) => actions.select(screen, null)}
        />
      );
    case 'rename-wall':
      return wall ? (
        <RenameDialog
          {...common}
          title="Rename the wall"
          start={wall.name}
          command={(name) => ({ type: 'wall:rename', name })}
        />
      ) : null;
    case 'scenes':
      return <ScenesDialog onClose={close} />;
    case 'revert-scene':
      return <RevertDialog applied={overlay.applied} detail={overlay.detail} onClose={close} />;
    case 'tour':
      return (
        <TourDialog at={{ screen: overlay.screen, tile: overlay.tile }} picked={picked} onClose={close} />
      );
    case 'edit-layout':
      return <LayoutOverlay id={overlay.screen} onClose={close} />;
    case 'message-screens':
      return <MessageDialog screen={overlay.screen} onClose={close} />;
    case 'screenshot':
      return <ScreenshotDialog screen={overlay.screen} onClose={close} />;
    case 'add-camera':
      return <AddCameraDialog onClose={close} onDone={(camera) => actions.set({ camera })} />;
    case 'edit-camera':
      return <CameraOverlay key={overlay.camera} id={overlay.camera} kind="edit" onClose={close} />;
    case 'mask-camera':
      return <CameraOverlay key={overlay.camera} id={overlay.camera} kind="mask" onClose={close} />;
    case 'sound-camera':
      return <CameraOverlay key={overlay.camera} id={overlay.camera} kind="sound" onClose={close} />;
    case 'move-camera':
      return <CameraOverlay key={overlay.camera} id={overlay.camera} kind="move" onClose={close} />;
    case 'remove-camera':
      return <CameraOverlay key={overlay.camera} id={overlay.camera} kind="remove" onClose={close} />;
    case 'rename-screen':
      return <ScreenOverlay key={overlay.screen} id={overlay.screen} kind="rename" onClose={close} />;
    case 'remove-screen':
      return <ScreenOverlay key={overlay.screen} id={overlay.screen} kind="remove" onClose={close} />;
  }
}
