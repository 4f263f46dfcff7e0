import { useState, type FormEvent } from 'react';
import type { LinkRoad, Problem } from '@clerestory/protocol/portal';
import { call } from '../../state/call.ts';
import { signInByPasskey, type PasskeyTrouble } from '../../state/passkey.ts';
import { useSession } from '../../state/session.tsx';
import { Button } from '../../ui/Button.tsx';
import { Field } from '../../ui/Field.tsx';
import { useSpoken, wordsOfProblem } from '../../words/index.tsx';

export function SignIn({ road }: { road: LinkRoad }) {
  const { words } = useSpoken();
  return (
    <div className="stack">
      <h1>{words.signIn.title}</h1>
      <p className="lead">{words.signIn.lead}</p>
      <AskLink road={road} />
      <ul className="points">
        <li>{words.points.nothing}</li>
        <li>{words.points.told}</li>
        <li>{words.points.stop}</li>
      </ul>
    </div>
  );
}

function AskLink({ road }: { road: LinkRoad }) {
  const { words, language } = useSpoken();
  const { entered } = useSession();
  const [email, setEmail] = useState('');
  const [sent, setSent] = useState(false);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string>();
  const [refused, setRefused] = useState<PasskeyTrouble | Problem>();
  const keyFault =
    typeof refused === 'string' ? words.passkey[refused] : refused && wordsOfProblem(words, refused);

  const ask = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    const answer = await call('ownerAskLink', { body: { email, language } });
    setBusy(false);
    if (answer.ok) setSent(true);
    setFault(answer.ok ? undefined : wordsOfProblem(words, answer.problem));
  };
  const byPasskey = async () => {
    setBusy(true);
    setRefused(undefined);
    const answer = await signInByPasskey();
    setBusy(false);
    if (answer.ok) entered(answer.value);
    else setRefused('trouble' in answer ? answer.trouble : answer.problem);
  };

  if (sent)
    return (
      <section className="card stack" role="status">
        <h2>{words.signIn.sent}</h2>
        <p>{words.signIn.sentTo(email)}</p>
        {road === 'terminal' && <p>{words.signIn.terminal}</p>}
        <Button onClick={() => setSent(false)}>{words.signIn.other}</Button>
      </section>
    );
  return (
    <form className="card stack" onSubmit={(event) => void ask(event)}>
      {road === 'none' ? (
        <p className="notice">{words.signIn.noMail}</p>
      ) : (
        <>
          <Field
            label={words.signIn.email}
            type="email"
            autoComplete="email"
            inputMode="email"
            required
            value={email}
            onChange={({ target }) => setEmail(target.value)}
            help={words.signIn.help}
            fault={fault}
          />
          <Button look="main" type="submit" disabled={busy}>
            {words.signIn.send}
          </Button>
        </>
      )}
      <Button onClick={() => void byPasskey()} disabled={busy}>
        {words.signIn.passkey}
      </Button>
      {keyFault && (
        <p className="fault" role="alert">
          {keyFault}
        </p>
      )}
      {road !== 'none' && <p className="help">{words.signIn.new}</p>}
    </form>
  );
}
