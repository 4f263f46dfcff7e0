import type { Grant } from '@clerestory/protocol';
import { Hourglass } from 'lucide-react';
import { countdown, whoAnswers } from './words.ts';
import { useNow } from '../../state/use-now.ts';

/** What a tile says whose camera was asked for and not answered yet: what is waited for, by whom it can come, how long still. */
export function WaitPanel({ grant }: { grant: Grant }) {
  const nowMs = useNow(true);
  return (
    <div className="tile__panel">
      <Hourglass className="tile__sign" aria-hidden="true" />
      <p className="tile__headline">
        {grant.state === 'waiting-owner' ? 'Waiting for the owner' : 'Waiting for approval'}
      </p>
      <p className="tile__reason">
        {grant.askedBy.name} asked: {grant.purposeText}
      </p>
      <p className="tile__step">
        {whoAnswers(grant)} can answer, for {countdown(grant.endsAt, nowMs)} more. No answer is a no.
      </p>
    </div>
  );
}
