import {
  caseText,
  purposeWords,
  type FootageAnswer,
  type FootageModeration,
  type FootageRequest,
} from '@clerestory/protocol';
import { useCallback, useState } from 'react';
import { callRoute } from '../../state/call-route.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { TextField } from '../../ui/TextField.tsx';
import { useAsked } from '../admin/use-asked.ts';
import { useStep } from '../people/use-step.ts';
import { endWords, moment, reachWords, spanText, stateWords } from './words.ts';

interface Props {
  request: FootageRequest;
  /** It waits for the word of who looks at it. */
  mayDecide: boolean;
  /** Whoever may close it reads its answers too. */
  mayClose: boolean;
  onChanged: () => void;
  onClose: () => void;
}

function stateText({ state, endsAt, closedAt, end, refusal, moderatedBy }: FootageRequest): string {
  if (state === 'published') return `${stateWords[state]}, until ${moment(endsAt)}`;
  if (state === 'refused') return `Refused by ${moderatedBy?.name ?? ''}: ${refusal ?? ''}`;
  if (state === 'closed' && closedAt !== null && end !== null)
    return `Closed ${moment(closedAt)}, ${endWords[end]}`;
  return stateWords[state];
}

/** One request: what is asked, the second person's word, and what owners answered. */
export function FootageDialog({ request, mayDecide, mayClose, onChanged, onClose }: Props) {
  const { id, number, state, moderatedBy } = request;
  const { busy, run, fault } = useStep();
  const facts: [string, string][] = [
    ['Case', caseText(request.case)],
    ['Where', `${request.place}, ${request.radiusM} m around`],
    ['Of which time', spanText(request)],
    ['Asked by', `${request.askedBy.name}, ${moment(request.askedAt)}`],
    ...(moderatedBy && state !== 'refused'
      ? ([['Agreed to by', `${moderatedBy.name}, ${moment(request.moderatedAt ?? 0)}`]] as [string, string][])
      : []),
    ['State', stateText(request)],
  ];
  const isOpen = state === 'waiting' || state === 'published';
  return (
    <Dialog
      title={`Request ${number}: ${purposeWords[request.purpose]}`}
      text={
        mayDecide
          ? 'Owners in the area get this with the name of who asks, once you publish it. Is it as small as the case allows?'
          : 'Owners read these words, the case, and the name of who asks.'
      }
      size="l"
      onClose={onClose}
    >
      <div className="dialog-body">
        <blockquote className="footage-words">{request.words}</blockquote>
        <dl className="audit-facts">
          {facts.map(([name, text]) => (
            <div key={name} className="footage-fact">
              <dt>{name}</dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
        {mayClose && request.moderatedAt !== null && state !== 'refused' && (
          // Asked anew when there are more.
          <Answers key={request.answers} id={id} />
        )}
        {mayDecide && <Decide id={id} onChanged={onChanged} />}
      </div>
      {isOpen && mayClose && !mayDecide && (
        <div className="dialog-foot">
          {fault && (
            <p className="field-fault" role="alert">
              {fault}
            </p>
          )}
          <Button
            kind="danger"
            disabled={busy}
            onClick={() =>
              void run(
                () => callRoute('closeFootage', { params: { request: id } }, { key: crypto.randomUUID() }),
                onChanged,
              )
            }
          >
            {state === 'waiting' ? 'Take it back' : 'Close the request'}
          </Button>
        </div>
      )}
    </Dialog>
  );
}

function Decide({ id, onChanged }: { id: string; onChanged: () => void }) {
  const [why, setWhy] = useState('');
  const { busy, run, fault, at } = useStep();
  const say = (body: FootageModeration) =>
    void run(
      () => callRoute('moderateFootage', { params: { request: id }, body }, { key: crypto.randomUUID() }),
      onChanged,
    );
  return (
    <section className="footage-decide" aria-label="Your decision">
      <TextField
        label="Why not (needed to refuse)"
        value={why}
        maxLength={500}
        onChange={(event) => setWhy(event.target.value)}
        fault={at('why')}
      />
      <Button disabled={busy || why.trim() === ''} onClick={() => say({ decision: 'refuse', why })}>
        Refuse
      </Button>
      <Button kind="primary" disabled={busy} onClick={() => say({ decision: 'publish' })}>
        Publish
      </Button>
      {fault && (
        <p className="field-fault" role="alert">
          {fault}
        </p>
      )}
    </section>
  );
}

function Answers({ id }: { id: string }) {
  const ask = useCallback(() => callRoute('listFootageAnswers', { params: { request: id } }), [id]);
  const { value, problem } = useAsked(ask);
  return (
    <section aria-label="Answers" className="footage-answers">
      <h3>Answers</h3>
      {problem && <p className="field-fault">{problem.detail}</p>}
      {value?.items.length === 0 && (
        <p className="dim">
          Nobody has answered. That says nothing: whom it reached, and who left it, is not shown.
        </p>
      )}
      <ul>
        {value?.items.map((answer) => (
          <AnswerItem key={answer.id} answer={answer} />
        ))}
      </ul>
    </section>
  );
}

function AnswerItem({ answer }: { answer: FootageAnswer }) {
  const { name, contact, reach, words, cameras, at } = answer;
  return (
    <li className="footage-answer">
      <p>
        <b>{name}</b> <span className="dim">{moment(at)}</span>
      </p>
      <p className="footage-words">{words}</p>
      <p>
        {cameras.map((camera) => (camera.place ? `${camera.name}, ${camera.place}` : camera.name)).join('; ')}
      </p>
      <p>
        {reachWords[reach]}
        {contact !== null && (
          <>
            : <b className="footage-contact">{contact}</b>
          </>
        )}
      </p>
    </li>
  );
}
