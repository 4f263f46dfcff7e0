import { caseText, purposeWords, type FootageRequest } from '@clerestory/protocol';
import { useCallback, useEffect, useState } from 'react';
import { callRoute } from '../../state/call-route.ts';
import { holds } from '../../state/session.ts';
import { useSession } from '../../state/use-session.ts';
import { Button } from '../../ui/Button.tsx';
import { Section, Table } from '../admin/Section.tsx';
import { useAsked } from '../admin/use-asked.ts';
import { AskFootageDialog } from './AskFootageDialog.tsx';
import { FootageDialog } from './FootageDialog.tsx';
import { moment, spanText, stateWords } from './words.ts';
import './footage.css';

type Open = { kind: 'ask' } | { kind: 'request'; id: string };

/** What others did meanwhile is seen after this time, ms. */
const lookEveryMs = 15_000;

/** Requests for footage: asked, read by a second person, answered by owners or by nobody. */
export function Footage() {
  const me = useSession(({ who }) => who?.me?.id);
  const mayAsk = useSession(({ who }) => holds(who, 'investigator'));
  const isSupervisor = useSession(({ who }) => holds(who, 'supervisor'));
  const [limit, setLimit] = useState(100);
  const [open, setOpen] = useState<Open | null>(null);
  const ask = useCallback(() => callRoute('listFootage', { query: { limit: String(limit) } }), [limit]);
  const { value, problem, reload } = useAsked(ask);
  useEffect(() => {
    const timer = setInterval(reload, lookEveryMs);
    return () => clearInterval(timer);
  }, [reload]);
  const waitsForMe = ({ state, askedBy }: FootageRequest) =>
    isSupervisor && state === 'waiting' && askedBy.id !== me;
  const shown = open?.kind === 'request' ? value?.items.find(({ id }) => id === open.id) : undefined;
  return (
    <Section
      title="Requests for footage"
      text="Ask owners near a place what their cameras kept. A second person reads each request first. Owners answer or leave it: whom it reached, and who left it, is shown to nobody."
      problem={problem}
      tools={
        mayAsk && (
          <Button kind="primary" onClick={() => setOpen({ kind: 'ask' })}>
            Ask for footage
          </Button>
        )
      }
    >
      <Table
        head={['No.', 'What', 'Where', 'Of which time', 'Asked by', 'State', 'Answers', '']}
        empty={value?.items.length === 0 ? 'Nobody has asked for footage yet.' : null}
      >
        {(value?.items ?? []).map((request) => (
          <tr
            key={request.id}
            data-footage={request.number}
            data-off={request.state === 'closed' || request.state === 'refused' || undefined}
          >
            <td className="admin-number">{request.number}</td>
            <td>
              {purposeWords[request.purpose]}
              <span className="footage-line dim">{caseText(request.case)}</span>
            </td>
            <td>
              {request.place}
              <span className="footage-line dim">
                {request.radiusM} m around{request.district && `, ${request.district}`}
              </span>
            </td>
            <td className="admin-time">{spanText(request)}</td>
            <td>
              {request.askedBy.name}
              <span className="footage-line dim">{moment(request.askedAt)}</span>
            </td>
            <td>
              <span className="chip" data-tone={waitsForMe(request) ? 'warn' : undefined}>
                {waitsForMe(request) ? 'Waits for you' : stateWords[request.state]}
              </span>
              {request.state === 'published' && (
                <span className="footage-line dim">until {moment(request.endsAt)}</span>
              )}
            </td>
            <td className="admin-number">{request.answers || '–'}</td>
            <td>
              <Button
                kind={waitsForMe(request) ? 'primary' : 'plain'}
                onClick={() => setOpen({ kind: 'request', id: request.id })}
              >
                {waitsForMe(request) ? 'Read and decide' : 'Open'}
              </Button>
            </td>
          </tr>
        ))}
      </Table>
      {value?.next && limit < 500 && <Button onClick={() => setLimit(500)}>Show more</Button>}
      {open?.kind === 'ask' && (
        <AskFootageDialog
          onClose={() => setOpen(null)}
          onDone={() => {
            reload();
            setOpen(null);
          }}
        />
      )}
      {shown && (
        <FootageDialog
          key={shown.id}
          request={shown}
          mayDecide={waitsForMe(shown)}
          mayClose={shown.askedBy.id === me || isSupervisor}
          onChanged={reload}
          onClose={() => setOpen(null)}
        />
      )}
    </Section>
  );
}
