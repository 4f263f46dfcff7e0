import { useMemo } from 'react';
import { useWall } from './use-wall.ts';

const nothing: ReadonlySet<string> = new Set();

/** Cameras that are hidden in the room just now: restricted ones, while visitors are there. */
export function useHidden(): ReadonlySet<string> {
  const visitors = useWall((state) => state.wall?.visitors !== undefined);
  const restricted = useWall((state) => state.restricted);
  return useMemo(() => (visitors ? new Set(restricted) : nothing), [visitors, restricted]);
}
