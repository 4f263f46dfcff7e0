import type { Commit } from '@clerestory/protocol';
import { History } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useActions } from '../../commands/use-actions.ts';
import { useWall } from '../../state/use-wall.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { clockTime } from '../../ui/time.ts';
import { changeWords, whoWords } from './change-words.ts';

const shown = 40;
/** Changes that come together are asked for once, ms. */
const gatherMs = 300;

/** Who changed what on this wall, newest first. */
export function RecentChanges() {
  const { tell } = useActions();
  const wall = useWall((state) => state.wall?.id);
  const sequence = useWall((state) => state.wall?.sequence);
  const screens = useWall((state) => state.wall?.screens) ?? [];
  const cameras = useWall((state) => state.cameras);
  const [commits, setCommits] = useState<readonly Commit[] | null>(null);
  useEffect(() => {
    if (wall === undefined) return;
    let isOver = false;
    const timer = setTimeout(() => {
      void tell('wall:recent', { wall, limit: shown }).then((answer) => {
        if (!isOver && answer?.ok) setCommits(answer.value.commits);
      });
    }, gatherMs);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [tell, wall, sequence]);
  return (
    <section className="changes" aria-label="Recent changes">
      <h2 className="details-head">Who changed what</h2>
      {commits === null ? (
        <p className="dim">Asking the server…</p>
      ) : commits.length === 0 ? (
        <EmptyState icon={<History aria-hidden="true" />} title="Nothing has been changed yet" />
      ) : (
        <ol tabIndex={0} aria-label="Last changes, newest first">
          {commits.map((commit) => (
            <li key={commit.sequence} data-change={commit.sequence}>
              <time className="dim" dateTime={new Date(commit.at).toISOString()}>
                {clockTime(commit.at)}
              </time>
              <span>
                <b>{whoWords(commit)}</b> {changeWords(commit, { screens, cameras })}
              </span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
