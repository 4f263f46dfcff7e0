import type { ConsentTerms } from '@clerestory/protocol/portal';
import { useWords } from '../../words/index.tsx';
import { summaryOf } from './terms-words.ts';

/** An agreement in plain sentences. */
export function Summary({
  terms,
  exigentHours,
  isPaused = false,
}: {
  terms: ConsentTerms;
  /** 0: the site knows no override. */
  exigentHours: number;
  /** Then nothing of it holds today. */
  isPaused?: boolean;
}) {
  const words = useWords();
  const { sentences, today } = summaryOf(words, terms, exigentHours > 0);
  return (
    <>
      {isPaused && <p className="help">{words.camera.pausedTerms}</p>}
      <ul className="points">
        {sentences.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      {exigentHours > 0 && terms.level !== 'registered' && (
        <p className="notice">{words.camera.sum.exigent(String(exigentHours))}</p>
      )}
      {!isPaused && (
        <div className="today">
          <h3>{words.camera.sum.today}</h3>
          {today.map((sentence) => (
            <p key={sentence}>{sentence}</p>
          ))}
        </div>
      )}
    </>
  );
}
