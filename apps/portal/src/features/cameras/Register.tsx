import { useState, type FormEvent } from 'react';
import type { PlaceKind } from '@clerestory/protocol/portal';
import { go, paths } from '../../route.ts';
import { call } from '../../state/call.ts';
import { Button } from '../../ui/Button.tsx';
import { Field } from '../../ui/Field.tsx';
import { useWords, wordsOfProblem } from '../../words/index.tsx';
import { KindField } from './KindField.tsx';
import { placeIn, type Where } from './where.ts';
import { WhereFields } from './WhereFields.tsx';

/** Says where a camera is. */
export function Register() {
  const words = useWords();
  const { register } = words.camera;
  const [name, setName] = useState('');
  const [place, setPlace] = useState('');
  const [placeKind, setPlaceKind] = useState<PlaceKind>('shop');
  const [where, setWhere] = useState<Where>({ latitude: '', longitude: '' });
  const [fault, setFault] = useState<string>();
  const [key] = useState(() => crypto.randomUUID());
  const save = async (event: FormEvent) => {
    event.preventDefault();
    const at = placeIn(where);
    if (!at) return setFault(register.badNumber);
    const answer = await call('ownerRegisterCamera', { body: { name, place, placeKind, ...at } }, key);
    if (answer.ok) go(paths.camera(answer.value.id));
    else setFault(wordsOfProblem(words, answer.problem));
  };
  return (
    <form className="card stack" onSubmit={(event) => void save(event)}>
      <h1>{register.title}</h1>
      <p>{register.lead}</p>
      <Field
        {...{ label: register.name, help: register.nameHelp, required: true, maxLength: 80, value: name }}
        onChange={({ target }) => setName(target.value)}
      />
      <Field
        {...{ label: register.place, help: register.placeHelp, required: true, maxLength: 120, value: place }}
        autoComplete="street-address"
        onChange={({ target }) => setPlace(target.value)}
      />
      <KindField value={placeKind} choose={setPlaceKind} />
      <WhereFields where={where} set={setWhere} />
      {fault && (
        <p className="fault" role="alert">
          {fault}
        </p>
      )}
      <Button look="main" type="submit">
        {register.done}
      </Button>
      <Button onClick={() => go(paths.home)}>{words.cancel}</Button>
    </form>
  );
}
