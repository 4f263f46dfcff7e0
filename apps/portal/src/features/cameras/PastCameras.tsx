import { useEffect, useState } from 'react';
import type { PastCamera } from '@clerestory/protocol/portal';
import { go, paths } from '../../route.ts';
import { call } from '../../state/call.ts';
import { Button } from '../../ui/Button.tsx';
import { Link } from '../../ui/Link.tsx';
import { useWords, wordsOfProblem } from '../../words/index.tsx';
import { Accesses, History } from './Past.tsx';
import { timeOf } from './terms-words.ts';

/** Cameras that are out of the registry; null until they are known. `known`: asked again when it changes. */
function usePast(known: string): { items: PastCamera[] | null; look(): void } {
  const [items, setItems] = useState<PastCamera[] | null>(null);
  const [times, setTimes] = useState(0);
  useEffect(() => {
    let here = true;
    void call('ownerListPast', {}).then((answer) => {
      if (here) setItems(answer.ok ? answer.value.items : []);
    });
    return () => {
      here = false;
    };
  }, [known, times]);
  return { items, look: () => setTimes((n) => n + 1) };
}

/** What was lent once: its history stays to be read. */
export function PastCameras({ known }: { known: string }) {
  const words = useWords();
  const { items } = usePast(known);
  if (!items || items.length === 0) return null;
  return (
    <details className="card">
      <summary>{words.camera.gone.title}</summary>
      <ul className="list lines">
        {items.map(({ id, name, removedAt }) => (
          <li key={id}>
            <Link href={paths.camera(id)}>{name}</Link>
            <span className="help">{words.camera.gone.since(timeOf(words, removedAt))}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}

/** One of them; a page that is not there where it never was this owner's. */
export function PastCameraPage({ camera: id }: { camera: string }) {
  const words = useWords();
  const { items, look } = usePast(id);
  const [fault, setFault] = useState<string>();
  const { gone } = words.camera;
  if (!items) return <p role="status">{words.wait}</p>;
  const camera = items.find((one) => one.id === id);
  if (!camera)
    return (
      <div className="stack">
        <h1>{words.noPage}</h1>
        <Button onClick={() => go(paths.home)}>{words.toStart}</Button>
      </div>
    );
  const release = async () => {
    const answer = await call('ownerReleaseAddress', { params: { camera: id } });
    setFault(answer.ok ? undefined : wordsOfProblem(words, answer.problem));
    look();
  };
  return (
    <div className="stack">
      <Link href={paths.home}>← {words.home.title}</Link>
      <header>
        <h1>{camera.name}</h1>
        <p className="help">{camera.place}</p>
      </header>
      <section className="card stack">
        <p role="status">{gone.lead(timeOf(words, camera.removedAt))}</p>
        {camera.isHeld && (
          <>
            <p className="help">{gone.held}</p>
            <Button onClick={() => void release()}>{gone.release}</Button>
          </>
        )}
        {fault && (
          <p className="fault" role="alert">
            {fault}
          </p>
        )}
      </section>
      <Accesses camera={id} />
      <History camera={id} />
    </div>
  );
}
