import { useId, useState, type FormEvent } from 'react';
import {
  footageLimits,
  type FootageReach,
  type OwnerMe,
  type OwnFootageRequest,
} from '@clerestory/protocol/portal';
import { call } from '../../state/call.ts';
import { Button } from '../../ui/Button.tsx';
import { useWords, wordsOfProblem } from '../../words/index.tsx';

/** Says that one may have something. What is given away by that stands beside the button. */
export function AnswerForm({
  request: { id, cameras, answer },
  me,
  done,
  cancel,
}: {
  request: OwnFootageRequest;
  me: OwnerMe;
  done(): Promise<void>;
  cancel(): void;
}) {
  const words = useWords();
  const { form } = words.requests;
  const textId = useId();
  const [chosen, setChosen] = useState<readonly string[]>(
    answer?.cameras ?? (cameras.length === 1 ? cameras.map((camera) => camera.id) : []),
  );
  const [text, setText] = useState(answer?.words ?? '');
  const [reach, setReach] = useState<FootageReach>(answer?.reach ?? 'mail');
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string>();
  const send = async (event: FormEvent) => {
    event.preventDefault();
    if (chosen.length === 0) return setFault(form.noCamera);
    setBusy(true);
    const body = { cameras: [...chosen], words: text, reach };
    const given = await call('ownerAnswerFootage', { params: { request: id }, body }, crypto.randomUUID());
    setBusy(false);
    if (given.ok) await done();
    else setFault(wordsOfProblem(words, given.problem));
  };
  const ways: [FootageReach, string][] = [
    ['mail', form.mail(me.email)],
    ...(me.phone === null ? [] : ([['phone', form.phone(me.phone)]] as [FootageReach, string][])),
    ['words', form.asWritten],
  ];
  return (
    <form className="stack agreement" onSubmit={(event) => void send(event)}>
      <h3>{form.title}</h3>
      <p>{form.lead}</p>
      <fieldset className="choices">
        <legend>{form.which}</legend>
        {cameras.map(({ id: camera, name, place }) => (
          <label key={camera} className="choice">
            <input
              type="checkbox"
              checked={chosen.includes(camera)}
              onChange={() =>
                setChosen((before) =>
                  before.includes(camera) ? before.filter((one) => one !== camera) : [...before, camera],
                )
              }
            />
            <span>
              {name} <small>{place}</small>
            </span>
          </label>
        ))}
      </fieldset>
      <div className="field">
        <label htmlFor={textId}>{form.words}</label>
        <textarea
          id={textId}
          rows={4}
          required
          maxLength={footageLimits.answer.most}
          value={text}
          aria-describedby={`${textId}-help`}
          onChange={({ target }) => setText(target.value)}
        />
        <p className="help" id={`${textId}-help`}>
          {form.wordsHelp}
        </p>
      </div>
      <fieldset className="choices">
        <legend>{form.reach}</legend>
        {ways.map(([way, label]) => (
          <label key={way} className="choice">
            <input type="radio" name={`reach-${id}`} checked={reach === way} onChange={() => setReach(way)} />
            <span>{label}</span>
          </label>
        ))}
        {me.phone === null && <p className="help">{form.noPhone}</p>}
      </fieldset>
      {fault && (
        <p className="fault" role="alert">
          {fault}
        </p>
      )}
      <Button look="main" type="submit" disabled={busy}>
        {form.send}
      </Button>
      <p className="help">{form.sendHelp}</p>
      <Button onClick={cancel}>{words.cancel}</Button>
    </form>
  );
}
