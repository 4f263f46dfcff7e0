import type { ConsentTerms } from '@clerestory/protocol/portal';
import { useWords } from '../../words/index.tsx';
import { summaryOf } from './terms-words.ts';

/** An agreement in plain sentences. */
export function Summary({ terms, exigentHours }: { terms: ConsentTerms; exigentHours: number }) {
  const words = useWords();
  const { sentences, today } = summaryOf(words, terms, exigentHours);
  return (
    <>
      <ul className="points">
        {sentences.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      <div className="today">
        <h3>{words.camera.sum.today}</h3>
        {today.map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
      </div>
    </>
  );
}
