import type { Grant } from '@clerestory/protocol';
import { LockKeyhole } from 'lucide-react';
import { countdown, isWaiting, leftText } from './words.ts';
import { useNow } from '../../state/use-now.ts';
import './grants.css';

/** Under which purpose a private camera is on show, and for how long still. */
export function GrantLine({ grant, brief = false }: { grant: Grant | undefined; brief?: boolean }) {
  const isTimed = grant !== undefined && (grant.state === 'live' || isWaiting(grant));
  const nowMs = useNow(isTimed);
  const left = grant && countdown(grant.endsAt, nowMs);
  const words = !grant
    ? 'private'
    : grant.state === 'live'
      ? `${brief ? '' : `${grant.purposeText} · `}${leftText(grant.endsAt, nowMs)}`
      : `${grant.state === 'waiting-owner' ? 'owner is asked' : 'waits for approval'} · ${left}`;
  return (
    <span className="grant-line" data-grant={grant?.state ?? 'none'}>
      <LockKeyhole aria-hidden="true" />
      {words}
      {!brief && grant?.isOwnIncident && <span className="grant-own">own incident</span>}
    </span>
  );
}
