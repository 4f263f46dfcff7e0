import { useState, type FormEvent } from 'react';
import type { PlaceKind } from '@clerestory/protocol/portal';
import { go, paths } from '../../route.ts';
import { call } from '../../state/call.ts';
import { Button } from '../../ui/Button.tsx';
import { Field } from '../../ui/Field.tsx';
import { useWords, wordsOfProblem } from '../../words/index.tsx';
import { KindField } from './KindField.tsx';

/** Says where a camera is. */
export function Register() {
  const words = useWords();
  const { register } = words.camera;
  const [name, setName] = useState('');
  const [place, setPlace] = useState('');
  const [placeKind, setPlaceKind] = useState<PlaceKind>('shop');
  const [latitude, setLatitude] = useState('');
  const [longitude, setLongitude] = useState('');
  const [fault, setFault] = useState<string>();
  const [key] = useState(() => crypto.randomUUID());
  const save = async (event: FormEvent) => {
    event.preventDefault();
    const at = { latitude: numberOf(latitude), longitude: numberOf(longitude) };
    if (Number.isNaN(at.latitude) || Number.isNaN(at.longitude)) return setFault(register.badNumber);
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
      <p className="help">{register.locateHelp}</p>
      <div className="pair">
        <Field
          {...{ label: register.latitude, inputMode: 'decimal', required: true, value: latitude }}
          onChange={({ target }) => setLatitude(target.value)}
        />
        <Field
          {...{ label: register.longitude, inputMode: 'decimal', required: true, value: longitude }}
          onChange={({ target }) => setLongitude(target.value)}
        />
      </div>
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

/** With a point or a comma. */
const numberOf = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text.replace(',', '.')));
