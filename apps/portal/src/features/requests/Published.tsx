import { useEffect, useState } from 'react';
import type { PublicFootageRequest } from '@clerestory/protocol/portal';
import { call } from '../../state/call.ts';
import { useWords, wordsOfProblem } from '../../words/index.tsx';
import { purposesIn, spanOf } from '../cameras/terms-words.ts';

/** What was asked for, for everybody: no case, no name, no place smaller than a district. */
export function Published() {
  const words = useWords();
  const { published } = words.requests;
  const [items, setItems] = useState<PublicFootageRequest[] | null>(null);
  const [fault, setFault] = useState<string>();
  useEffect(() => {
    void call('listPublishedFootage', {}).then((answer) => {
      if (answer.ok) setItems(answer.value.items);
      else setFault(wordsOfProblem(words, answer.problem));
    });
  }, [words]);
  const day = (text: string) =>
    new Date(text).toLocaleDateString(words.locale, { dateStyle: 'medium', timeZone: 'UTC' });
  return (
    <div className="stack">
      <h1>{published.title}</h1>
      <p>{published.lead}</p>
      {!items && <p role={fault ? 'alert' : 'status'}>{fault ?? words.wait}</p>}
      {items?.length === 0 && <p>{published.none}</p>}
      <ul className="list stack">
        {items?.map(({ number, purpose, district, from, to, publishedOn, state }) => (
          <li key={number} className="card stack">
            <h2>{purposesIn(words)[purpose]}</h2>
            <p>
              <span className={`chip ${state === 'published' ? '' : 'expired'}`}>
                {state === 'published' ? published.open : published.over}
              </span>{' '}
              <small>{published.number(String(number))}</small>
            </p>
            <dl className="facts">
              <dt>{published.district}</dt>
              <dd>{district === '' ? published.unknown : district}</dd>
              <dt>{published.time}</dt>
              <dd>{spanOf(words, from, to)}</dd>
              <dt>{published.on}</dt>
              <dd>{day(publishedOn)}</dd>
            </dl>
          </li>
        ))}
      </ul>
    </div>
  );
}
