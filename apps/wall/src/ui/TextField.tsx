import { useId, type ComponentProps, type ReactNode } from 'react';
import './controls.css';

interface FieldParts {
  label: ReactNode;
  hint?: ReactNode;
  fault?: string | undefined;
}

function useParts({ hint, fault }: FieldParts) {
  const id = useId();
  const describedBy = [fault && `${id}-fault`, hint && `${id}-hint`].filter(Boolean).join(' ');
  return {
    id,
    aria: { 'aria-invalid': fault ? true : undefined, 'aria-describedby': describedBy || undefined },
  };
}

function Frame({
  id,
  label,
  hint,
  fault,
  wide,
  children,
}: FieldParts & { id: string; wide?: boolean; children: ReactNode }) {
  return (
    <div className={wide ? 'field form-wide' : 'field'}>
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      {children}
      {fault && (
        <p className="field-fault" id={`${id}-fault`}>
          {fault}
        </p>
      )}
      {hint && (
        <p className="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}

export function TextField({
  label,
  hint,
  fault,
  wide,
  ...rest
}: FieldParts & { wide?: boolean } & ComponentProps<'input'>) {
  const { id, aria } = useParts({ label, hint, fault });
  return (
    <Frame id={id} label={label} hint={hint} fault={fault} wide={wide ?? false}>
      <input {...rest} {...aria} id={id} className="field-input" />
    </Frame>
  );
}

/** The browser's own select: works by keyboard and by touch everywhere. */
export function SelectField({
  label,
  hint,
  fault,
  wide,
  children,
  ...rest
}: FieldParts & { wide?: boolean } & ComponentProps<'select'>) {
  const { id, aria } = useParts({ label, hint, fault });
  return (
    <Frame id={id} label={label} hint={hint} fault={fault} wide={wide ?? false}>
      <select {...rest} {...aria} id={id} className="field-input">
        {children}
      </select>
    </Frame>
  );
}

/** For more than one line. */
export function TextAreaField({
  label,
  hint,
  fault,
  wide,
  ...rest
}: FieldParts & { wide?: boolean } & ComponentProps<'textarea'>) {
  const { id, aria } = useParts({ label, hint, fault });
  return (
    <Frame id={id} label={label} hint={hint} fault={fault} wide={wide ?? false}>
      <textarea {...rest} {...aria} id={id} className="field-input field-area" />
    </Frame>
  );
}
