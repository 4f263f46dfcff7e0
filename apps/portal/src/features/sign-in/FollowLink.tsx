import { useEffect, useState, type FormEvent } from 'react';
import type { OwnerLinkLook } from '@clerestory/protocol/portal';
import { call } from '../../state/call.ts';
import { useSession } from '../../state/session.tsx';
import { Button } from '../../ui/Button.tsx';
import { Field } from '../../ui/Field.tsx';
import { useSpoken, wordsOfProblem } from '../../words/index.tsx';
import { LeaveByLink } from './LeaveByLink.tsx';

/** A link was opened. It is used up by the button, so that no program that looks through mail uses it up first. */
export function FollowLink({ token, end }: { token: string; end(hasLapsed?: boolean): void }) {
  const { words, language } = useSpoken();
  const { entered, look: lookAnew } = useSession();
  const [look, setLook] = useState<OwnerLinkLook>();
  const [name, setName] = useState('');
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState('');
  const [fault, setFault] = useState<string>();

  useEffect(() => {
    let here = true;
    void call('ownerLookLink', { body: { token } }).then((answer) => {
      if (!here) return;
      if (answer.ok) setLook(answer.value);
      else if (answer.problem.code === 'gone') end(true);
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
      end();
      entered(answer.value);
    } else if (answer.problem.code === 'gone') end(true);
    else setFault(wordsOfProblem(words, answer.problem));
  };

  const answer = async (isRight: boolean) => {
    setBusy(true);
    const given = await call('ownerAnswerLink', { body: { token, isRight } });
    setBusy(false);
    if (given.ok) setSaid(isRight ? words.signIn.changed.right : words.signIn.changed.kept);
    else if (given.problem.code === 'gone') end(true);
    else setFault(wordsOfProblem(words, given.problem));
  };

  /** Whoever was signed in here may not be any more. */
  const done = (hasLapsed?: boolean) => {
    end(hasLapsed);
    void lookAnew();
  };

  if (!look) return <p role="status">{fault ?? words.wait}</p>;
  if (look.kind === 'leave') return <LeaveByLink token={token} look={look} end={done} />;
  if (look.kind === 'address-changed')
    return (
      <div className="card stack">
        <h1>{words.signIn.changed.title}</h1>
        {said ? (
          <>
            <p role="status">{said}</p>
            <Button onClick={() => done()}>{words.toStart}</Button>
          </>
        ) : (
          <>
            <p>{words.signIn.changed.lead(look.email)}</p>
            <Button look="main" disabled={busy} onClick={() => void answer(false)}>
              {words.signIn.changed.keep}
            </Button>
            <Button disabled={busy} onClick={() => void answer(true)}>
              {words.signIn.changed.confirm}
            </Button>
          </>
        )}
        {fault && (
          <p className="fault" role="alert">
            {fault}
          </p>
        )}
      </div>
    );
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
