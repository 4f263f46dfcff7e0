import { SecretToken } from '@clerestory/protocol';
import { CloudOff } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import { refreshSession, watchSession } from '../../state/session.ts';
import { useSession } from '../../state/use-session.ts';
import { Button } from '../../ui/Button.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ChoosePassword, SetUp } from './SetUp.tsx';
import { SignIn } from './SignIn.tsx';
import { goToWall, isWallAsked } from './wall-asked.ts';

type Link = { kind: 'set-up' | 'password'; token: string };

/** A one-time link stands behind the `#`, which no server sees. */
function linkInHash(hash: string): Link | null {
  const [kind = '', token] = hash.slice(1).split('=');
  if ((kind !== 'set-up' && kind !== 'password') || !SecretToken.safeParse(token).success) return null;
  return { kind, token: token ?? '' };
}

/** Lets through who is signed in; everybody else gets the page that leads there. */
export function SessionGate({ children }: { children: ReactNode }) {
  const { who, fault } = useSession((state) => state);
  const [link, setLink] = useState<Link | null>(() => linkInHash(location.hash));
  useEffect(watchSession, []);
  const toWall = who !== null && who.me !== null && isWallAsked();
  useEffect(() => {
    if (toWall) goToWall();
  }, [toWall]);
  if (link?.kind === 'set-up') return <SetUp token={link.token} onLeave={() => setLink(null)} />;
  if (link?.kind === 'password') return <ChoosePassword token={link.token} onLeave={() => setLink(null)} />;
  if (toWall || (who === null && fault === null)) return null;
  if (who === null)
    return (
      <main style={{ height: '100%' }}>
        <EmptyState
          icon={<CloudOff aria-hidden="true" />}
          title="The server does not answer"
          action={<Button onClick={() => void refreshSession()}>Try again</Button>}
        >
          <p>{fault?.detail}</p>
        </EmptyState>
      </main>
    );
  // One person's console is not another's: everything is drawn anew.
  return who.me === null ? (
    <SignIn who={who} />
  ) : (
    <div key={who.me.id} className="session">
      {children}
    </div>
  );
}
