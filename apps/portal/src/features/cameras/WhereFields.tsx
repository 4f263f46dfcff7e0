import { useState } from 'react';
import { Button } from '../../ui/Button.tsx';
import { Field } from '../../ui/Field.tsx';
import { useWords } from '../../words/index.tsx';
import { written, type Where } from './where.ts';

const locateMs = 15_000;

/** The place on the map: taken from the phone of somebody who stands there, or copied from a map. */
export function WhereFields({ where, set }: { where: Where; set(where: Where): void }) {
  const { register } = useWords().camera;
  const [said, setSaid] = useState<{ text: string; isFault: boolean }>();
  const locate = () => {
    setSaid({ text: register.locating, isFault: false });
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        set({ latitude: written(coords.latitude), longitude: written(coords.longitude) });
        setSaid({ text: register.located(String(Math.ceil(coords.accuracy))), isFault: false });
      },
      () => setSaid({ text: register.notLocated, isFault: true }),
      { enableHighAccuracy: true, timeout: locateMs },
    );
  };
  return (
    <fieldset className="stack">
      <legend>{register.onMap}</legend>
      {'geolocation' in navigator && isSecureContext && <Button onClick={locate}>{register.locate}</Button>}
      {said && (
        <p className={said.isFault ? 'fault' : 'help'} role={said.isFault ? 'alert' : 'status'}>
          {said.text}
        </p>
      )}
      <p className="help">{register.locateHelp}</p>
      <div className="pair">
        <Field
          {...{ label: register.latitude, inputMode: 'decimal', required: true, value: where.latitude }}
          onChange={({ target }) => set({ ...where, latitude: target.value })}
        />
        <Field
          {...{ label: register.longitude, inputMode: 'decimal', required: true, value: where.longitude }}
          onChange={({ target }) => set({ ...where, longitude: target.value })}
        />
      </div>
    </fieldset>
  );
}
