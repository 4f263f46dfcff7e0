import type { Answer, Authenticators, SessionView } from '@clerestory/protocol';
import { useCallback, useEffect, useState } from 'react';
import { renderSVG } from 'uqr';
import { callRoute } from '../../state/call-route.ts';
import { refreshSession } from '../../state/session.ts';
import { useSession } from '../../state/use-session.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { TextField } from '../../ui/TextField.tsx';
import { shortTime } from '../../ui/time.ts';
import { agentWords } from './agent-words.ts';
import { StepForm } from './Card.tsx';
import { registerPasskey, unlockByPasskey } from './passkey.ts';
import { useStep } from './use-step.ts';

type Step =
  | { kind: 'list' }
  | { kind: 'totp'; uri: string; secret: string }
  | { kind: 'codes'; codes: string[] }
  | { kind: 'password' }
  | { kind: 'pin' };

/** A picture as data: a style attribute or inline SVG from elsewhere has no place under our policy. */
const qrOf = (uri: string) => `data:image/svg+xml;utf8,${encodeURIComponent(renderSVG(uri))}`;

/** As people read and type it; apps leave the spaces out. */
const inFours = (secret: string) => secret.replaceAll(/(.{4})(?=.)/g, '$1 ');

function Totp({ uri, secret, onCodes }: { uri: string; secret: string; onCodes: (codes: string[]) => void }) {
  const [code, setCode] = useState('');
  const { busy, run, fault, at } = useStep();
  return (
    <StepForm
      action="Confirm"
      busy={busy}
      fault={fault}
      onSubmit={() =>
        void run(
          () => callRoute('confirmTotp', { body: { code } }),
          ({ recoveryCodes }) => onCodes(recoveryCodes),
        )
      }
    >
      <p>
        Scan this with an authenticator app, or type the secret into it. Then enter the code that it shows.
      </p>
      <img className="my-qr" src={qrOf(uri)} alt="QR code of the secret below" />
      <code className="my-secret">{inFours(secret)}</code>
      <TextField
        label="Six digits that the app shows now"
        inputMode="numeric"
        value={code}
        onChange={(event) => setCode(event.target.value)}
        autoComplete="one-time-code"
        fault={at('code')}
        autoFocus
      />
    </StepForm>
  );
}

function Codes({ codes, onDone }: { codes: string[]; onDone: () => void }) {
  const [copied, setCopied] = useState(false);
  const copy = () => void navigator.clipboard.writeText(codes.join('\n')).then(() => setCopied(true));
  return (
    <div className="my-part">
      <p>
        Ten recovery codes, each good once, for when the app is lost. <b>They are shown only now</b>: print
        them or keep them in a password manager.
      </p>
      <div className="my-codes">
        {codes.map((code) => (
          <span key={code}>{code}</span>
        ))}
      </div>
      <div className="my-row">
        {isSecureContext && <Button onClick={copy}>{copied ? 'Copied' : 'Copy them'}</Button>}
        <Button kind="primary" onClick={onDone}>
          I have kept them
        </Button>
      </div>
    </div>
  );
}

function NewPassword({ onDone }: { onDone: () => void }) {
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const { busy, run, fault, at } = useStep();
  return (
    <StepForm
      action="Change password"
      busy={busy}
      fault={fault}
      onSubmit={() => void run(() => callRoute('changeMyPassword', { body: { current, next } }), onDone)}
    >
      <TextField
        label="Present password"
        type="password"
        value={current}
        onChange={(event) => setCurrent(event.target.value)}
        autoComplete="current-password"
        fault={at('current')}
        autoFocus
      />
      <TextField
        label="New password"
        type="password"
        value={next}
        onChange={(event) => setNext(event.target.value)}
        autoComplete="new-password"
        hint="At least 15 characters. Your other sessions end."
        fault={at('next')}
      />
    </StepForm>
  );
}

function NewPin({ onDone }: { onDone: () => void }) {
  const [pin, setPin] = useState('');
  const { busy, run, fault, at } = useStep();
  return (
    <StepForm
      action="Set PIN"
      busy={busy}
      fault={fault}
      onSubmit={() => void run(() => callRoute('setMyPin', { body: { pin } }), onDone)}
    >
      <TextField
        label="PIN, 6 to 12 digits"
        type="password"
        inputMode="numeric"
        value={pin}
        onChange={(event) => setPin(event.target.value)}
        autoComplete="off"
        hint="Only for this workstation: take over in two seconds, as long as your full sign-in lasts."
        fault={at('pin')}
        autoFocus
      />
    </StepForm>
  );
}

/** The only thing that confirms where the site asks for a second factor and a passkey is the only one. */
function ConfirmByPasskey({ onDone }: { onDone: () => void }) {
  const { busy, run, fault } = useStep();
  return (
    <StepForm
      action="Confirm with your passkey"
      busy={busy}
      fault={fault}
      onSubmit={() => void run(unlockByPasskey, onDone)}
    >
      <p>Confirm first that it is you. At this site your passkey does that; a password does not.</p>
    </StepForm>
  );
}

/** Confirms that it is really you, before an authenticator is changed. */
function Confirm({ ways, onDone }: { ways: Authenticators; onDone: () => void }) {
  const mustUsePasskey = useSession(({ who }) => who?.me?.mustUsePasskey ?? false);
  return mustUsePasskey ? (
    <ConfirmByPasskey onDone={onDone} />
  ) : (
    <ConfirmByPassword ways={ways} onDone={onDone} />
  );
}

function ConfirmByPassword({ ways, onDone }: { ways: Authenticators; onDone: () => void }) {
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const { busy, run, fault } = useStep();
  const body = { password, ...(ways.totp && { code }) };
  return (
    <StepForm
      action="Confirm"
      busy={busy}
      fault={fault}
      onSubmit={() => void run(() => callRoute('unlockSession', { body }), onDone)}
      more={
        ways.passkeys.length > 0 && (
          <Button kind="quiet" disabled={busy} onClick={() => void run(unlockByPasskey, onDone)}>
            Use a passkey
          </Button>
        )
      }
    >
      <TextField
        label="Confirm with your password"
        type="password"
        value={password}
        onChange={(event) => setPassword(event.target.value)}
        autoComplete="current-password"
        autoFocus
      />
      {ways.totp && (
        <TextField
          label="Code of your app, or a recovery code"
          value={code}
          onChange={(event) => setCode(event.target.value)}
          autoComplete="one-time-code"
        />
      )}
    </StepForm>
  );
}

function Sessions() {
  const [sessions, setSessions] = useState<SessionView[]>([]);
  const { run, fault } = useStep();
  const load = useCallback(
    () => void callRoute('listMySessions', {}).then((answer) => answer.ok && setSessions(answer.value.items)),
    [],
  );
  useEffect(load, [load]);
  return (
    <section className="my-part">
      <h3>Where you are signed in</h3>
      <ul className="my-list">
        {sessions.map((session) => (
          <li key={session.id} className="my-row">
            <span>
              {session.current ? <b>here</b> : session.address}, since {shortTime(session.createdAt)}
              {session.locked && ', locked'} <span className="dim">{agentWords(session.agent)}</span>
            </span>
            {!session.current && (
              <Button
                onClick={() =>
                  void run(() => callRoute('endMySession', { params: { session: session.id } }), load)
                }
              >
                End
              </Button>
            )}
          </li>
        ))}
      </ul>
      {fault && <p className="field-fault">{fault}</p>}
      <Button onClick={() => void callRoute('endMySessions', {}).then(refreshSession)}>
        Sign out everywhere
      </Button>
    </section>
  );
}

/** What one can sign in with, and where one is signed in. */
export function MySignIn({ onClose }: { onClose: () => void }) {
  const [has, setHas] = useState<Authenticators | null>(null);
  const [step, setStep] = useState<Step>({ kind: 'list' });
  const [again, setAgain] = useState<(() => void) | null>(null);
  const { busy, run, problem, fault } = useStep();
  const ask = useCallback(
    () => void callRoute('getMyAuthenticators', {}).then((answer) => answer.ok && setHas(answer.value)),
    [],
  );
  useEffect(ask, [ask]);
  const load = () => {
    setStep({ kind: 'list' });
    void refreshSession();
    ask();
  };
  /** Does it; where the server wants to know first that it is really you, asks and does it then. */
  const act = <T,>(ask: () => Promise<Answer<T>>, done: (value: T) => void) => {
    setAgain(() => () => void run(ask, done));
    void run(ask, done);
  };
  const confirmFirst = problem?.code === 'confirm-first';
  const body = () => {
    if (confirmFirst && has) return <Confirm ways={has} onDone={() => again?.()} />;
    if (step.kind === 'totp')
      return (
        <Totp uri={step.uri} secret={step.secret} onCodes={(codes) => setStep({ kind: 'codes', codes })} />
      );
    if (step.kind === 'codes') return <Codes codes={step.codes} onDone={load} />;
    if (step.kind === 'password') return <NewPassword onDone={load} />;
    if (step.kind === 'pin') return <NewPin onDone={load} />;
    if (!has) return null;
    return (
      <>
        <section className="my-part">
          <h3>What you sign in with</h3>
          <ul className="my-list">
            <li className="my-row">
              <span>Password</span>
              <Button onClick={() => setStep({ kind: 'password' })}>Change</Button>
            </li>
            <li className="my-row">
              <span>
                {has.totp
                  ? `App for codes, ${has.recoveryCodesLeft} recovery codes left`
                  : 'No app for codes'}
              </span>
              {has.totp ? (
                <Button disabled={busy} onClick={() => act(() => callRoute('removeTotp', {}), load)}>
                  Remove
                </Button>
              ) : (
                <Button
                  disabled={busy}
                  onClick={() =>
                    act(
                      () => callRoute('beginTotp', {}),
                      (totp) => setStep({ kind: 'totp', ...totp }),
                    )
                  }
                >
                  Set up
                </Button>
              )}
            </li>
            {has.passkeys.map((passkey) => (
              <li key={passkey.id} className="my-row">
                <span>
                  Passkey {passkey.name}, since {shortTime(passkey.createdAt)}
                </span>
                <Button
                  disabled={busy}
                  onClick={() =>
                    act(() => callRoute('removePasskey', { params: { passkey: passkey.id } }), load)
                  }
                >
                  Remove
                </Button>
              </li>
            ))}
            <li className="my-row">
              <span className="dim">A passkey needs no code and cannot be phished.</span>
              <Button
                disabled={busy}
                onClick={() => act(() => registerPasskey(agentWords(navigator.userAgent)), load)}
              >
                Add a passkey
              </Button>
            </li>
            <li className="my-row">
              <span>{has.pinHere ? 'PIN at this workstation' : 'No PIN at this workstation'}</span>
              {has.pinHere ? (
                <Button onClick={() => act(() => callRoute('removeMyPin', {}), load)}>Remove</Button>
              ) : (
                <Button onClick={() => setStep({ kind: 'pin' })}>Set</Button>
              )}
            </li>
          </ul>
          {fault && (
            <p className="field-fault" role="alert">
              {fault}
            </p>
          )}
        </section>
        <Sessions />
      </>
    );
  };
  return (
    <Dialog title="Your sign-in" size="m" onClose={onClose}>
      <div className="dialog-body">{body()}</div>
    </Dialog>
  );
}
