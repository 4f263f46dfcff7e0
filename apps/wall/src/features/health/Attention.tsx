import { Cctv } from 'lucide-react';
import { useMemo } from 'react';
import { useActions } from '../../commands/use-actions.ts';
import { useWall } from '../../state/use-wall.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { healthOrder, lastFailureWords } from '../../ui/health-words.ts';
import { healthWords, StateChip } from '../../ui/StateChip.tsx';
import './health.css';

/** Cameras that are not as they should be, worst first, with the reason; last those that failed and rest now. */
export function Attention() {
  const actions = useActions();
  const cameras = useWall((state) => state.cameras);
  const health = useWall((state) => state.health);
  const troubled = useMemo(
    () =>
      healthOrder.flatMap((state) =>
        Object.values(cameras)
          .filter(({ id }) => health[id]?.state === state)
          .filter(({ id }) => healthWords[state].tone !== 'quiet' || health[id]?.lastFailure)
          .sort((a, b) => a.number - b.number),
      ),
    [cameras, health],
  );
  if (troubled.length === 0)
    return (
      <EmptyState icon={<Cctv aria-hidden="true" />} title="No camera chosen">
        Choose a tile or a camera to see its health, its streams and where it is shown. No camera needs
        attention.
      </EmptyState>
    );
  return (
    <section className="attention">
      <h3>
        {troubled.length === 1 ? '1 camera needs attention' : `${troubled.length} cameras need attention`}
      </h3>
      <p className="dim">Choose any camera or tile to see more of it.</p>
      <ul className="attention-list">
        {troubled.map((camera) => (
          <li key={camera.id}>
            <button
              type="button"
              className="attention-item"
              onClick={() => actions.set({ camera: camera.id })}
            >
              <span className="attention-line">
                <b>{camera.number}</b>
                <span className="cut">{camera.name}</span>
                <StateChip words={healthWords[health[camera.id]?.state ?? 'idle']} />
              </span>
              <span className="dim">
                {lastFailureWords(health[camera.id])?.long ?? health[camera.id]?.reason}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
