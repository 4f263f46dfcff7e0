import { ContextMenu } from 'radix-ui';
import type { MouseEvent, ReactNode } from 'react';
import { mayMask, mayRegister } from '../../commands/context.ts';
import { useActions } from '../../commands/use-actions.ts';
import { useRoles } from '../../state/use-roles.ts';
import { useConsole } from '../../state/use-console.ts';
import { overlayHost } from '../../ui/OverlayHost.tsx';

/** The right-click menu of the camera list; opens for the row under the pointer, or the one the keyboard is on. */
export function CameraMenu({
  camera,
  onOpenAt,
  children,
}: {
  camera: string | null;
  onOpenAt: (camera: string) => void;
  children: ReactNode;
}) {
  const actions = useActions();
  const roles = useRoles();
  const mayChange = mayRegister({ roles });
  const screen = useConsole((state) => state.screen);
  const tile = useConsole((state) => state.tile);
  const onContextMenu = (event: MouseEvent) => {
    const row = event.target instanceof Element ? event.target.closest('[data-camera-row]') : null;
    const id = row?.getAttribute('data-camera-row');
    if (id) onOpenAt(id);
    else if (camera === null) event.preventDefault();
  };
  const item = (label: string, run: (camera: string) => void, disabled = false) => (
    <ContextMenu.Item
      className="menu-item"
      disabled={disabled || camera === null}
      onSelect={() => camera !== null && run(camera)}
    >
      {label}
    </ContextMenu.Item>
  );
  return (
    <ContextMenu.Root modal={false}>
      <ContextMenu.Trigger asChild onContextMenuCapture={onContextMenu}>
        {children}
      </ContextMenu.Trigger>
      <ContextMenu.Portal container={overlayHost()}>
        <ContextMenu.Content className="menu">
          {item('Show its details', (id) => actions.set({ camera: id }))}
          {item(
            tile === null ? 'Put on a tile (choose one first)' : `Put on tile ${tile + 1}`,
            actions.useCamera,
            screen === null || tile === null,
          )}
          {mayMask({ roles }) &&
            item('Mask areas…', (id) => actions.show({ kind: 'mask-camera', camera: id }))}
          {item('Favourite, or no longer', (id) => actions.favourite(id))}
          {mayChange && (
            <>
              <ContextMenu.Separator className="menu-line" />
              {item('Sound…', (id) => actions.show({ kind: 'sound-camera', camera: id }))}
              {item('Change the camera…', (id) => actions.show({ kind: 'edit-camera', camera: id }))}
              {item('Remove the camera…', (id) => actions.show({ kind: 'remove-camera', camera: id }))}
            </>
          )}
        </ContextMenu.Content>
      </ContextMenu.Portal>
    </ContextMenu.Root>
  );
}
