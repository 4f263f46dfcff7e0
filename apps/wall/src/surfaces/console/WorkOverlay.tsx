import { useActions } from '../../commands/use-actions.ts';
import { MarkDialog } from '../../features/workstation/MarkDialog.tsx';
import { RoomDialog } from '../../features/workstation/RoomDialog.tsx';
import { callRoute } from '../../state/call-route.ts';
import type { Overlay } from '../../state/console.ts';
import { useWall } from '../../state/use-wall.ts';

/** Dialogs of what an operator does with a camera. */
export function WorkOverlay({
  overlay,
  onClose,
}: {
  overlay: Extract<Overlay, { kind: 'mark' | 'push-tile' | 'pull-tile' }>;
  onClose: () => void;
}) {
  const actions = useActions();
  const cameras = useWall((state) => state.cameras);
  const nameOf = (camera: string) => {
    const known = cameras[camera];
    return known ? `${known.number} ${known.name}` : 'a camera that was removed';
  };
  if (overlay.kind === 'mark')
    return (
      <MarkDialog camera={overlay.camera} name={nameOf(overlay.camera)} at={overlay.at} onClose={onClose} />
    );
  if (overlay.kind === 'pull-tile')
    return (
      <RoomDialog
        mode="pull"
        title="Bring a camera here"
        text={`Choose a tile of the room’s wall; its camera comes to tile ${overlay.at.tile + 1} of this window. The room’s wall stays as it is.`}
        onTake={async (_room, _at, camera) => {
          if (camera !== null) await actions.assign(camera, overlay.at, false);
          return null;
        }}
        onClose={onClose}
      />
    );
  const { camera } = overlay;
  return (
    <RoomDialog
      mode="push"
      title={`Put ${nameOf(camera)} on the room’s wall`}
      text="Choose the tile. Everybody in the room sees it there at once; what was on it goes."
      onTake={async (room, at) => {
        const answer = await callRoute(
          'assignTile',
          { params: { wall: room.id, screen: at.screen, tile: at.tile }, body: { camera } },
          { key: crypto.randomUUID(), base: room.sequence },
        );
        if (answer.ok) {
          const screen = room.screens.find(({ id }) => id === at.screen)?.name ?? '';
          actions.say({ tone: 'plain', title: `On ${screen}, tile ${at.tile + 1}`, text: nameOf(camera) });
        }
        return answer.ok ? null : answer.problem;
      }}
      onClose={onClose}
    />
  );
}
