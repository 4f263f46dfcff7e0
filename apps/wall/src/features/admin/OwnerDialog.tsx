import { Language, type Owner, type OwnerInput } from '@clerestory/protocol';
import { useState } from 'react';
import { callRoute } from '../../state/call-route.ts';
import { FormDialog } from '../../ui/Dialog.tsx';
import { SelectField, TextField } from '../../ui/TextField.tsx';
import { useStep } from '../people/use-step.ts';

export const languageWords: Record<Language, string> = { en: 'English', es: 'Spanish' };

const freshKey = () => crypto.randomUUID();

/** Registers an owner, or changes how one is reached. */
export function OwnerDialog({
  owner,
  onDone,
  onClose,
}: {
  owner: Owner | null;
  onDone: (owner: Owner) => void;
  onClose: () => void;
}) {
  const [form, setForm] = useState<OwnerInput>(owner ?? { name: '', email: '', phone: null, language: 'en' });
  const { busy, run, fault, at } = useStep();
  const [key] = useState(freshKey);
  const submit = () => {
    const { name, email, phone, language } = form;
    const body = { name, email, phone, language };
    void run(
      () =>
        owner
          ? callRoute('updateOwner', { params: { owner: owner.id }, body }, { base: owner.revision })
          : callRoute('createOwner', { body }, { key }),
      onDone,
    );
  };
  return (
    <FormDialog
      title={owner ? owner.name : 'Register an owner'}
      text="How to reach them lies encrypted in the store, and is shown to administrators alone."
      size="m"
      action={owner ? 'Save' : 'Register'}
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
          label="E-mail"
          type="email"
          value={form.email}
          onChange={(event) => setForm({ ...form, email: event.target.value })}
          fault={at('email')}
          hint={
            owner
              ? 'Another address ends their sign-ins and links.'
              : 'Sign-in links and notices go there. Whoever reads it decides about the camera.'
          }
        />
        <TextField
          label="Phone"
          type="tel"
          value={form.phone ?? ''}
          onChange={(event) => setForm({ ...form, phone: event.target.value || null })}
          fault={at('phone')}
          hint="Optional"
        />
        <SelectField
          label="Language of pages and letters"
          value={form.language}
          onChange={(event) => setForm({ ...form, language: event.target.value as Language })}
          fault={at('language')}
        >
          {Language.options.map((one) => (
            <option key={one} value={one}>
              {languageWords[one]}
            </option>
          ))}
        </SelectField>
      </div>
    </FormDialog>
  );
}
