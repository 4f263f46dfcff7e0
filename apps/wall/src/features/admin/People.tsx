import type { Answer, OneTimeLink, Person } from '@clerestory/protocol';
import { Ellipsis } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { useCallback, useState } from 'react';
import { callRoute } from '../../state/call-route.ts';
import { holds } from '../../state/session.ts';
import { useSession } from '../../state/use-session.ts';
import { Button, IconButton } from '../../ui/Button.tsx';
import { TextField } from '../../ui/TextField.tsx';
import { roleWords } from '../people/role-words.ts';
import { useStep } from '../people/use-step.ts';
import { ImportDialog } from './ImportDialog.tsx';
import { LinkDialog, PersonDialog } from './PersonDialog.tsx';
import { Section, Table } from './Section.tsx';
import { useAsked } from './use-asked.ts';
import { WaysDialog } from './WaysDialog.tsx';

type Open =
  | { kind: 'person'; person: Person | null }
  | { kind: 'link'; person: Person; link: OneTimeLink }
  | { kind: 'ways'; person: Person }
  | { kind: 'import' };

const stateOf = ({ disabled, hasPassword, demo }: Person): string =>
  [disabled ? 'disabled' : hasPassword ? '' : 'no password yet', demo ? 'demo' : '']
    .filter(Boolean)
    .join(', ');

const askProviders = () => callRoute('listProviders', {});

/** Who may sign in, and as what. */
export function People() {
  const [q, setQ] = useState('');
  const [limit, setLimit] = useState(100);
  const [open, setOpen] = useState<Open | null>(null);
  const { run, problem: refused } = useStep();
  const mayChange = useSession(({ who }) => holds(who, 'administrator'));
  const ask = useCallback(() => callRoute('listPeople', { query: { q, limit: String(limit) } }), [q, limit]);
  const { value, problem, reload } = useAsked(ask);
  const hasProviders = (useAsked(askProviders).value?.items.length ?? 0) > 0;
  const close = () => setOpen(null);
  const then = <T,>(step: () => Promise<Answer<T>>, done: (value: T) => void = reload) =>
    void run(step, done);
  const linkFor = (person: Person) =>
    then(
      () => callRoute('makeLink', { params: { person: person.id } }),
      (link) => setOpen({ kind: 'link', person, link }),
    );
  const actions = (person: Person): [string, () => void][] => [
    ['Change', () => setOpen({ kind: 'person', person })],
    ['One-time link to choose a password', () => linkFor(person)],
    ['How they sign in', () => setOpen({ kind: 'ways', person })],
    ['Sign out everywhere', () => then(() => callRoute('endSessionsOf', { params: { person: person.id } }))],
    [
      hasProviders
        ? 'Remove app, passkeys, PINs and provider accounts, after a loss'
        : 'Remove app, passkeys and PINs, after a loss',
      () => then(() => callRoute('resetAuthenticators', { params: { person: person.id } })),
    ],
    [
      person.disabled ? 'Enable' : 'Disable',
      () =>
        then(() =>
          callRoute(
            'updatePerson',
            { params: { person: person.id }, body: { disabled: !person.disabled } },
            { base: person.revision },
          ),
        ),
    ],
  ];
  return (
    <Section
      title="People"
      text="Everybody signs in as themselves; nobody shares an account."
      problem={refused ?? problem}
      tools={
        <>
          <TextField label="Search" value={q} onChange={(event) => setQ(event.target.value)} type="search" />
          {mayChange && <Button onClick={() => setOpen({ kind: 'import' })}>Add from a list</Button>}
          {mayChange && (
            <Button kind="primary" onClick={() => setOpen({ kind: 'person', person: null })}>
              Add a person
            </Button>
          )}
        </>
      }
    >
      <Table
        head={['Name', 'Sign-in name', 'Roles', 'Groups', 'State', '']}
        empty={value?.items.length === 0 ? 'Nobody is found.' : null}
      >
        {value?.items.map((person) => (
          <tr key={person.id} data-person={person.login} data-off={person.disabled || undefined}>
            <td>{person.name}</td>
            <td>{person.login}</td>
            <td>{person.roles.map((role) => roleWords[role]).join(', ') || '–'}</td>
            <td>{person.groups.join(', ')}</td>
            <td>{stateOf(person)}</td>
            <td>
              {mayChange && (
                <DropdownMenu.Root modal={false}>
                  <DropdownMenu.Trigger asChild>
                    <IconButton label={`More for ${person.name}`}>
                      <Ellipsis />
                    </IconButton>
                  </DropdownMenu.Trigger>
                  <DropdownMenu.Portal>
                    <DropdownMenu.Content className="menu" align="end">
                      {actions(person).map(([label, act]) => (
                        <DropdownMenu.Item key={label} className="menu-item" onSelect={act}>
                          {label}
                        </DropdownMenu.Item>
                      ))}
                    </DropdownMenu.Content>
                  </DropdownMenu.Portal>
                </DropdownMenu.Root>
              )}
            </td>
          </tr>
        ))}
      </Table>
      {value?.next && <Button onClick={() => setLimit(500)}>Show more</Button>}
      {open?.kind === 'person' && (
        <PersonDialog
          person={open.person}
          onClose={close}
          onDone={(person) => {
            reload();
            if (open.person) close();
            else linkFor(person);
          }}
        />
      )}
      {open?.kind === 'link' && <LinkDialog name={open.person.name} link={open.link} onClose={close} />}
      {open?.kind === 'ways' && <WaysDialog person={open.person} onClose={close} />}
      {open?.kind === 'import' && <ImportDialog onDone={reload} onClose={close} />}
    </Section>
  );
}
