import { Cctv } from 'lucide-react';
import { CameraDetails } from '../../features/cameras/CameraDetails.tsx';
import { Attention } from '../../features/health/Attention.tsx';
import { Transitions } from '../../features/health/Transitions.tsx';
import { useConsole } from '../../state/use-console.ts';
import { useWall } from '../../state/use-wall.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';

export function DetailsPanel() {
  const id = useConsole((state) => state.camera);
  const tile = useConsole((state) => state.tile);
  const camera = useWall((state) => (id === null ? undefined : state.cameras[id]));
  const since = useWall((state) => (id === null ? 0 : (state.health[id]?.since ?? 0)));
  return (
    <aside className="panel details-panel" aria-label="Details">
      {camera ? (
        <CameraDetails
          camera={camera}
          history={<Transitions key={camera.id} camera={camera.id} version={since} />}
        />
      ) : tile !== null ? (
        <EmptyState icon={<Cctv aria-hidden="true" />} title={`Tile ${tile + 1} is empty`}>
          Click a camera, drag one here, or type its number and press Enter.
        </EmptyState>
      ) : (
        <Attention />
      )}
    </aside>
  );
}
