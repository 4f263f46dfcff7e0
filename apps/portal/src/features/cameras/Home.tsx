import type { OwnCamera } from '@clerestory/protocol/portal';
import { go, paths } from '../../route.ts';
import { useCameras } from '../../state/cameras.ts';
import { Button } from '../../ui/Button.tsx';
import { Link } from '../../ui/Link.tsx';
import { useWords } from '../../words/index.tsx';
import { PastCameras } from './PastCameras.tsx';
import { timeOf, whyOf } from './terms-words.ts';

/** The owner's cameras, those first that need a look. */
export function Home({ heldUntil }: { heldUntil: number | null }) {
  const words = useWords();
  const { cameras } = useCameras();
  if (!cameras) return <p role="status">{words.wait}</p>;
  const rank = ({ now, waiting, state }: OwnCamera) =>
    waiting.length > 0 ? 0 : state === 'pending' ? 1 : now.length > 0 ? 2 : 3;
  const sorted = [...cameras].sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
  return (
    <div className="stack">
      <h1>{words.home.title}</h1>
      {heldUntil !== null && (
        <p className="notice" role="status">
          {words.signIn.changed.held(timeOf(words, heldUntil))}
        </p>
      )}
      {sorted.length === 0 && <p>{words.home.none}</p>}
      <ul className="list stack">
        {sorted.map((camera) => (
          <li key={camera.id}>
            <CameraCard camera={camera} />
          </li>
        ))}
      </ul>
      <Button look={sorted.length === 0 ? 'main' : 'quiet'} onClick={() => go(paths.register)}>
        {words.home.register}
      </Button>
      <PastCameras known={cameras.map(({ id }) => id).join(' ')} />
    </div>
  );
}

function CameraCard({ camera }: { camera: OwnCamera }) {
  const words = useWords();
  const { now, waiting, state } = camera;
  return (
    <Link href={paths.camera(camera.id)} className="card camera-card">
      <strong>{camera.name}</strong>
      <span className="help">{camera.place}</span>
      <span className={`chip ${state ?? 'none'}`}>{words.camera.states[state ?? 'none']}</span>
      {now[0] && (
        <span className="chip watched">
          {words.camera.watchingCount(String(now.length))} · {whyOf(words, now[0])}
        </span>
      )}
      {waiting.length > 0 && <span className="chip pending">{words.camera.states.pending}</span>}
    </Link>
  );
}
