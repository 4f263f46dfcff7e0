import { useEffect, useState, type FormEvent } from 'react';
import type { OwnerLinkLook } from '@clerestory/protocol/portal';
import { call } from '../../state/call.ts';
import { useSession } from '../../state/session.tsx';
import { Button } from '../../ui/Button.tsx';
import { Field } from '../../ui/Field.tsx';
import { useSpoken, wordsOfProblem } from '../../words/index.tsx';

/** A link was opened. It is used up by the button, so that no program that looks through mail uses it up first. */
export function FollowLink({ token, lapsed }: { token: string; lapsed(): void }) {
  const { words, language } = useSpoken();
  const { entered } = useSession();
  const [look, setLook] = useState<OwnerLinkLook>();
  const [name, setName] = useState('');
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string>();

  useEffect(() => {
    let here = true;
    void call('ownerLookLink', { body: { token } }).then((answer) => {
      if (!here) return;
      if (answer.ok) setLook(answer.value);
      else if (answer.problem.code === 'gone') lapsed();
      else setFault(wordsOfProblem(words, answer.problem));
    });
    return () => {
      here = false;
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- asked once for a link
  }, [token]);

  const enter = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    const body = look?.kind === 'sign-up' ? { token, name, language } : { token };
    const answer = await call('ownerSignIn', { body });
    setBusy(false);
    if (answer.ok) {
      history.replaceState(null, '', location.pathname);
      entered(answer.value);
    } else if (answer.problem.code === 'gone') lapsed();
    else setFault(wordsOfProblem(words, answer.problem));
  };

  if (!look) return <p role="status">{fault ?? words.wait}</p>;
  return (
    <form className="card stack" onSubmit={(event) => void enter(event)}>
      <h1>{words.signIn.hello}</h1>
      <p>{words.signIn.linkFor(look.email)}</p>
      {look.kind === 'sign-up' && (
        <Field
          label={words.signIn.name}
          autoComplete="name"
          required
          maxLength={80}
          value={name}
          onChange={({ target }) => setName(target.value)}
        />
      )}
      {fault && (
        <p className="fault" role="alert">
          {fault}
        </p>
      )}
      <Button look="main" type="submit" disabled={busy}>
        {look.kind === 'sign-up' ? words.signIn.register : words.signIn.enter}
      </Button>
    </form>
  );
}
