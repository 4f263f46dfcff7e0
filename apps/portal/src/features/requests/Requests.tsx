import { useEffect, useState } from 'react';
import type { OwnerMe, OwnFootageRequest } from '@clerestory/protocol/portal';
import { call } from '../../state/call.ts';
import { Button } from '../../ui/Button.tsx';
import { useWords, wordsOfProblem } from '../../words/index.tsx';
import { distance, purposesIn, spanOf, timeOf } from '../cameras/terms-words.ts';
import { AnswerForm } from './AnswerForm.tsx';

/** Who asks for footage near the owner's cameras. To read, hide or ignore one is told to nobody. */
export function Requests({ me }: { me: OwnerMe }) {
  const words = useWords();
  const [items, setItems] = useState<OwnFootageRequest[] | null>(null);
  const [fault, setFault] = useState<string>();
  const look = async () => {
    const answer = await call('ownerListFootage', {});
    if (answer.ok) setItems(answer.value.items);
    else setFault(wordsOfProblem(words, answer.problem));
  };
  useEffect(() => {
    void call('ownerListFootage', {}).then((answer) => answer.ok && setItems(answer.value.items));
  }, []);
  /** Does something, and shows the list as it is then. @returns whether it was done */
  const act = async (what: Promise<Awaited<ReturnType<typeof call>>>): Promise<boolean> => {
    const answer = await what;
    setFault(answer.ok ? undefined : wordsOfProblem(words, answer.problem));
    if (answer.ok) await look();
    return answer.ok;
  };
  if (!items) return <p role={fault ? 'alert' : 'status'}>{fault ?? words.wait}</p>;
  const shown = items.filter(({ hidden }) => !hidden);
  const hidden = items.filter((one) => one.hidden);
  return (
    <div className="stack">
      <h1>{words.requests.title}</h1>
      {items.length > 0 && <p>{words.requests.lead}</p>}
      <p className="today">{words.requests.promise}</p>
      {fault && (
        <p className="fault" role="alert">
          {fault}
        </p>
      )}
      {items.length === 0 && <p>{words.requests.none}</p>}
      <ul className="list stack">
        {shown.map((request) => (
          <li key={request.id}>
            <RequestCard request={request} me={me} act={act} look={look} />
          </li>
        ))}
      </ul>
      {hidden.length > 0 && (
        <details className="card">
          <summary>{words.requests.hidden(String(hidden.length))}</summary>
          <p className="help">{words.requests.onlyYou}</p>
          <ul className="list lines">
            {hidden.map(({ id, purpose, place }) => (
              <li key={id}>
                <strong>{purposesIn(words)[purpose]}</strong>
                <span className="help">{place}</span>
                <Button
                  onClick={() =>
                    void act(call('ownerHideFootage', { params: { request: id }, body: { hidden: false } }))
                  }
                >
                  {words.requests.show}
                </Button>
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

function RequestCard({
  request,
  me,
  act,
  look,
}: {
  request: OwnFootageRequest;
  me: OwnerMe;
  act(what: Promise<Awaited<ReturnType<typeof call>>>): Promise<boolean>;
  look(): Promise<void>;
}) {
  const words = useWords();
  const { requests } = words;
  const [answering, setAnswering] = useState(false);
  const [said, setSaid] = useState('');
  const { id, state, end, answer } = request;
  const isOpen = state === 'published';
  return (
    <article className="card stack" aria-label={`${purposesIn(words)[request.purpose]}, ${request.place}`}>
      <h2>{purposesIn(words)[request.purpose]}</h2>
      <p>{request.words}</p>
      <Facts request={request} />
      {isOpen && <p className="help">{requests.checked}</p>}
      {end === 'asker-gone' && <p className="notice">{requests.askerGone}</p>}
      {!isOpen && answer && <p className="notice">{requests.closed}</p>}
      {said && <p role="status">{said}</p>}
      {answer && !answering && (
        <section className="stack agreement">
          <h3>{requests.sent}</h3>
          <p>“{answer.words}”</p>
          <p className="help">{requests.sentHelp}</p>
          {isOpen && (
            <div className="row">
              <Button onClick={() => setAnswering(true)}>{requests.change}</Button>
              <Button
                onClick={() =>
                  void act(call('ownerWithdrawFootage', { params: { request: id } })).then(
                    (done) => done && setSaid(requests.withdrawn),
                  )
                }
              >
                {requests.withdraw}
              </Button>
            </div>
          )}
        </section>
      )}
      {isOpen && answering && (
        <AnswerForm
          request={request}
          me={me}
          cancel={() => setAnswering(false)}
          done={async () => {
            setSaid('');
            setAnswering(false);
            await look();
          }}
        />
      )}
      {isOpen && !answering && !answer && (
        <div className="row">
          <Button look="main" onClick={() => setAnswering(true)}>
            {requests.have}
          </Button>
          <Button
            onClick={() =>
              void act(call('ownerHideFootage', { params: { request: id }, body: { hidden: true } }))
            }
          >
            {requests.hide}
          </Button>
        </div>
      )}
    </article>
  );
}

function Facts({ request }: { request: OwnFootageRequest }) {
  const words = useWords();
  const { requests } = words;
  const { place, radiusM, from, to, endsAt, cameras } = request;
  const { kind, number } = request.case;
  const facts: [string, string][] = [
    [requests.who, requests.investigator(request.askedBy)],
    [requests.case, kind === 'incident' ? requests.incident(String(number)) : number],
    [requests.where, requests.around(place, distance(words, radiusM))],
    [requests.time, spanOf(words, from, to)],
    [requests.cameras, cameras.map(({ name }) => name).join(', ')],
    [requests.until, timeOf(words, endsAt)],
  ];
  return (
    <dl className="facts">
      {facts.map(([name, text]) => (
        <div key={name} className="fact">
          <dt>{name}</dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  );
}
