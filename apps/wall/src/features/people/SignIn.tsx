import type { Me, PersonName, WhoAmI } from '@clerestory/protocol';
import { Fingerprint, LayoutGrid } from 'lucide-react';
import { useEffect, useState } from 'react';
import { callRoute } from '../../state/call-route.ts';
import { tookSession } from '../../state/session.ts';
import { Button } from '../../ui/Button.tsx';
import { TextField } from '../../ui/TextField.tsx';
import { Card, StepForm } from './Card.tsx';
import { signInByPasskey } from './passkey.ts';
import { roleWords } from './role-words.ts';
import { SwitchByPin } from './SwitchByPin.tsx';
import { useStep } from './use-step.ts';
import { askForWall, isWallAsked } from './wall-asked.ts';

/** Why an identity provider sent the browser back without a session; see `providerReturn`. */
const returned: Record<string, string> = {
  'sign-in-failed': 'The sign-in at the provider did not succeed. Try again, or sign in another way.',
};

function Back({ onClick }: { onClick: () => void }) {
  return (
    <Button kind="quiet" onClick={onClick}>
      Back
    </Button>
  );
}

function SecondStep({ ticket, onBack }: { ticket: string; onBack: () => void }) {
  const [code, setCode] = useState('');
  const { busy, run, fault, at } = useStep();
  const submit = () =>
    void run(
      () => callRoute('secondStep', { body: { ticket, code } }),
      (result) => result.state === 'signed-in' && tookSession(result.me),
    );
  return (
    <StepForm action="Sign in" busy={busy} fault={fault} onSubmit={submit} more={<Back onClick={onBack} />}>
      <p className="dim">The password is right. Now the code that your app shows.</p>
      <TextField
        label="Code of your app, or a recovery code"
        value={code}
        onChange={(event) => setCode(event.target.value)}
        autoComplete="one-time-code"
        fault={at('code')}
        autoFocus
      />
    </StepForm>
  );
}

/** The second factor of this person is a passkey, which says by itself who signs in. */
function PasskeyStep({ onBack }: { onBack: () => void }) {
  const { busy, run, fault } = useStep();
  const submit = () => void run<Me>(signInByPasskey, tookSession);
  return (
    <StepForm
      action="Use your passkey"
      busy={busy}
      fault={fault}
      onSubmit={submit}
      more={<Back onClick={onBack} />}
    >
      <p className="card-note">
        The password is right. This site asks for a second factor, and yours is a passkey.
      </p>
    </StepForm>
  );
}

function Password({
  start,
  onSecondStep,
  onPasskeyStep,
}: {
  start: { login: string; password: string };
  onSecondStep: (ticket: string) => void;
  onPasskeyStep: () => void;
}) {
  const [login, setLogin] = useState(start.login);
  const [password, setPassword] = useState(start.password);
  const { busy, run, fault, at } = useStep();
  const submit = () =>
    void run(
      () => callRoute('signIn', { body: { login, password } }),
      (result) => {
        if (result.state === 'signed-in') tookSession(result.me);
        else if (result.state === 'second-step') onSecondStep(result.ticket);
        else onPasskeyStep();
      },
    );
  return (
    <StepForm action="Sign in" busy={busy} fault={fault} onSubmit={submit}>
      <TextField
        label="Sign-in name"
        value={login}
        onChange={(event) => setLogin(event.target.value)}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        fault={at('login')}
        autoFocus
      />
      <TextField
        label="Password"
        type="password"
        value={password}
        onChange={(event) => setPassword(event.target.value)}
        autoComplete="current-password"
        fault={at('password')}
      />
    </StepForm>
  );
}

function OtherWays({ who }: { who: WhoAmI }) {
  const { busy, run, fault } = useStep();
  const byProvider = (provider: string) =>
    void run(
      () => callRoute('providerSignIn', { body: { provider } }),
      ({ location: address }) => location.assign(address),
    );
  return (
    <div className="card-ways">
      <Button disabled={busy} onClick={() => void run<Me>(signInByPasskey, tookSession)}>
        <Fingerprint aria-hidden="true" />
        Sign in with a passkey
      </Button>
      {who.providers.map(({ id, name }) => (
        <Button key={id} disabled={busy} onClick={() => byProvider(id)}>
          Sign in with {name}
        </Button>
      ))}
      {fault && (
        <p className="field-fault" role="alert">
          {fault}
        </p>
      )}
    </div>
  );
}

/**
 * The people of the demo city, to be tried with one click, and its wall with none where the address says so. Only where the
 * server listens on this machine alone.
 */
function DemoPeople({ demo }: { demo: NonNullable<WhoAmI['demo']> }) {
  const { busy, run, fault } = useStep();
  const enter = (login: string) =>
    void run(
      () => callRoute('signIn', { body: { login, password: demo.password } }),
      (result) => result.state === 'signed-in' && tookSession(result.me),
    );
  const supervisor = demo.people.find(({ roles }) => roles.includes('supervisor'));
  const seeWall = () => supervisor && enter(supervisor.login);
  useEffect(() => {
    if (isWallAsked()) seeWall();
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once, as the page was opened
  }, []);
  return (
    <section className="card-demo">
      <h2 className="card-part">Demo city</h2>
      {supervisor && (
        <Button
          kind="primary"
          disabled={busy}
          onClick={() => {
            askForWall();
            seeWall();
          }}
        >
          <LayoutGrid aria-hidden="true" />
          See the wall, live
        </Button>
      )}
      <p className="dim">Or choose whom to be. These accounts work on this machine only:</p>
      <div className="card-people">
        {demo.people.map(({ id, login, name, roles }) => (
          <Button key={id} disabled={busy} onClick={() => enter(login)} title={`Sign-in name ${login}`}>
            <span>{name}</span>
            <span className="dim">{roles.map((role) => roleWords[role]).join(', ')}</span>
          </Button>
        ))}
      </div>
      {fault && (
        <p className="field-fault" role="alert">
          {fault}
        </p>
      )}
    </section>
  );
}

/** The way in: by name and password, passkey, provider, or PIN at a workstation that knows one. */
export function SignIn({ who }: { who: WhoAmI }) {
  const [ticket, setTicket] = useState<string | null>(null);
  const [byPasskey, setByPasskey] = useState(false);
  const [switching, setSwitching] = useState<PersonName | null>(null);
  const back = returned[location.hash.slice(1).split('=')[0] ?? ''];
  if (switching)
    return (
      <Card title={switching.name} text="Enter the PIN that you set at this workstation.">
        <SwitchByPin person={switching} onBack={() => setSwitching(null)} />
      </Card>
    );
  return (
    <Card title="Sign in">
      {back && (
        <p className="field-fault" role="alert">
          {back}
        </p>
      )}
      {who.demo && ticket === null && <DemoPeople demo={who.demo} />}
      {who.setUpNeeded && !who.demo && (
        <p className="card-note" role="status">
          Nobody administers this server yet. Open the set-up link that it printed when it was started.
        </p>
      )}
      {who.switchable.length > 0 && (
        <div className="card-people">
          {who.switchable.map((person) => (
            <Button key={person.id} onClick={() => setSwitching(person)}>
              {person.name}
            </Button>
          ))}
        </div>
      )}
      {byPasskey ? (
        <PasskeyStep onBack={() => setByPasskey(false)} />
      ) : ticket === null ? (
        <>
          <Password
            start={{ login: '', password: '' }}
            onSecondStep={setTicket}
            onPasskeyStep={() => setByPasskey(true)}
          />
          <OtherWays who={who} />
        </>
      ) : (
        <SecondStep ticket={ticket} onBack={() => setTicket(null)} />
      )}
    </Card>
  );
}
