import type { IdentityProvider, IdentityProviderInput } from '@clerestory/protocol';
import { useCallback, useState } from 'react';
import { callRoute } from '../../state/call-route.ts';
import { holds } from '../../state/session.ts';
import { useSession } from '../../state/use-session.ts';
import { Button } from '../../ui/Button.tsx';
import { FormDialog } from '../../ui/Dialog.tsx';
import { TextField } from '../../ui/TextField.tsx';
import { useStep } from '../people/use-step.ts';
import { RoleMap, type RoleRow } from './RoleMap.tsx';
import { Section, Table } from './Section.tsx';
import { useAsked } from './use-asked.ts';

const fresh: IdentityProviderInput = {
  name: '',
  issuer: '',
  clientId: '',
  clientSecret: null,
  linkByEmail: false,
  roleClaim: null,
  roleMap: {},
  enabled: true,
};

function ProviderDialog({
  provider,
  onDone,
  onClose,
}: {
  provider: IdentityProvider | null;
  onDone: () => void;
  onClose: () => void;
}) {
  const [form, setForm] = useState(provider ?? fresh);
  const [rows, setRows] = useState<readonly RoleRow[]>(() => Object.entries(form.roleMap));
  const [secret, setSecret] = useState('');
  const { busy, run, fault, at, problem } = useStep();
  const said = rows.map(([word]) => word.trim()).filter(Boolean);
  const twice = said.find((word, index) => said.indexOf(word) !== index);
  const inMap =
    twice === undefined
      ? problem?.errors?.find(({ pointer }) => pointer.startsWith('/roleMap'))?.message
      : `“${twice}” stands here twice. Take one out.`;
  const field = (key: 'name' | 'issuer' | 'clientId') => ({
    value: form[key],
    onChange: (event: { target: { value: string } }) => setForm({ ...form, [key]: event.target.value }),
    fault: at(key),
  });
  const submit = () => {
    if (twice !== undefined) return;
    const { name, issuer, clientId, linkByEmail, roleClaim, enabled } = form;
    const roleMap = Object.fromEntries(
      rows.flatMap(([word, role]) => (word.trim() === '' ? [] : [[word.trim(), role] as const])),
    );
    const body = {
      ...{ name, issuer, clientId, linkByEmail, roleClaim, roleMap, enabled },
      ...(secret ? { clientSecret: secret } : {}),
    };
    void run(
      () =>
        provider
          ? callRoute(
              'updateProvider',
              { params: { provider: provider.id }, body },
              { base: provider.revision },
            )
          : callRoute('createProvider', { body }),
      onDone,
    );
  };
  return (
    <FormDialog
      title={provider?.name ?? 'Add a sign-in provider'}
      text={`OpenID Connect. Register this address there as redirect URI: ${location.origin}/api/v1/session/provider/return`}
      size="m"
      action={provider ? 'Save' : 'Add'}
      busy={busy}
      fault={fault}
      onSubmit={submit}
      onClose={onClose}
    >
      <div className="form-grid">
        <TextField label="Name on the button" {...field('name')} autoFocus />
        <TextField label="Issuer" {...field('issuer')} placeholder="https://login.example.org" />
        <TextField label="Client id" {...field('clientId')} />
        <TextField
          label="Client secret"
          type="password"
          value={secret}
          onChange={(event) => setSecret(event.target.value)}
          placeholder={provider?.hasSecret ? 'stays as it is' : ''}
          autoComplete="off"
          fault={at('clientSecret')}
        />
        <label className="admin-check form-wide">
          <input
            type="checkbox"
            checked={form.linkByEmail}
            onChange={(event) => setForm({ ...form, linkByEmail: event.target.checked })}
          />
          Let a person with the same verified e-mail address in at the first time
        </label>
        <TextField
          label="Claim that says the roles"
          value={form.roleClaim ?? ''}
          onChange={(event) => setForm({ ...form, roleClaim: event.target.value.trim() || null })}
          placeholder="groups"
          hint="Empty: roles are given here alone."
          fault={at('roleClaim')}
          wide
        />
        {form.roleClaim !== null && <RoleMap rows={rows} onChange={setRows} fault={inMap} />}
        <label className="admin-check form-wide">
          <input
            type="checkbox"
            checked={form.enabled}
            onChange={(event) => setForm({ ...form, enabled: event.target.checked })}
          />
          Offered on the sign-in page
        </label>
      </div>
    </FormDialog>
  );
}

const askPolicy = () => callRoute('getPeoplePolicy', {});

function SecondFactor({ mayChange }: { mayChange: boolean }) {
  const { value, problem, reload } = useAsked(askPolicy);
  const { run, fault } = useStep();
  const set = (secondFactor: 'optional' | 'required') =>
    void run(() => callRoute('setPeoplePolicy', { body: { secondFactor } }), reload);
  return (
    <label className="admin-check">
      <input
        type="checkbox"
        checked={value?.secondFactor === 'required'}
        disabled={!mayChange || !value}
        onChange={(event) => set(event.target.checked ? 'required' : 'optional')}
      />
      <span>
        <b>A second factor is required.</b>{' '}
        <span className="dim">
          Who signs in by password alone holds no role until an app or a passkey is set up.
        </span>
        {(fault ?? problem?.detail) && <span className="field-fault">{fault ?? problem?.detail}</span>}
      </span>
    </label>
  );
}

/** How people sign in: second factor, and other organisations' sign-in. */
export function Providers() {
  const mayChange = useSession(({ who }) => holds(who, 'administrator'));
  const [open, setOpen] = useState<{ provider: IdentityProvider | null } | null>(null);
  const { run, problem: refused } = useStep();
  const ask = useCallback(() => callRoute('listProviders', {}), []);
  const { value, problem, reload } = useAsked(ask);
  return (
    <Section
      title="Sign-in"
      text="How people prove who they are."
      problem={refused ?? problem}
      tools={
        mayChange && (
          <Button kind="primary" onClick={() => setOpen({ provider: null })}>
            Add a provider
          </Button>
        )
      }
    >
      <SecondFactor mayChange={mayChange} />
      <Table
        head={['Provider', 'Issuer', 'State', '']}
        empty={
          value?.items.length === 0 ? 'People sign in with passwords and passkeys of this server.' : null
        }
      >
        {value?.items.map((provider) => (
          <tr key={provider.id}>
            <td>{provider.name}</td>
            <td>{provider.issuer}</td>
            <td>{provider.enabled ? 'offered' : 'off'}</td>
            <td>
              {mayChange && (
                <>
                  <Button onClick={() => setOpen({ provider })}>Change</Button>{' '}
                  <Button
                    onClick={() =>
                      void run(
                        () => callRoute('deleteProvider', { params: { provider: provider.id } }),
                        reload,
                      )
                    }
                  >
                    Remove
                  </Button>
                </>
              )}
            </td>
          </tr>
        ))}
      </Table>
      {open && (
        <ProviderDialog
          provider={open.provider}
          onClose={() => setOpen(null)}
          onDone={() => {
            setOpen(null);
            reload();
          }}
        />
      )}
    </Section>
  );
}
