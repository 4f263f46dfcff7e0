import type { Answer, PtzHolder, PtzView } from '@clerestory/protocol';
import { useEffect, useMemo, useState } from 'react';
import { useActions } from '../../commands/use-actions.ts';
import { sessionStore } from '../../state/session.ts';
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

const noAnswer = 'The server gave no answer; the camera stops by itself.';
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
  const [refusal, setRefusal] = useState('');
  const [moved, setMoved] = useState(false);
  const pushed = useWall((state) => state.ptz[camera]);
  const { driver, took } = useMemo(() => {
    const took = (answer: Answer<PtzHolder> | null): boolean => {
      setMoved(answer?.ok === true && answer.value.holder !== null);
      setRefusal(answer?.ok ? '' : (answer?.problem.detail ?? noAnswer));
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
  useEffect(() => {
    let gone = false;
    void tell('ptz:presets', { camera }).then((answer) => {
      if (gone) return;
      if (answer?.ok) setView(answer.value);
      else setRefusal(answer ? answer.problem.detail : noAnswer);
    });
    return () => {
      gone = true;
      void tell('ptz:release', { camera });
    };
  }, [camera, tell]);

  const holder = pushed ?? view?.holder ?? null;
  const me = sessionStore.getState().who?.me?.name ?? 'Somebody';
  return {
    view,
    holder,
    mine: moved && holder?.holder?.name === me,
    fault: refusal || (holder?.fault ?? ''),
    driver,
    toPreset: (preset) => void tell('ptz:preset', { camera, preset }).then(took),
    toHome: () => void tell('ptz:home', { camera }).then(took),
    letGo: () => void tell('ptz:release', { camera }).then(() => setMoved(false)),
  };
}
