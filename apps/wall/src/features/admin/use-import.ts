import type { CameraImportPage, ImportInput, ImportOutcome, Problem } from '@clerestory/protocol';
import { useEffect, useState } from 'react';
import { callRoute } from '../../state/call-route.ts';

/** Looking through 8 MB takes seconds. */
const uploadTimeoutMs = 60_000;
/** While it is written, how far it is is asked this often. */
const askEveryMs = 400;

export type Mapping = ImportInput['mapping'];
export interface Chosen {
  name: string;
  format: ImportInput['format'];
  text: string;
}
interface Look {
  outcome: ImportOutcome | undefined;
  cursor: string | undefined;
}

/** One import from this page: looked through, written, cancelled; `shown` is the part of its rows that is on show. */
export function useImport() {
  const [shown, setShown] = useState<CameraImportPage | null>(null);
  const [look, setLook] = useState<Look>({ outcome: undefined, cursor: undefined });
  const [fault, setFault] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);

  const ask = async (id: string, at: Look) => {
    const answer = await callRoute('getImport', { params: { import: id }, query: { ...at, limit: '100' } });
    if (answer.ok) setShown(answer.value);
    else setFault(answer.problem);
  };
  const id = shown?.id;
  const running = shown?.state === 'running';
  useEffect(() => {
    if (!running || id === undefined) return;
    const timer = setInterval(() => void ask(id, look), askEveryMs);
    return () => clearInterval(timer);
  }, [running, id, look]);

  const during = async (work: () => Promise<void>) => {
    setBusy(true);
    setFault(null);
    await work();
    setBusy(false);
  };
  return {
    shown,
    look,
    fault,
    busy,
    upload: (file: Chosen, list: string, mapping: Mapping) =>
      during(async () => {
        const { format, text } = file;
        const body = { list, format, text, mapping };
        const answer = await callRoute('createImport', { body }, { timeoutMs: uploadTimeoutMs });
        const first = { outcome: undefined, cursor: undefined };
        setLook(first);
        if (answer.ok) await ask(answer.value.id, first);
        else {
          setShown(null);
          setFault(answer.problem);
        }
      }),
    say: (what: 'startImport' | 'cancelImport') =>
      during(async () => {
        if (id === undefined) return;
        const answer = await callRoute(what, { params: { import: id } });
        if (!answer.ok) return setFault(answer.problem);
        if (what === 'cancelImport' && !running) setShown(null);
        else await ask(id, look);
      }),
    turnTo: (next: Look) => {
      setLook(next);
      if (id !== undefined) void ask(id, next);
    },
  };
}
