import { useEffect, useId, useState } from 'react';
import { TextField } from '../../ui/TextField.tsx';
import { suggest, type Party, type PartyKind } from './audit-party.ts';

/** So long is waited for the next letter, ms. */
const restMs = 200;

/** A camera or a person by name, number or id, with suggestions: of any number of them, and of those that are gone too. */
export function PartyField({
  kind,
  label,
  placeholder,
  value,
  onChange,
  fault,
}: {
  kind: PartyKind;
  label: string;
  placeholder: string;
  value: string;
  onChange: (typed: string) => void;
  fault?: string | undefined;
}) {
  const [parties, setParties] = useState<readonly Party[]>([]);
  const list = useId();
  useEffect(() => {
    let isOver = false;
    const timer = setTimeout(
      () =>
        void suggest(kind, value).then((found) => {
          if (!isOver && found.ok) setParties(found.value);
        }),
      restMs,
    );
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [kind, value]);
  return (
    <>
      <TextField
        label={label}
        placeholder={placeholder}
        autoComplete="off"
        list={list}
        value={value}
        fault={fault}
        onChange={(event) => onChange(event.target.value)}
      />
      <datalist id={list}>
        {parties.map(({ id, label: words }) => (
          <option key={id} value={words} />
        ))}
      </datalist>
    </>
  );
}
