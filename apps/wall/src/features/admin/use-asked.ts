import type { Answer, Problem } from '@clerestory/protocol';
import { useCallback, useEffect, useRef, useState } from 'react';

/** What the server answers to a question, asked at once and again by `reload`. The last good answer stays meanwhile. */
export function useAsked<T>(ask: () => Promise<Answer<T>>): {
  value: T | null;
  problem: Problem | null;
  reload: () => void;
} {
  const [answer, setAnswer] = useState<{ value: T | null; problem: Problem | null }>({
    value: null,
    problem: null,
  });
  // Answers may overtake each other; only that to the last question counts.
  const turn = useRef(0);
  const reload = useCallback(() => {
    const mine = ++turn.current;
    void ask().then((given) => {
      if (mine !== turn.current) return;
      setAnswer((before) =>
        given.ok ? { value: given.value, problem: null } : { value: before.value, problem: given.problem },
      );
    });
  }, [ask]);
  useEffect(reload, [reload]);
  return { ...answer, reload };
}
