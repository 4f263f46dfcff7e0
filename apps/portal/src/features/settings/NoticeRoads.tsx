import { useEffect, useState, type FormEvent } from 'react';
import type { NoticeRoads as Roads } from '@clerestory/protocol/portal';
import { call } from '../../state/call.ts';
import { canPush, ownPush, stopPush, tellThisDevice } from '../../state/push.ts';
import { Button } from '../../ui/Button.tsx';
import { Field } from '../../ui/Field.tsx';
import { useWords, wordsOfProblem } from '../../words/index.tsx';

/** How the owner is told: by mail, on devices, and at an address of their own. */
export function NoticeRoads() {
  const words = useWords();
  const { roads } = words.settings;
  const [found, setFound] = useState<Roads | null>(null);
  const [fault, setFault] = useState<string>();
  const look = async () => {
    const answer = await call('ownerNoticeRoads', {});
    if (answer.ok) setFound(answer.value);
  };
  useEffect(() => {
    void call('ownerNoticeRoads', {}).then((answer) => answer.ok && setFound(answer.value));
  }, []);
  const tell = async (what: ReturnType<typeof tellThisDevice> | ReturnType<typeof stopPush>) => {
    const answer = await what;
    setFault(
      answer.ok
        ? undefined
        : answer.problem.code === 'unprocessable'
          ? roads.notAllowed
          : wordsOfProblem(words, answer.problem),
    );
    await look();
  };
  if (!found) return null;
  const mine = ownPush();
  const isTold = found.pushes.some(({ id }) => id === mine);
  const day = (at: number) => new Date(at).toLocaleDateString(words.locale, { dateStyle: 'medium' });
  return (
    <section className="card stack">
      <h2>{roads.title}</h2>
      <p>{found.mail ? roads.byMail : roads.noMail}</p>
      <h3>{roads.devices}</h3>
      {found.pushes.length > 0 && (
        <ul className="list">
          {found.pushes.map(({ id, createdAt }) => (
            <li key={id} className="row between">
              <span>
                {id === mine ? roads.thisDevice : roads.device} <small>{day(createdAt)}</small>
              </span>
              <Button onClick={() => void tell(stopPush(id))}>{words.settings.remove}</Button>
            </li>
          ))}
        </ul>
      )}
      {!canPush() && <p className="help">{roads.cannot}</p>}
      {canPush() && !isTold && (
        <Button onClick={() => void tell(tellThisDevice(found.pushKey))}>{roads.tellHere}</Button>
      )}
      {fault && (
        <p className="fault" role="alert">
          {fault}
        </p>
      )}
      <Webhook roads={found} look={look} />
    </section>
  );
}

/** For owners with a program of their own; few have one, so it is folded away. */
function Webhook({ roads: { webhook }, look }: { roads: Roads; look(): Promise<void> }) {
  const words = useWords();
  const { roads } = words.settings;
  const [url, setUrl] = useState('');
  const [secret, setSecret] = useState('');
  const [fault, setFault] = useState<string>();
  const save = async (event: FormEvent) => {
    event.preventDefault();
    const answer = await call('ownerSetWebhook', { body: { url } });
    setFault(
      answer.ok
        ? undefined
        : answer.problem.errors || answer.problem.code === 'unprocessable'
          ? roads.badAddress
          : wordsOfProblem(words, answer.problem),
    );
    if (!answer.ok) return;
    setSecret(answer.value.secret);
    setUrl('');
    await look();
  };
  const remove = async () => {
    const answer = await call('ownerRemoveWebhook', {});
    setFault(answer.ok ? undefined : wordsOfProblem(words, answer.problem));
    setSecret('');
    await look();
  };
  return (
    <details>
      <summary>{roads.webhook}</summary>
      <form className="stack" onSubmit={(event) => void save(event)}>
        <p className="help">{roads.webhookHelp}</p>
        {webhook && (
          <p className="row between">
            <span>{webhook.host}</span>
            <Button onClick={() => void remove()}>{words.settings.remove}</Button>
          </p>
        )}
        <Field
          {...{ label: roads.address, type: 'url', required: true, value: url, placeholder: 'https://' }}
          fault={fault}
          onChange={({ target }) => setUrl(target.value)}
        />
        {secret !== '' && (
          <div className="notice stack" role="status">
            <p>{roads.secret}</p>
            <code className="secret">{secret}</code>
          </div>
        )}
        <Button type="submit">{webhook ? roads.replace : words.save}</Button>
      </form>
    </details>
  );
}
