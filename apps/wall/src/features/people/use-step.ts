import type { Answer, Problem } from '@clerestory/protocol';
import { useState } from 'react';

/** One step of a form: busy while it is asked, with the refusal kept to be shown. */
export function useStep() {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const run = async <T>(ask: () => Promise<Answer<T>>, done: (value: T) => void): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setProblem(null);
    const answer = await ask();
    setBusy(false);
    if (answer.ok) done(answer.value);
    else setProblem(answer.problem);
  };
  /** What is wrong with one field, and what is wrong with none. */
  const at = (field: string) => problem?.errors?.find(({ pointer }) => pointer === `/${field}`)?.message;
  return { busy, run, problem, at, fault: problem && !problem.errors?.length ? problem.detail : null };
}
