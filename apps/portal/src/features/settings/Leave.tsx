import { useState } from 'react';
import type { LinkRoad, OwnerMe } from '@clerestory/protocol/portal';
import { call } from '../../state/call.ts';
import { Button } from '../../ui/Button.tsx';
import { useWords, wordsOfProblem } from '../../words/index.tsx';

/** The way out. Nothing happens here: a letter asks whether it is meant. */
export function Leave({ me, road }: { me: OwnerMe; road: LinkRoad }) {
  const words = useWords();
  const { leave } = words;
  const [sent, setSent] = useState(false);
  const [fault, setFault] = useState<string>();
  const ask = async () => {
    const answer = await call('ownerAskLeave', {});
    setSent(answer.ok);
    setFault(answer.ok ? undefined : wordsOfProblem(words, answer.problem));
  };
  return (
    <section className="card stack">
      <h2>{leave.title}</h2>
      <p className="help">{leave.help}</p>
      {sent && (
        <p role="status">
          {leave.sent(me.email)} {road === 'terminal' && words.signIn.terminal}
        </p>
      )}
      {fault && (
        <p className="fault" role="alert">
          {fault}
        </p>
      )}
      <Button onClick={() => void ask()}>{leave.send}</Button>
    </section>
  );
}
