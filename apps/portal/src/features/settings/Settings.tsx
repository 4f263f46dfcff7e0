import { useState, type FormEvent } from 'react';
import type { Language, LinkRoad, OwnerMe, Problem } from '@clerestory/protocol/portal';
import { call } from '../../state/call.ts';
import { addPasskey, type PasskeyTrouble } from '../../state/passkey.ts';
import { useSession } from '../../state/session.tsx';
import { Button } from '../../ui/Button.tsx';
import { Field } from '../../ui/Field.tsx';
import { useSpoken, wordsOfProblem } from '../../words/index.tsx';
import { Leave } from './Leave.tsx';
import { NoticeRoads } from './NoticeRoads.tsx';

export function Settings({ me, road }: { me: OwnerMe; road: LinkRoad }) {
  const { words } = useSpoken();
  const { signOut } = useSession();
  return (
    <div className="stack">
      <h1>{words.settings.title}</h1>
      <Contact me={me} />
      <NoticeRoads />
      <Passkeys me={me} />
      <div className="row">
        <Button onClick={() => void signOut(false)}>{words.nav.signOut}</Button>
        <Button onClick={() => void signOut(true)}>{words.settings.everywhere}</Button>
      </div>
      <Leave me={me} road={road} />
    </div>
  );
}

function Contact({ me }: { me: OwnerMe }) {
  const { words } = useSpoken();
  const { entered } = useSession();
  const [name, setName] = useState(me.name);
  const [phone, setPhone] = useState(me.phone ?? '');
  const [language, setLanguage] = useState<Language>(me.language);
  const [said, setSaid] = useState('');
  const [fault, setFault] = useState<string>();
  const save = async (event: FormEvent) => {
    event.preventDefault();
    const body = { name, phone: phone.trim() === '' ? null : phone, language };
    const answer = await call('ownerUpdateMe', { body });
    if (answer.ok) entered(answer.value);
    setSaid(answer.ok ? words.settings.saved : '');
    setFault(answer.ok ? undefined : wordsOfProblem(words, answer.problem));
  };
  return (
    <form className="card stack" onSubmit={(event) => void save(event)}>
      <Field
        label={words.settings.name}
        autoComplete="name"
        required
        maxLength={80}
        value={name}
        onChange={({ target }) => setName(target.value)}
      />
      <Field
        label={words.settings.phone}
        type="tel"
        autoComplete="tel"
        maxLength={40}
        value={phone}
        onChange={({ target }) => setPhone(target.value)}
      />
      <Field label={words.settings.email} value={me.email} readOnly help={words.settings.emailHelp} />
      <fieldset className="choices">
        <legend>{words.settings.language}</legend>
        {(['en', 'es'] as const).map((one) => (
          <label key={one} className="choice">
            <input
              type="radio"
              name="language"
              checked={language === one}
              onChange={() => setLanguage(one)}
            />
            <span lang={one}>{one === 'en' ? 'English' : 'Español'}</span>
          </label>
        ))}
      </fieldset>
      {fault && (
        <p className="fault" role="alert">
          {fault}
        </p>
      )}
      <div className="row">
        <Button look="main" type="submit">
          {words.save}
        </Button>
        <span role="status">{said}</span>
      </div>
    </form>
  );
}

function Passkeys({ me }: { me: OwnerMe }) {
  const { words } = useSpoken();
  const { look } = useSession();
  // Kept as what it was, and said in the language that is chosen now.
  const [refused, setRefused] = useState<PasskeyTrouble | Problem>();
  const add = async () => {
    const kind = matchMedia('(pointer: coarse)').matches
      ? words.settings.passkeyName
      : words.settings.passkeyNameDesk;
    const alike = me.passkeys.filter(({ name }) => name.startsWith(kind)).length;
    const answer = await addPasskey(alike === 0 ? kind : `${kind} ${alike + 1}`);
    setRefused(answer.ok ? undefined : 'trouble' in answer ? answer.trouble : answer.problem);
    if (answer.ok) await look();
  };
  const remove = async (passkey: string) => {
    const answer = await call('ownerRemovePasskey', { params: { passkey } });
    setRefused(answer.ok ? undefined : answer.problem);
    await look();
  };
  const fault =
    refused === 'already' || refused === 'not-here'
      ? words.passkey[refused]
      : typeof refused === 'string'
        ? words.passkey.notAdded
        : refused && wordsOfProblem(words, refused);
  const when = (at: number) => new Date(at).toLocaleDateString(words.locale, { dateStyle: 'medium' });
  return (
    <section className="card stack">
      <h2>{words.settings.passkeys}</h2>
      <p className="help">{words.settings.passkeysHelp}</p>
      <ul className="list">
        {me.passkeys.map(({ id, name, lastUsedAt }) => (
          <li key={id} className="row between">
            <span>
              {name}{' '}
              <small>
                {lastUsedAt === null ? words.settings.never : words.settings.usedOn(when(lastUsedAt))}
              </small>
            </span>
            <Button onClick={() => void remove(id)}>{words.settings.remove}</Button>
          </li>
        ))}
      </ul>
      {fault && (
        <p className="fault" role="alert">
          {fault}
        </p>
      )}
      <Button onClick={() => void add()}>{words.settings.addPasskey}</Button>
    </section>
  );
}
