import { useEffect, useState } from 'react';
import { useWall } from '../../state/use-wall.ts';

/** A line that is back within this time is not worth a word. */
const quietMs = 2_000;

/** Says that the control server is away, in a corner: the pictures do not depend on it. */
export function LinkNote() {
  const link = useWall((store) => store.link);
  const hasWall = useWall((store) => store.wall !== null);
  const sinceMs = link.state === 'offline' ? link.sinceMs : null;
  const [told, setTold] = useState<number | null>(null);
  useEffect(() => {
    if (sinceMs === null) return;
    const timer = setTimeout(() => setTold(sinceMs), quietMs);
    return () => clearTimeout(timer);
  }, [sinceMs]);
  if (sinceMs === null || told !== sinceMs || !hasWall) return null;
  const time = new Date(sinceMs).toLocaleTimeString([], {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return (
    <p className="display__note" role="status">
      Control server away since {time}. Changes wait until it is back.
    </p>
  );
}
