import { useState } from 'react';
import type { ConsentChange, ConsentTerms, OwnCamera } from '@clerestory/protocol/portal';
import { paths } from '../../route.ts';
import { call } from '../../state/call.ts';
import { useCameras } from '../../state/cameras.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Link } from '../../ui/Link.tsx';
import { useWords, wordsOfProblem } from '../../words/index.tsx';
import { Now } from './Now.tsx';
import { Correct } from './Correct.tsx';
import { Accesses, History } from './Past.tsx';
import { PastCameraPage } from './PastCameras.tsx';
import { Summary } from './Summary.tsx';
import { TermsForm } from './TermsForm.tsx';

/** One camera: who watches, what is allowed, and how to stop it. */
export function CameraPage({ camera: id }: { camera: string }) {
  const words = useWords();
  const { cameras } = useCameras();
  const camera = cameras?.find((one) => one.id === id);
  if (!cameras) return <p role="status">{words.wait}</p>;
  if (!camera) return <PastCameraPage camera={id} />;
  return (
    <div className="stack">
      <Link href={paths.home}>← {words.home.title}</Link>
      <header>
        <h1>{camera.name}</h1>
        <p className="help">{camera.place}</p>
      </header>
      <Now camera={camera} />
      <Agreement camera={camera} />
      {/* Begun anew when somebody starts or stops to watch. */}
      <Accesses camera={id} key={camera.now.map(({ grant }) => grant).join()} />
      <History camera={id} key={`v${camera.consent?.version ?? 0}`} />
      <Correct camera={camera} />
    </div>
  );
}

/** What is allowed, and the buttons that change it. */
function Agreement({ camera }: { camera: OwnCamera }) {
  const words = useWords();
  const { consent, state, exigentHours } = camera;
  const [editing, setEditing] = useState(false);
  const [stopping, setStopping] = useState(false);
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState('');
  const [fault, setFault] = useState<string>();

  const change = async (body: ConsentChange, then = '') => {
    setBusy(true);
    const answer = await call(
      'ownerChangeConsent',
      { params: { camera: camera.id }, body },
      crypto.randomUUID(),
    );
    setBusy(false);
    setFault(answer.ok ? undefined : wordsOfProblem(words, answer.problem));
    setSaid(answer.ok ? then : '');
    if (answer.ok) setEditing(false);
    setStopping(false);
  };
  const terms: ConsentTerms | null = consent && termsOf(consent);
  const isOpen = state !== null && !['revoked', 'expired', 'pending', 'paused'].includes(state);

  if (editing)
    return (
      <TermsForm
        terms={terms}
        exigentHours={exigentHours}
        busy={busy}
        fault={fault}
        save={(next) => void change({ type: 'give', terms: next })}
        cancel={() => setEditing(false)}
      />
    );
  return (
    <section className={`card stack ${state === 'pending' ? 'asked' : ''}`}>
      <h2>{state === 'pending' ? words.camera.asked : words.camera.terms}</h2>
      {state === 'pending' && <p>{words.camera.askedLead}</p>}
      <p>
        <span className={`chip ${state ?? 'none'}`}>{words.camera.states[state ?? 'none']}</span>
      </p>
      {state === 'paused' && (
        <p role="status">
          {camera.now.length > 0
            ? words.camera.pausedOpen
            : exigentHours > 0
              ? words.camera.pausedBut
              : words.camera.pausedNow}
        </p>
      )}
      {(state === 'revoked' || said !== '') && state !== 'paused' && (
        <p role="status">{state === 'revoked' ? words.camera.stopped : said}</p>
      )}
      {terms && state !== 'revoked' && state !== 'expired' && (
        <Summary terms={terms} exigentHours={exigentHours} isPaused={state === 'paused'} />
      )}
      {fault && (
        <p className="fault" role="alert">
          {fault}
        </p>
      )}
      {state === 'pending' && (
        <>
          <Button look="main" disabled={busy} onClick={() => void change({ type: 'confirm' })}>
            {words.camera.agree}
          </Button>
          <p className="help">{words.camera.agreeHelp}</p>
          <div className="row">
            <Button onClick={() => setEditing(true)}>{words.camera.change}</Button>
            <Button disabled={busy} onClick={() => void change({ type: 'revoke' })}>
              {words.camera.refuse}
            </Button>
          </div>
        </>
      )}
      {isOpen && (
        <>
          <Button look="stop" onClick={() => setStopping(true)}>
            {words.camera.stop}
          </Button>
          <div className="row">
            <Button disabled={busy} onClick={() => void change({ type: 'pause', until: null })}>
              {words.camera.pause}
            </Button>
            <Button onClick={() => setEditing(true)}>{words.camera.change}</Button>
          </div>
        </>
      )}
      {state === 'paused' && (
        <div className="row">
          <Button look="main" disabled={busy} onClick={() => void change({ type: 'resume' })}>
            {words.camera.resume}
          </Button>
          <Button look="stop" onClick={() => setStopping(true)}>
            {words.camera.stop}
          </Button>
        </div>
      )}
      {(state === null || state === 'revoked' || state === 'expired') && (
        <Button onClick={() => setEditing(true)}>
          {state === null ? words.camera.share : words.camera.shareAnew}
        </Button>
      )}
      <Dialog open={stopping} title={words.camera.stopTitle} close={() => setStopping(false)}>
        <p>{words.camera.stopText}</p>
        <Button look="stop" disabled={busy} onClick={() => void change({ type: 'revoke' })}>
          {words.camera.stopYes}
        </Button>
        <Button onClick={() => setStopping(false)}>{words.cancel}</Button>
      </Dialog>
    </section>
  );
}

const termsOf = ({
  level,
  purposes,
  hours,
  radiusM,
  expiresAt,
  retentionDays,
}: ConsentTerms): ConsentTerms => ({
  ...{ level, purposes, hours, radiusM, expiresAt, retentionDays },
});
