import { useState } from 'react';
import type { OwnerLinkLook } from '@clerestory/protocol/portal';
import { call } from '../../state/call.ts';
import { Button } from '../../ui/Button.tsx';
import { useWords, wordsOfProblem } from '../../words/index.tsx';

/** The link in the letter of somebody who asked to leave: what goes, what stays and why, and then yes or no. */
export function LeaveByLink({
  token,
  look: { email, leaving },
  end,
}: {
  token: string;
  look: OwnerLinkLook;
  end(hasLapsed?: boolean): void;
}) {
  const words = useWords();
  const { leave } = words;
  const [busy, setBusy] = useState(false);
  const [hasLeft, setLeft] = useState(false);
  const [fault, setFault] = useState<string>();
  const yes = async () => {
    setBusy(true);
    const answer = await call('ownerLeave', { body: { token } });
    setBusy(false);
    if (answer.ok) setLeft(true);
    else if (answer.problem.code === 'gone') end(true);
    else setFault(wordsOfProblem(words, answer.problem));
  };
  if (hasLeft)
    return (
      <div className="card stack">
        <h1>{leave.left}</h1>
        <p role="status">{leave.leftText(email)}</p>
        <Button onClick={() => end()}>{words.toStart}</Button>
      </div>
    );
  const { removed = [], shared = [] } = leaving ?? {};
  return (
    <div className="card stack">
      <h1>{leave.ask}</h1>
      <p>{leave.lead(email)}</p>
      <section className="stack">
        <h2>{leave.goes}</h2>
        <ul className="bullets">
          <li>{leave.pictures}</li>
          {removed.length > 0 && <li>{leave.removed(removed.join(', '))}</li>}
          {shared.length > 0 && <li>{leave.shared(shared.join(', '))}</li>}
          <li>{leave.erased}</li>
          <li>{leave.waiting}</li>
        </ul>
      </section>
      <section className="stack">
        <h2>{leave.stays}</h2>
        <ul className="bullets">
          <li>{leave.record}</li>
          {removed.length > 0 && <li>{leave.addresses}</li>}
        </ul>
      </section>
      <p className="notice">{leave.first}</p>
      {fault && (
        <p className="fault" role="alert">
          {fault}
        </p>
      )}
      <Button look="stop" disabled={busy} onClick={() => void yes()}>
        {leave.yes}
      </Button>
      <Button disabled={busy} onClick={() => end()}>
        {leave.no}
      </Button>
    </div>
  );
}
