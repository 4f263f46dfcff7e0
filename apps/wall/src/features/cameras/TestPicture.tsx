import type { TrialAnswer } from '@clerestory/protocol';
import { useState } from 'react';
import { callRoute } from '../../state/call-route.ts';
import { Button } from '../../ui/Button.tsx';

/** The server waits up to 20 s for a key frame. */
const trialTimeoutMs = 30_000;

type Body = Parameters<typeof callRoute<'tryCamera'>>[1]['body'];
interface Seen {
  /** What was tried: with other fields it is no longer true. */
  of: string;
  picture: TrialAnswer | null;
  fault: string;
}

/** A picture of what is about to be registered, or the camera's own reason why there is none. Changes nothing. */
export function TestPicture({ body, ready }: { body: Body; ready: boolean }) {
  const [seen, setSeen] = useState<Seen | null>(null);
  const [busy, setBusy] = useState(false);
  const of = JSON.stringify(body);
  const shown = seen?.of === of ? seen : null;
  const take = async () => {
    setBusy(true);
    const answer = await callRoute('tryCamera', { body }, { timeoutMs: trialTimeoutMs });
    setBusy(false);
    setSeen({
      of,
      picture: answer.ok ? answer.value : null,
      fault: answer.ok ? '' : (answer.problem.errors?.[0]?.message ?? answer.problem.detail),
    });
  };
  return (
    <section className="test-picture" aria-label="Test picture">
      <div className="test-picture-frame" data-busy={busy || undefined}>
        {shown?.picture ? (
          <img src={`data:image/jpeg;base64,${shown.picture.jpeg}`} alt="What the camera sends now" />
        ) : (
          <p className={shown ? 'field-fault' : 'dim'} role={shown ? 'alert' : undefined}>
            {busy ? 'Waiting for a picture…' : (shown?.fault ?? 'No picture taken yet')}
          </p>
        )}
      </div>
      <div className="test-picture-foot">
        <Button onClick={() => void take()} disabled={busy || !ready}>
          {busy ? 'Asking the camera…' : 'Take a test picture'}
        </Button>
        <span className="dim">
          {shown?.picture
            ? `${shown.picture.width} × ${shown.picture.height}, ${shown.picture.codec}`
            : 'Nothing is saved by it.'}
        </span>
      </div>
    </section>
  );
}
