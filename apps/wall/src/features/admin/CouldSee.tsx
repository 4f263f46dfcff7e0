import type { CouldSee } from '@clerestory/protocol';
import { useState } from 'react';
import { callRoute } from '../../state/call-route.ts';
import { Button } from '../../ui/Button.tsx';
import { TextField } from '../../ui/TextField.tsx';
import { useStep } from '../people/use-step.ts';
import { dayAndTime } from '../../ui/time.ts';
import { resolve } from './audit-party.ts';
import { msOf } from './AuditEntries.tsx';
import { named } from './audit-words.ts';
import { PartyField } from './PartyField.tsx';

function Seen({ found }: { found: CouldSee }) {
  const { names } = found;
  return (
    <div className="audit-answer" role="status">
      <p>
        {named(`camera:${found.camera}`, names).replace(/^camera:/, '')}, the minute of{' '}
        {dayAndTime(found.at).slice(0, -3)}:{' '}
        {found.views.length === 0 ? 'nobody was watching.' : `watching: ${found.views.length}.`}
      </p>
      <ul>
        {found.views.map(({ sequence, actor, since, until }) => (
          <li key={sequence}>
            {named(actor, names)}, from {dayAndTime(since)} to {until === null ? 'now' : dayAndTime(until)}{' '}
            (entry {sequence})
          </li>
        ))}
      </ul>
      <p>
        {found.persons.length === 0
          ? 'Nobody had the right to open it.'
          : `The right to open it had: ${found.persons.map(({ name, roles }) => `${name} (${roles.join(', ')})`).join('; ')}.`}{' '}
        A private camera needs a grant besides.
      </p>
      {found.screens.length > 0 && (
        <p>
          Paired screens, which could show it on a tile:{' '}
          {found.screens.map((screen) => names[`screen:${screen}`] ?? screen).join(', ')}.
        </p>
      )}
      {found.unknown.map((words) => (
        <p key={words} className="field-fault">
          {words}
        </p>
      ))}
    </div>
  );
}

/** Who could see a camera in a minute, and who did. */
export function CouldSeeForm() {
  const [camera, setCamera] = useState('');
  const [at, setAt] = useState('');
  const [found, setFound] = useState<CouldSee | null>(null);
  const { busy, run, fault } = useStep();
  const ask = () =>
    void run(async () => {
      const id = await resolve('camera', camera);
      if (!id.ok) return id;
      return callRoute('whoCouldSee', {
        query: { camera: id.value ?? '', at: msOf(at) ?? String(Date.now()) },
      });
    }, setFound);
  return (
    <form
      className="audit-part"
      aria-label="Who could see this camera"
      onSubmit={(event) => {
        event.preventDefault();
        ask();
      }}
    >
      <h2>Who could see this camera?</h2>
      <div className="audit-fields">
        <PartyField
          kind="camera"
          label="Camera"
          placeholder="number, name or id"
          value={camera}
          onChange={setCamera}
        />
        <TextField
          label="When"
          type="datetime-local"
          value={at}
          onChange={(event) => setAt(event.target.value)}
        />
        <Button type="submit" disabled={busy || camera.trim() === ''}>
          {at === '' ? 'Ask for now' : 'Ask'}
        </Button>
      </div>
      {fault && <p className="field-fault">{fault}</p>}
      {found && <Seen found={found} />}
    </form>
  );
}
