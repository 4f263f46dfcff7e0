import { FileSearch } from 'lucide-react';
import { useEffect, useState } from 'react';
import { callRoute } from '../../state/call-route.ts';
import { holds } from '../../state/session.ts';
import { useSession } from '../../state/use-session.ts';
import { Button } from '../../ui/Button.tsx';

/** Hours count for a request, not seconds: it is looked for this often, ms. */
const lookEveryMs = 60_000;
/** Newest requests that are looked through. */
const newest = '100';

/** How many requests for footage wait for the word of who sits here; quiet while there is none. */
export function FootageWaiting({ onOpen }: { onOpen: () => void }) {
  const me = useSession(({ who }) => who?.me?.id);
  const isSupervisor = useSession(({ who }) => holds(who, 'supervisor'));
  const [count, setCount] = useState(0);
  useEffect(() => {
    if (!isSupervisor) return;
    const look = () =>
      void callRoute('listFootage', { query: { limit: newest } }).then((answer) => {
        if (!answer.ok) return;
        const waiting = answer.value.items.filter(
          ({ state, askedBy }) => state === 'waiting' && askedBy.id !== me,
        );
        setCount(waiting.length);
      });
    look();
    const timer = setInterval(look, lookEveryMs);
    return () => clearInterval(timer);
  }, [isSupervisor, me]);
  if (!isSupervisor || count === 0) return null;
  return (
    <Button kind="quiet" className="incidents-button" onClick={onOpen} title="Requests for footage">
      <FileSearch aria-hidden="true" />
      {count} <span className="header-word">{count === 1 ? 'request waits' : 'requests wait'}</span>
    </Button>
  );
}
