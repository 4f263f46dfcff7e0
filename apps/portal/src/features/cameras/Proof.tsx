import { useState } from 'react';
import type { BundleFile } from '@clerestory/protocol/portal';
import { call } from '../../state/call.ts';
import { saveFile } from '../../state/save-file.ts';
import { Button } from '../../ui/Button.tsx';
import { useWords, wordsOfProblem } from '../../words/index.tsx';

/** What the public log holds about a camera's accesses: checked, and as files to keep. */
export function Proof({ camera, found }: { camera: string; found(file: BundleFile): void }) {
  const words = useWords();
  const { proof } = words.camera;
  const [files, setFiles] = useState<BundleFile[]>([]);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string>();
  const fetchFile = async (cursor?: string) => {
    setBusy(true);
    const query = cursor === undefined ? {} : { cursor };
    const answer = await call('ownerGetProof', { params: { camera }, query });
    setBusy(false);
    if (!answer.ok) {
      const { problem } = answer;
      return setFault(problem.code === 'unavailable' ? proof.notNow : wordsOfProblem(words, problem));
    }
    setFault(undefined);
    setFiles((before) => (cursor === undefined ? [answer.value] : [...before, answer.value]));
    found(answer.value);
  };
  const last = files.at(-1);
  const inWords = (count: number) => count.toLocaleString(words.locale);
  return (
    <div className="stack">
      <p className="help">{proof.lead}</p>
      {files.map(({ name, text, entries, size, erased }) => (
        <div className="stack" key={name}>
          <p role="status">
            {entries === 0 ? proof.none(inWords(size)) : proof.checked(inWords(entries), inWords(size))}
          </p>
          {erased > 0 && <p className="help">{proof.erased(inWords(erased))}</p>}
          {entries > 0 && <Button onClick={() => saveFile(name, text)}>{proof.download}</Button>}
        </div>
      ))}
      {last && (
        <p className="help">
          {proof.help} <a href={`/log/how-to-check?lang=${words.lang}`}>{proof.how}</a>
        </p>
      )}
      {fault && (
        <p className="fault" role="alert">
          {fault}
        </p>
      )}
      <div className="row">
        <Button disabled={busy} onClick={() => void fetchFile()}>
          {proof.check}
        </Button>
        {last && last.next !== null && (
          <Button disabled={busy} onClick={() => void fetchFile(last.next ?? undefined)}>
            {proof.older}
          </Button>
        )}
      </div>
    </div>
  );
}
