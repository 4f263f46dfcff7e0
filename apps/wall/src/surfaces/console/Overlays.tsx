import { useActions } from '../../commands/use-actions.ts';
import { AddCameraDialog, EditCameraDialog } from '../../features/cameras/CameraDialog.tsx';
import { RemoveCameraDialog } from '../../features/cameras/RemoveCameraDialog.tsx';
import { LayoutRadios } from '../../features/layouts/LayoutRadios.tsx';
import {
  AddScreenDialog,
  GoneDialog,
  RemoveScreenDialog,
  RenameDialog,
} from '../../features/screens/ScreenDialogs.tsx';
import { useConsole } from '../../state/use-console.ts';
import { useWall } from '../../state/use-wall.ts';
import { KeyMap } from './KeyMap.tsx';

/** The one dialog that is open. What it is about may vanish meanwhile; then the dialog says so. */
export function Overlays() {
  const actions = useActions();
  const overlay = useConsole((state) => state.overlay);
  const wall = useWall((state) => state.wall);
  const cameras = useWall((state) => state.cameras);
  const close = () => actions.show(null);
  const common = { ask: actions.ask, onClose: close };
  if (!overlay) return null;
  switch (overlay.kind) {
    case 'keys':
      return <KeyMap onClose={close} />;
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
    case 'add-camera':
      return <AddCameraDialog onClose={close} onDone={(camera) => actions.set({ camera })} />;
    case 'edit-camera':
    case 'remove-camera': {
      const camera = cameras[overlay.camera];
      if (!camera) return <GoneDialog what="This camera" onClose={close} />;
      if (overlay.kind === 'edit-camera') return <EditCameraDialog camera={camera} onClose={close} />;
      const tiles = (wall?.screens ?? [])
        .flatMap((screen) => Object.values(screen.tiles))
        .filter((assignment) => assignment.camera === camera.id).length;
      return <RemoveCameraDialog camera={camera} tiles={tiles} onClose={close} />;
    }
    case 'rename-screen':
    case 'remove-screen': {
      const screen = wall?.screens.find(({ id }) => id === overlay.screen);
      if (!screen) return <GoneDialog what="This screen" onClose={close} />;
      if (overlay.kind === 'remove-screen') return <RemoveScreenDialog {...common} screen={screen} />;
      return (
        <RenameDialog
          {...common}
          title="Rename the screen"
          start={screen.name}
          command={(name) => ({ type: 'screen:rename', screen: screen.id, name })}
        />
      );
    }
  }
}
