import { useState, type FormEvent } from 'react';
import type { PlaceKind } from '@clerestory/protocol/portal';
import { type OwnCamera } from '@clerestory/protocol/portal';
import { go, paths } from '../../route.ts';
import { call } from '../../state/call.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Field } from '../../ui/Field.tsx';
import { useWords, wordsOfProblem } from '../../words/index.tsx';
import { KindField } from './KindField.tsx';
import { placeIn, type Where } from './where.ts';
import { WhereFields } from './WhereFields.tsx';

/** What the registry says of a camera, for its owner to set right; and the way out of it. */
export function Correct({ camera }: { camera: OwnCamera }) {
  const words = useWords();
  const { correct, register } = words.camera;
  const [name, setName] = useState(camera.name);
  const [place, setPlace] = useState(camera.place);
  const [placeKind, setPlaceKind] = useState<PlaceKind>(camera.placeKind ?? 'other');
  const [where, setWhere] = useState<Where>({
    latitude: String(camera.latitude ?? ''),
    longitude: String(camera.longitude ?? ''),
  });
  const [removing, setRemoving] = useState(false);
  const [said, setSaid] = useState('');
  const [fault, setFault] = useState<string>();
  const params = { camera: camera.id };
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setSaid('');
    const at = placeIn(where);
    if (!at) return setFault(register.badNumber);
    const answer = await call(
      'ownerCorrectCamera',
      { params, body: { name, place, placeKind, ...at } },
      crypto.randomUUID(),
    );
    setSaid(answer.ok ? correct.saved : '');
    setFault(answer.ok ? undefined : wordsOfProblem(words, answer.problem));
  };
  const remove = async () => {
    const answer = await call('ownerRemoveCamera', { params });
    setRemoving(false);
    if (answer.ok) go(paths.home);
    else setFault(wordsOfProblem(words, answer.problem));
  };
  return (
    <details className="card">
      <summary>{correct.title}</summary>
      <form className="stack" onSubmit={(event) => void save(event)}>
        <Field
          {...{ label: register.name, required: true, maxLength: 80, value: name }}
          onChange={({ target }) => setName(target.value)}
        />
        <Field
          {...{ label: register.place, required: true, maxLength: 120, value: place }}
          onChange={({ target }) => setPlace(target.value)}
        />
        <KindField value={placeKind} choose={setPlaceKind} />
        <WhereFields where={where} set={setWhere} />
        {said && <p role="status">{said}</p>}
        {fault && (
          <p className="fault" role="alert">
            {fault}
          </p>
        )}
        <Button type="submit">{correct.save}</Button>
        <Button look="stop" onClick={() => setRemoving(true)}>
          {correct.remove}
        </Button>
      </form>
      <Dialog open={removing} title={correct.removeTitle} close={() => setRemoving(false)}>
        <p>{correct.removeText}</p>
        <Button look="stop" onClick={() => void remove()}>
          {correct.removeYes}
        </Button>
        <Button onClick={() => setRemoving(false)}>{words.cancel}</Button>
      </Dialog>
    </details>
  );
}
