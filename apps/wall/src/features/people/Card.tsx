import type { FormEvent, ReactNode } from 'react';
import { Button } from '../../ui/Button.tsx';
import './people.css';

/** A page with one thing to do: a title, what it is about, a form. */
export function Card({ title, text, children }: { title: string; text?: ReactNode; children: ReactNode }) {
  return (
    <main className="card-page">
      <section className="card">
        <p className="card-brand">
          <img src="/favicon.svg" alt="" className="card-mark" />
          Clerestory
        </p>
        <h1 className="card-title">{title}</h1>
        {text && <p className="dim">{text}</p>}
        {children}
      </section>
    </main>
  );
}

/** The form of a card, or of a panel. */
export function StepForm({
  action,
  busy,
  fault,
  onSubmit,
  more,
  children,
}: {
  action: string;
  busy: boolean;
  fault: string | null;
  onSubmit: () => void;
  /** What else one may do, below. */
  more?: ReactNode;
  children: ReactNode;
}) {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <form className="card-form" onSubmit={submit} noValidate>
      {children}
      {fault && (
        <p className="field-fault" role="alert">
          {fault}
        </p>
      )}
      <Button kind="primary" type="submit" disabled={busy}>
        {busy ? 'Working…' : action}
      </Button>
      {more}
    </form>
  );
}
