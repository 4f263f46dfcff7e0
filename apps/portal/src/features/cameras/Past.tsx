import { useEffect, useState } from 'react';
import type { CameraAccess, Consent } from '@clerestory/protocol/portal';
import { call } from '../../state/call.ts';
import { Button } from '../../ui/Button.tsx';
import { useWords, wordsOfProblem, type Words } from '../../words/index.tsx';
import { entriesByGrant, type EntriesByGrant } from './entries-by-grant.ts';
import { Proof } from './Proof.tsx';
import { lengthOf, timeOf, whoOf, whyOf } from './terms-words.ts';

const entriesOf = ({ camera: { proof } }: Words, [first, ...more]: readonly number[]): string =>
  more.length === 0 ? proof.entry(String(first)) : proof.entries([first, ...more].join(', '));

/** Every access so far, newest first. */
export function Accesses({ camera }: { camera: string }) {
  const words = useWords();
  const [items, setItems] = useState<CameraAccess[]>([]);
  const [next, setNext] = useState<string | null>(null);
  const [inLog, setInLog] = useState<EntriesByGrant>(new Map());
  const [fault, setFault] = useState<string>();
  const more = async (cursor?: string) => {
    const query = cursor === undefined ? {} : { cursor };
    const answer = await call('ownerListAccesses', { params: { camera }, query });
    if (!answer.ok) return setFault(wordsOfProblem(words, answer.problem));
    setItems((before) => (cursor === undefined ? answer.value.items : [...before, ...answer.value.items]));
    setNext(answer.value.next);
  };
  useEffect(() => {
    void call('ownerListAccesses', { params: { camera } }).then((answer) => {
      if (!answer.ok) return;
      setItems(answer.value.items);
      setNext(answer.value.next);
    });
  }, [camera]);
  const past = items.filter(({ state }) => state === 'ended');
  return (
    <section className="card stack">
      <h2>{words.camera.past}</h2>
      {past.length === 0 && <p>{words.camera.noPast}</p>}
      <ul className="list lines">
        {past.map((access) => (
          <li key={access.grant}>
            <strong>{whyOf(words, access)}</strong>
            <span>
              {[
                whoOf(words, access),
                ...(access.startsAt === null ? [] : [timeOf(words, access.startsAt)]),
              ].join(' · ')}
            </span>
            {access.purpose.kind === 'exigent' && <span className="help">{words.camera.exigent}</span>}
            <span className="help">
              {access.seconds > 0
                ? words.camera.lasted(lengthOf(words, access.seconds))
                : words.camera.notOpened}
            </span>
            {inLog.has(access.grant) && (
              <span className="help">{entriesOf(words, inLog.get(access.grant) ?? [])}</span>
            )}
          </li>
        ))}
      </ul>
      {fault && <p className="fault">{fault}</p>}
      {next !== null && <Button onClick={() => void more(next)}>{words.camera.more}</Button>}
      <Proof camera={camera} found={({ text }) => setInLog((before) => entriesByGrant(text, before))} />
    </section>
  );
}

/** Every version of what was allowed. */
export function History({ camera }: { camera: string }) {
  const words = useWords();
  const [items, setItems] = useState<Consent[]>([]);
  useEffect(() => {
    void call('ownerListConsents', { params: { camera } }).then(
      (answer) => answer.ok && setItems(answer.value.items),
    );
  }, [camera]);
  const who = (by: string) =>
    by.startsWith('owner:')
      ? words.camera.versionBy.owner
      : by.startsWith('person:')
        ? words.camera.versionBy.agency
        : words.camera.versionBy.server;
  if (items.length === 0) return null;
  return (
    <details className="card">
      <summary>{words.camera.history}</summary>
      <ul className="list lines">
        {items.map(({ version, status, level, at, by }) => (
          <li key={version}>
            <strong>
              {words.camera.statuses[status]} · {words.camera.states[level]}
            </strong>
            <span className="help">
              {timeOf(words, at)}, {who(by)}
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}
