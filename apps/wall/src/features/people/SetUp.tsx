import { useState } from 'react';
import { callRoute } from '../../state/call-route.ts';
import { refreshSession, tookSession } from '../../state/session.ts';
import { Button } from '../../ui/Button.tsx';
import { TextField } from '../../ui/TextField.tsx';
import { Card, StepForm } from './Card.tsx';
import { useStep } from './use-step.ts';

const passwordHint = 'At least 15 characters: a sentence is easy to remember. Any characters will do.';
/** The token leaves the address bar and the history as soon as it is used. */
const dropHash = () => history.replaceState(null, '', location.pathname);

/** The first administrator, by the link that the server printed. */
export function SetUp({ token, onLeave }: { token: string; onLeave: () => void }) {
  const [form, setForm] = useState({ login: '', name: '', password: '' });
  const { busy, run, fault, at } = useStep();
  const field = (key: keyof typeof form) => ({
    value: form[key],
    onChange: (event: { target: { value: string } }) => setForm({ ...form, [key]: event.target.value }),
    fault: at(key),
  });
  const submit = () =>
    void run(
      () => callRoute('setUp', { body: { token, ...form } }),
      (me) => {
        dropHash();
        tookSession(me);
        onLeave();
      },
    );
  return (
    <Card
      title="Set up Clerestory"
      text="You become the first administrator: you manage people and rights, and watch nothing by that right."
    >
      <StepForm action="Become administrator" busy={busy} fault={fault} onSubmit={submit}>
        <TextField label="Your name" {...field('name')} autoComplete="name" autoFocus />
        <TextField label="Sign-in name" {...field('login')} autoComplete="username" autoCapitalize="none" />
        <TextField
          label="Password"
          type="password"
          {...field('password')}
          autoComplete="new-password"
          hint={passwordHint}
        />
      </StepForm>
    </Card>
  );
}

/** Somebody who was given a one-time link chooses a password. */
export function ChoosePassword({ token, onLeave }: { token: string; onLeave: () => void }) {
  const [password, setPassword] = useState('');
  const [login, setLogin] = useState<string | null>(null);
  const { busy, run, fault, at } = useStep();
  const leave = () => {
    dropHash();
    void refreshSession();
    onLeave();
  };
  if (login !== null)
    return (
      <Card title="Your password is set" text={`Sign in with it as ${login}.`}>
        <Button kind="primary" onClick={leave}>
          Sign in
        </Button>
      </Card>
    );
  const submit = () =>
    void run(
      () => callRoute('redeemLink', { body: { token, password } }),
      (answer) => setLogin(answer.login),
    );
  return (
    <Card title="Choose a password" text="This link works once.">
      <StepForm action="Set password" busy={busy} fault={fault} onSubmit={submit}>
        <TextField
          label="New password"
          type="password"
          value={password}
          onChange={(event) => setPassword(event.target.value)}
          autoComplete="new-password"
          hint={passwordHint}
          fault={at('password')}
          autoFocus
        />
      </StepForm>
    </Card>
  );
}
