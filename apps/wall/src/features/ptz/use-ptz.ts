import type { Answer, Problem, PtzHolder, PtzTaken, PtzView } from '@clerestory/protocol';
import { useEffect, useMemo, useState } from 'react';
import { useActions } from '../../commands/use-actions.ts';
import { sessionStore } from '../../state/session.ts';
import { wallStore } from '../../state/store.ts';
import { useWall } from '../../state/use-wall.ts';
import { PtzDriver, type Direction } from './driver.ts';

const keys: Record<string, Direction> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
  '+': 'closer',
  '=': 'closer',
  '-': 'wider',
  _: 'wider',
};
/** By the place of the key as well: with Shift let go first, the key that comes up has another name. */
const causeOf = ({ code, key }: KeyboardEvent) => code || key;

const noAnswer = {
  code: 'unavailable',
  detail: 'The server gave no answer; the camera stops by itself.',
} as const;
const takesText = 'input, textarea, select';

/** Everything that ends a move on this page, whatever the keyboard still says. */
function useEndings(driver: PtzDriver): void {
  useEffect(() => {
    const end = () => driver.releaseAll();
    const hidden = () => document.visibilityState === 'hidden' && end();
    const down = (event: KeyboardEvent) => {
      const direction = keys[event.key];
      if (!direction || event.ctrlKey || event.altKey || event.metaKey) return;
      if (event.target instanceof Element && event.target.closest(takesText)) return;
      if (sessionStore.getState().who?.me?.session.locked) return;
      event.preventDefault();
      driver.press(causeOf(event), direction);
    };
    const up = (event: KeyboardEvent) => driver.release(causeOf(event));
    const leave = sessionStore.subscribe(({ who }) => who?.me?.session.locked && end());
    window.addEventListener('keydown', down, { capture: true });
    window.addEventListener('keyup', up, { capture: true });
    window.addEventListener('blur', end);
    window.addEventListener('pagehide', end);
    document.addEventListener('visibilitychange', hidden);
    return () => {
      leave();
      window.removeEventListener('keydown', down, { capture: true });
      window.removeEventListener('keyup', up, { capture: true });
      window.removeEventListener('blur', end);
      window.removeEventListener('pagehide', end);
      document.removeEventListener('visibilitychange', hidden);
      end();
    };
  }, [driver]);
}

export interface Ptz {
  /** Null until the server has answered. */
  view: PtzView | null;
  holder: PtzHolder | null;
  /** This window moves it. */
  mine: boolean;
  /** By whom it was taken over from this window; null once that is past. */
  taken: PtzTaken | null;
  /** What went wrong last, in words. */
  fault: string;
  driver: PtzDriver;
  toPreset(preset: string): void;
  toHome(): void;
  letGo(): void;
}

/** Moving one camera from this page, for as long as the component is there. */
export function usePtz(camera: string): Ptz {
  const { tell } = useActions();
  const [view, setView] = useState<PtzView | null>(null);
  const [refusal, setRefusal] = useState<Pick<Problem, 'code' | 'detail'> | null>(null);
  const [moved, setMoved] = useState(false);
  const pushed = useWall((state) => state.ptz[camera]);
  const lastTaken = useWall((state) => state.ptzTaken[camera]);
  // One from before this window moved it last, or from before this was opened, is past.
  const [past, setPast] = useState(lastTaken);
  const { driver, took } = useMemo(() => {
    const took = (answer: Answer<PtzHolder> | null): boolean => {
      setMoved(answer?.ok === true && answer.value.holder !== null);
      if (answer?.ok) setPast(wallStore.getState().ptzTaken[camera]);
      setRefusal(answer?.ok ? null : (answer?.problem ?? noAnswer));
      return answer?.ok === true;
    };
    const driver = new PtzDriver({
      move: (speed) => tell('ptz:move', { camera, ...speed }).then(took),
      // Sent whatever became of the move; who moved nothing is refused, and need not hear of it.
      stop: () => void tell('ptz:stop', { camera }),
    });
    return { driver, took };
  }, [camera, tell]);
  useEndings(driver);
  // A key that is still down moves nothing any more. STOP comes behind all it has said: from then on, a new key counts.
  useEffect(() => {
    if (!lastTaken) return;
    driver.abandon();
    void tell('ptz:stop', { camera });
  }, [camera, driver, lastTaken, tell]);
  useEffect(() => {
    let gone = false;
    void tell('ptz:presets', { camera }).then((answer) => {
      if (gone) return;
      if (answer?.ok) setView(answer.value);
      else setRefusal(answer?.problem ?? noAnswer);
    });
    return () => {
      gone = true;
      void tell('ptz:release', { camera });
    };
  }, [camera, tell]);

  const holder = pushed ?? view?.holder ?? null;
  const me = sessionStore.getState().who?.me?.name ?? 'Somebody';
  const taken = lastTaken && lastTaken !== past && lastTaken.name === holder?.holder?.name ? lastTaken : null;
  // That somebody else has it is said by the taking over too, and is so no more once nobody has it.
  const isPast = refusal?.code === 'conflict' && (taken !== null || !holder?.holder);
  return {
    view,
    holder,
    mine: moved && !taken && holder?.holder?.name === me,
    taken,
    fault: (isPast ? '' : refusal?.detail) || (holder?.fault ?? ''),
    driver,
    toPreset: (preset) => void tell('ptz:preset', { camera, preset }).then(took),
    toHome: () => void tell('ptz:home', { camera }).then(took),
    letGo: () => void tell('ptz:release', { camera }).then(() => setMoved(false)),
  };
}
