import type { PersonName } from '@clerestory/protocol';
import { useState } from 'react';
import { callRoute } from '../../state/call-route.ts';
import { tookSession } from '../../state/session.ts';
import { Button } from '../../ui/Button.tsx';
import { TextField } from '../../ui/TextField.tsx';
import { StepForm } from './Card.tsx';
import { useStep } from './use-step.ts';

/** Takes over at this workstation: the PIN, and one is there. */
export function SwitchByPin({
  person,
  onBack,
  onDone,
}: {
  person: PersonName;
  onBack: () => void;
  onDone?: () => void;
}) {
  const [pin, setPin] = useState('');
  const { busy, run, fault, at } = useStep();
  const submit = () =>
    void run(
      () => callRoute('switchPerson', { body: { person: person.id, pin } }),
      (me) => {
        tookSession(me);
        onDone?.();
      },
    );
  return (
    <StepForm
      action="Take over"
      busy={busy}
      fault={fault}
      onSubmit={submit}
      more={
        <Button kind="quiet" onClick={onBack}>
          Back
        </Button>
      }
    >
      <TextField
        label={`PIN of ${person.name}`}
        type="password"
        inputMode="numeric"
        value={pin}
        onChange={(event) => setPin(event.target.value)}
        autoComplete="off"
        fault={at('pin')}
        autoFocus
      />
    </StepForm>
  );
}
