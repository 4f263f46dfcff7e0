import type { LinkRoad, Owner } from '@clerestory/protocol';
import { useCallback, useState } from 'react';
import { callRoute } from '../../state/call-route.ts';
import { Button } from '../../ui/Button.tsx';
import { TextField } from '../../ui/TextField.tsx';
import { DeadLetters } from './DeadLetters.tsx';
import { InviteDialog } from './InviteDialog.tsx';
import { languageWords, OwnerDialog } from './OwnerDialog.tsx';
import { Section, Table } from './Section.tsx';
import { useAsked } from './use-asked.ts';

type Open = { kind: 'owner'; owner: Owner | null } | { kind: 'invite'; owner: Owner };

const noMail: Record<Exclude<LinkRoad, 'mail'>, string> = {
  terminal:
    'No mail is set up. This demo shows sign-in links at the terminal of the server; notices go to webhooks and browsers alone.',
  none: 'No mail is set up, so no owner gets an invitation, a sign-in link or a notice by mail. Set CLERESTORY_SMTP_HOST and CLERESTORY_SMTP_FROM, and start the server again.',
};

/** How links reach owners from here. It is asked as anybody at the owners' pages would. */
const askRoad = () => callRoute('ownerWhoAmI', {});

const invited = (road: LinkRoad | undefined, { name }: Owner, camera: string): string =>
  road === 'mail'
    ? `${name} is asked to share “${camera}”: a letter with a link is on its way.`
    : `${name} is asked to share “${camera}”, and finds that at ${location.origin}/portal/. No letter was sent, since no mail is set up.`;

/** Who lends cameras: registered here, and asked here to share one. */
export function Owners() {
  const [q, setQ] = useState('');
  const [limit, setLimit] = useState(100);
  const [open, setOpen] = useState<Open | null>(null);
  const [said, setSaid] = useState('');
  const ask = useCallback(() => callRoute('listOwners', { query: { q, limit: String(limit) } }), [q, limit]);
  const { value, problem, reload } = useAsked(ask);
  const road = useAsked(askRoad).value?.road;
  const close = () => setOpen(null);
  const nameOf = (id: string) => value?.items.find((owner) => owner.id === id)?.name ?? id;
  return (
    <Section
      title="Owners"
      text="People who lend cameras. They alone decide what is shared, and whether they sign in or read is nobody’s business here."
      problem={problem}
      tools={
        <>
          <TextField label="Search" value={q} onChange={(event) => setQ(event.target.value)} type="search" />
          <Button kind="primary" onClick={() => setOpen({ kind: 'owner', owner: null })}>
            Register an owner
          </Button>
        </>
      }
    >
      {road && road !== 'mail' && <p className="admin-warning">{noMail[road]}</p>}
      {said && <p role="status">{said}</p>}
      <Table
        head={['Name', 'E-mail', 'Phone', 'Language', 'Registered', '']}
        empty={
          value?.items.length === 0
            ? q
              ? 'No owner is found.'
              : 'Nobody lends a camera yet. Register an owner, then invite them to share a private camera.'
            : null
        }
      >
        {value?.items.map((owner) => (
          <tr key={owner.id} data-owner={owner.id}>
            <td>{owner.name}</td>
            <td>{owner.email}</td>
            <td>{owner.phone ?? '–'}</td>
            <td>{languageWords[owner.language]}</td>
            <td>{owner.selfRegistered ? 'by themselves' : 'by the control room'}</td>
            <td>
              <Button onClick={() => setOpen({ kind: 'owner', owner })}>Change</Button>{' '}
              <Button onClick={() => setOpen({ kind: 'invite', owner })}>Invite for a camera</Button>
            </td>
          </tr>
        ))}
      </Table>
      {value?.next && limit < 500 && <Button onClick={() => setLimit(500)}>Show more</Button>}
      <DeadLetters nameOf={nameOf} />
      {open?.kind === 'owner' && (
        <OwnerDialog
          owner={open.owner}
          onClose={close}
          onDone={() => {
            reload();
            close();
          }}
        />
      )}
      {open?.kind === 'invite' && (
        <InviteDialog
          owner={open.owner}
          onClose={close}
          onDone={(camera) => {
            setSaid(invited(road, open.owner, camera));
            close();
          }}
        />
      )}
    </Section>
  );
}
