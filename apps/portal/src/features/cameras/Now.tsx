import { useState } from 'react';
import type { CameraAccess, OwnCamera } from '@clerestory/protocol/portal';
import { call } from '../../state/call.ts';
import { Button } from '../../ui/Button.tsx';
import { useWords, wordsOfProblem } from '../../words/index.tsx';
import { timeOf, whoOf, whyOf } from './terms-words.ts';

/** Who watches in this moment, and who asks to. */
export function Now({ camera: { now, waiting } }: { camera: OwnCamera }) {
  const words = useWords();
  const [fault, setFault] = useState<string>();
  const tell = (answer: Awaited<ReturnType<typeof call>>) =>
    setFault(answer.ok ? undefined : wordsOfProblem(words, answer.problem));
  const end = async (grant: string) => tell(await call('ownerEndAccess', { params: { grant } }));
  const answer = async (grant: string, approve: boolean) =>
    tell(await call('ownerAnswerAccess', { params: { grant }, body: { approve } }));
  return (
    <section className={`card stack ${now.length > 0 ? 'live' : ''}`} aria-live="polite">
      <h2>{words.camera.now}</h2>
      {now.length === 0 && <p>{words.camera.nobody}</p>}
      <ul className="list stack">
        {now.map((access) => (
          <li key={access.grant} className="stack access">
            <strong>{words.camera.watching(whoOf(words, access))}</strong>
            <Facts access={access} />
            <Button look="stop" onClick={() => void end(access.grant)}>
              {words.camera.end}
            </Button>
            <p className="help">{words.camera.endHelp}</p>
          </li>
        ))}
        {waiting.map((access) => (
          <li key={access.grant} className="stack access">
            <strong>{words.camera.asks(whoOf(words, access))}</strong>
            <Facts access={access} />
            {access.answerBy !== null && <p>{words.camera.answerBy(timeOf(words, access.answerBy))}</p>}
            <div className="row">
              <Button look="main" onClick={() => void answer(access.grant, true)}>
                {words.camera.allow}
              </Button>
              <Button onClick={() => void answer(access.grant, false)}>{words.camera.deny}</Button>
            </div>
          </li>
        ))}
      </ul>
      {fault && (
        <p className="fault" role="alert">
          {fault}
        </p>
      )}
    </section>
  );
}

function Facts({ access }: { access: CameraAccess }) {
  const words = useWords();
  return (
    <>
      <dl className="facts">
        <dt>{words.camera.why}</dt>
        <dd>{whyOf(words, access)}</dd>
        {access.startsAt !== null && (
          <>
            <dt>{words.camera.since}</dt>
            <dd>{timeOf(words, access.startsAt)}</dd>
          </>
        )}
        {access.endsAt && (
          <>
            <dt>{words.camera.until}</dt>
            <dd>{timeOf(words, access.endsAt)}</dd>
          </>
        )}
      </dl>
      {access.purpose.kind === 'exigent' && <p className="notice">{words.camera.exigentNow}</p>}
      {access.isOwnIncident && <p className="notice">{words.camera.own}</p>}
    </>
  );
}
