import type { PersonName, Unlock } from '@clerestory/protocol';
import { Lock } from 'lucide-react';
import { useState } from 'react';
import { callRoute } from '../../state/call-route.ts';
import { refreshSession, tookSession } from '../../state/session.ts';
import { useSession } from '../../state/use-session.ts';
import { Button } from '../../ui/Button.tsx';
import { TextField } from '../../ui/TextField.tsx';
import { StepForm } from './Card.tsx';
import { unlockByPasskey } from './passkey.ts';
import { SwitchByPin } from './SwitchByPin.tsx';
import { useStep } from './use-step.ts';

/**
 * After half an hour without a hand on the keys what may act is locked, and the pictures stay. Lies over the page and
 * keeps its controls out of reach.
 */
export function LockCover() {
  const me = useSession(({ who }) => who?.me ?? null);
  const switchable = useSession(({ who }) => who?.switchable ?? []);
  const [other, setOther] = useState<PersonName | null>(null);
  const [secret, setSecret] = useState('');
  const [code, setCode] = useState('');
  const { busy, run, fault } = useStep();
  if (!me?.session.locked) return null;
  const unlock = (body: Unlock) =>
    void run(
      () => callRoute('unlockSession', { body }),
      (now) => {
        setSecret('');
        setCode('');
        tookSession(now);
      },
    );
  const byPasskey = () => void run(unlockByPasskey, tookSession);
  const isPasskeyFirst = me.mustUsePasskey && !me.pinHere;
  const leave = () => void callRoute('signOut', {}).then(refreshSession);
  const others = switchable.filter(({ id }) => id !== me.id);
  return (
    <>
      <div className="locked-veil" />
      <section className="locked" role="dialog" aria-modal="true" aria-label="Locked">
        <p className="locked-head">
          <Lock aria-hidden="true" />
          <b>Locked.</b> The pictures go on; nothing can be changed.
        </p>
        {other ? (
          <SwitchByPin person={other} onBack={() => setOther(null)} onDone={() => setOther(null)} />
        ) : isPasskeyFirst ? (
          <StepForm
            action={`Unlock as ${me.name} with a passkey`}
            busy={busy}
            fault={fault}
            onSubmit={byPasskey}
          >
            {null}
          </StepForm>
        ) : (
          <StepForm
            action={`Unlock as ${me.name}`}
            busy={busy}
            fault={fault}
            onSubmit={() =>
              unlock(me.pinHere ? { pin: secret } : { password: secret, ...(code && { code }) })
            }
          >
            <TextField
              label={me.pinHere ? 'Your PIN' : 'Your password'}
              type="password"
              inputMode={me.pinHere ? 'numeric' : 'text'}
              value={secret}
              onChange={(event) => setSecret(event.target.value)}
              autoComplete={me.pinHere ? 'off' : 'current-password'}
              autoFocus
            />
            {!me.pinHere && (
              <TextField
                label="Code of your app, if you have one"
                value={code}
                onChange={(event) => setCode(event.target.value)}
                autoComplete="one-time-code"
              />
            )}
          </StepForm>
        )}
        <div className="locked-foot">
          {!isPasskeyFirst && (
            <Button kind="quiet" onClick={byPasskey}>
              Use a passkey
            </Button>
          )}
          {others.map((person) => (
            <Button key={person.id} kind="quiet" onClick={() => setOther(person)}>
              {person.name}
            </Button>
          ))}
          <Button kind="quiet" onClick={leave}>
            Sign out
          </Button>
        </div>
      </section>
    </>
  );
}
