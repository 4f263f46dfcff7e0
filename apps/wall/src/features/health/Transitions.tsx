import { HealthTransition } from '@clerestory/protocol';
import { useEffect, useState } from 'react';
import { request } from '../../state/rest.ts';
import { healthWords, StateChip } from '../../ui/StateChip.tsx';
import { clockTime } from '../../ui/time.ts';
import './health.css';

/** How many of the last changes are shown. */
const shown = 8;
const Page = {
  parse: (value: unknown) => HealthTransition.array().parse((value as { items?: unknown }).items),
};

type Loaded =
  { state: 'loading' } | { state: 'failed'; detail: string } | { state: 'loaded'; items: HealthTransition[] };

/** The last changes of a camera's health. `version` changes when there may be a new one. */
export function Transitions({ camera, version }: { camera: string; version: number }) {
  const [loaded, setLoaded] = useState<Loaded>({ state: 'loading' });
  useEffect(() => {
    const stop = new AbortController();
    const path = `/cameras/${camera}/transitions?limit=${shown}`;
    void request('GET', path, { parse: Page.parse, signal: stop.signal }).then((answer) => {
      if (stop.signal.aborted) return;
      setLoaded(
        answer.ok
          ? { state: 'loaded', items: answer.value }
          : { state: 'failed', detail: answer.problem.detail },
      );
    });
    return () => stop.abort();
  }, [camera, version]);

  if (loaded.state === 'loading') return <p className="dim">Asking…</p>;
  if (loaded.state === 'failed') return <p className="dim">Not available: {loaded.detail}</p>;
  if (loaded.items.length === 0) return <p className="dim">No change so far.</p>;
  return (
    <ol className="transitions">
      {loaded.items.slice(0, shown).map(({ id, at, to, reason }) => (
        <li key={id} className="transition">
          <time className="dim" dateTime={new Date(at).toISOString()}>
            {clockTime(at)}
          </time>
          <div>
            <StateChip words={healthWords[to]} />
            {reason && <p className="dim">{reason}</p>}
          </div>
        </li>
      ))}
    </ol>
  );
}
