import type { OneTimeLink, Person, PersonInput } from '@clerestory/protocol';
import { useState } from 'react';
import { callRoute } from '../../state/call-route.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog, FormDialog } from '../../ui/Dialog.tsx';
import { TextField } from '../../ui/TextField.tsx';
import { dayAndTime } from '../../ui/time.ts';
import { useStep } from '../people/use-step.ts';
import { RoleChecks } from './RoleChecks.tsx';

const freshKey = () => crypto.randomUUID();

/** A link that is shown once, to be handed to the person by a way that is trusted. */
export function LinkDialog({
  name,
  link,
  onClose,
}: {
  name: string;
  link: OneTimeLink;
  onClose: () => void;
}) {
  return (
    <Dialog
      title={`One-time link for ${name}`}
      text="Shown only now. Hand it over by a way that you trust; whoever opens it chooses the password."
      size="m"
      onClose={onClose}
    >
      <div className="dialog-body">
        <p className="admin-link" data-one-time-link>
          {link.url}
        </p>
        <p className="dim">Works once, until {dayAndTime(link.expiresAt)}.</p>
        <Button onClick={() => void navigator.clipboard.writeText(link.url)}>Copy</Button>
      </div>
    </Dialog>
  );
}

/** Adds a person, or changes one. */
export function PersonDialog({
  person,
  onDone,
  onClose,
}: {
  person: Person | null;
  onDone: (person: Person) => void;
  onClose: () => void;
}) {
  const [form, setForm] = useState<PersonInput>(
    person ?? { login: '', name: '', email: null, roles: ['operator'], groups: [] },
  );
  const { busy, run, fault, at } = useStep();
  const [key] = useState(freshKey);
  const submit = () => {
    const { name, email, roles, groups } = form;
    void run(
      () =>
        person
          ? callRoute(
              'updatePerson',
              { params: { person: person.id }, body: { name, email, roles, groups } },
              { base: person.revision },
            )
          : callRoute('createPerson', { body: { login: form.login, name, email, roles, groups } }, { key }),
      onDone,
    );
  };
  return (
    <FormDialog
      title={person ? person.name : 'Add a person'}
      size="m"
      action={person ? 'Save' : 'Add'}
      busy={busy}
      fault={fault}
      onSubmit={submit}
      onClose={onClose}
    >
      <div className="form-grid">
        <TextField
          label="Name"
          value={form.name}
          onChange={(event) => setForm({ ...form, name: event.target.value })}
          fault={at('name')}
          autoFocus
        />
        <TextField
          label="Sign-in name"
          value={form.login}
          disabled={person !== null}
          onChange={(event) => setForm({ ...form, login: event.target.value })}
          autoCapitalize="none"
          fault={at('login')}
        />
        <TextField
          label="E-mail"
          type="email"
          value={form.email ?? ''}
          onChange={(event) => setForm({ ...form, email: event.target.value || null })}
          fault={at('email')}
          hint="Optional; an identity provider may know the person by it."
        />
        <TextField
          label="Groups"
          value={form.groups.join(', ')}
          onChange={(event) =>
            setForm({
              ...form,
              groups: event.target.value
                .split(',')
                .map((one) => one.trim())
                .filter(Boolean),
            })
          }
          fault={at('groups') ?? at('groups/0')}
          hint="Ids, separated by commas, such as night-shift"
        />
        <RoleChecks
          value={form.roles}
          onChange={(roles) => setForm({ ...form, roles })}
          fault={at('roles')}
        />
      </div>
    </FormDialog>
  );
}
