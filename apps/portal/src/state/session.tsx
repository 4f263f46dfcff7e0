import { createContext, use, useCallback, useEffect, useMemo, useState, type ReactNode } from 'react';
import type { LinkRoad, OwnerMe } from '@clerestory/protocol/portal';
import { call } from './call.ts';

type Known =
  { state: 'loading' } | { state: 'unreachable' } | { state: 'known'; me: OwnerMe | null; road: LinkRoad };

interface Session {
  known: Known;
  /** Somebody signed in, or changed what is known of them. */
  entered(me: OwnerMe): void;
  /** Asks the server again who is signed in. */
  look(): Promise<void>;
  signOut(everywhere: boolean): Promise<void>;
}
const Context = createContext<Session | null>(null);

async function ask(): Promise<Known> {
  const answer = await call('ownerWhoAmI', {});
  return answer.ok ? { state: 'known', ...answer.value } : { state: 'unreachable' };
}

export function SessionProvider({ children }: { children: ReactNode }) {
  const [known, setKnown] = useState<Known>({ state: 'loading' });
  const look = useCallback(async () => setKnown(await ask()), []);
  useEffect(() => {
    void ask().then(setKnown);
  }, []);
  const session = useMemo<Session>(
    () => ({
      known,
      look,
      entered: (me) =>
        setKnown((before) => ({ state: 'known', road: before.state === 'known' ? before.road : 'mail', me })),
      async signOut(everywhere) {
        await call('ownerSignOut', { query: { everywhere: everywhere ? '1' : '0' } });
        await look();
      },
    }),
    [known, look],
  );
  return <Context value={session}>{children}</Context>;
}

export function useSession(): Session {
  const session = use(Context);
  if (!session) throw new Error('outside of SessionProvider');
  return session;
}
