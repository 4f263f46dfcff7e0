import { useId, type InputHTMLAttributes } from 'react';

/** A labelled line to type in, with its help below and what is wrong with it. */
export function Field({
  label,
  help,
  fault,
  ...more
}: InputHTMLAttributes<HTMLInputElement> & { label: string; help?: string; fault?: string | undefined }) {
  const id = useId();
  const said = [help && `${id}-help`, fault && `${id}-fault`].filter(Boolean).join(' ');
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        {...more}
        aria-invalid={fault !== undefined}
        {...(said && { 'aria-describedby': said })}
      />
      {help && (
        <p className="help" id={`${id}-help`}>
          {help}
        </p>
      )}
      {fault && (
        <p className="fault" id={`${id}-fault`}>
          {fault}
        </p>
      )}
    </div>
  );
}
