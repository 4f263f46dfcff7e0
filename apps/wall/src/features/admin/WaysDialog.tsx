import type { Person } from '@clerestory/protocol';
import { useCallback } from 'react';
import { callRoute } from '../../state/call-route.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { useStep } from '../people/use-step.ts';
import { useAsked } from './use-asked.ts';

/** What a person can sign in with; an account at an identity provider can be taken away here. */
export function WaysDialog({ person, onClose }: { person: Person; onClose: () => void }) {
  const ask = useCallback(
    () => callRoute('getAuthenticatorsOf', { params: { person: person.id } }),
    [person.id],
  );
  const { value, problem, reload } = useAsked(ask);
  const { busy, run, fault } = useStep();
  const unlink = (provider: string) =>
    void run(() => callRoute('unlinkProviderOf', { params: { person: person.id, provider } }), reload);
  const count = value?.passkeys.length ?? 0;
  return (
    <Dialog
      title={`How ${person.name} signs in`}
      text={
        (value?.providers.length ?? 0) > 0
          ? 'Taking a provider away ends every session of this person. A new password leaves the other ways as they are.'
          : 'A new password leaves the other ways as they are.'
      }
      size="m"
      onClose={onClose}
    >
      <div className="dialog-body">
        {(fault ?? problem?.detail) && (
          <p className="field-fault" role="alert">
            {fault ?? problem?.detail}
          </p>
        )}
        {value && (
          <ul className="my-list">
            <li className="my-row">{value.password ? 'Password' : 'No password yet'}</li>
            <li className="my-row">{value.totp ? 'App for codes' : 'No app for codes'}</li>
            <li className="my-row">
              {count === 0 ? 'No passkey' : `Passkeys: ${value.passkeys.map(({ name }) => name).join(', ')}`}
            </li>
            {value.providers.map(({ id, name }) => (
              <li key={id} className="my-row">
                <span>Account at {name}</span>
                <Button disabled={busy} onClick={() => unlink(id)}>
                  Remove
                </Button>
              </li>
            ))}
          </ul>
        )}
      </div>
    </Dialog>
  );
}
