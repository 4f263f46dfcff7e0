import type { Screen } from '@clerestory/protocol';
import { shownScreen, type ShownScreen } from '@clerestory/wall-state';
import { useEffect, useMemo, useState } from 'react';
import { serverNowMs } from './server-now.ts';
import { useWall } from './use-wall.ts';

/** A little past the change, so that the clock is beyond it. */
const afterMs = 15;
/** Longest wait of one timer, ms; browsers cut longer ones. */
const longestMs = 3_600_000;

/** A screen as it is on show now, its tours resolved; drawn anew when that changes by itself. */
export function useShown(screen: Screen): ShownScreen {
  const scenes = useWall((state) => state.wall?.scenes);
  const toursHeld = useWall((state) => state.wall?.toursHeld);
  const [turn, setTurn] = useState(0);
  const shown = useMemo(
    () => shownScreen({ ...(scenes && { scenes }), ...(toursHeld && { toursHeld }) }, screen, serverNowMs()),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- each turn is another time
    [screen, scenes, toursHeld, turn],
  );
  const { nextInMs } = shown;
  useEffect(() => {
    if (nextInMs === Infinity) return;
    const timer = setTimeout(() => setTurn((last) => last + 1), Math.min(longestMs, nextInMs + afterMs));
    return () => clearTimeout(timer);
  }, [nextInMs, shown]);
  return shown;
}
