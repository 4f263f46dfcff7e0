import { useCallback } from 'react';
import { callRoute } from '../../state/call-route.ts';
import { holds } from '../../state/session.ts';
import { useSession } from '../../state/use-session.ts';
import { Button } from '../../ui/Button.tsx';
import { dayAndTime } from '../../ui/time.ts';
import { agentWords } from '../people/agent-words.ts';
import { useStep } from '../people/use-step.ts';
import { Section, Table } from './Section.tsx';
import { useAsked } from './use-asked.ts';

const methodWords = {
  ...{ password: 'by password', passkey: 'by passkey', provider: 'by identity provider' },
  ...{ switch: 'by quick switch', 'set-up': 'at set-up' },
} as const;

/** Who is signed in now, and where from. */
export function Sessions() {
  const mayEnd = useSession(({ who }) => holds(who, 'administrator'));
  const { value, problem, reload } = useAsked(useCallback(() => callRoute('listSessions', {}), []));
  const { run, problem: refused } = useStep();
  return (
    <Section
      title="Sessions"
      text="Who is signed in now. A session lasts twelve hours at most, and locks after half an hour without a person."
      problem={refused ?? problem}
      tools={<Button onClick={reload}>Look again</Button>}
    >
      <Table
        head={['Who', 'Signed in', 'Last used', 'From', 'Browser', 'State', '']}
        empty={value?.items.length === 0 ? 'Nobody is signed in.' : null}
      >
        {value?.items.map((session) => (
          <tr key={session.id} data-session={session.person.login}>
            <td>{session.person.name}</td>
            <td>
              {dayAndTime(session.createdAt)} {methodWords[session.method]}
            </td>
            <td>{dayAndTime(session.activeAt)}</td>
            <td>{session.address}</td>
            <td>{agentWords(session.agent)}</td>
            <td>{session.current ? 'this one' : session.locked ? 'locked' : ''}</td>
            <td>
              {mayEnd && !session.current && (
                <Button
                  kind="danger"
                  onClick={() =>
                    void run(() => callRoute('endSession', { params: { session: session.id } }), reload)
                  }
                >
                  End
                </Button>
              )}
            </td>
          </tr>
        ))}
      </Table>
    </Section>
  );
}
