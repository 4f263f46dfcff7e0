import { Right, Role, type AccessRuleInput, type CameraGroup, type RuleParty } from '@clerestory/protocol';
import { useState } from 'react';
import { callRoute } from '../../state/call-route.ts';
import { FormDialog } from '../../ui/Dialog.tsx';
import { SelectField, TextField } from '../../ui/TextField.tsx';
import { roleWords } from '../people/role-words.ts';
import { useStep } from '../people/use-step.ts';
import { present } from './audit-party.ts';
import { PartyField } from './PartyField.tsx';
import { partyWords, rightWords } from './rule-words.ts';
import type { ScreenChoice } from './screens-of-walls.ts';

/** A rule: what it gives or takes, from whom, on which cameras. */
export function RuleDialog({
  groups,
  screens,
  walls,
  onDone,
  onClose,
}: {
  groups: readonly CameraGroup[];
  screens: readonly ScreenChoice[];
  walls: readonly { id: string; name: string }[];
  onDone: () => void;
  onClose: () => void;
}) {
  const [effect, setEffect] = useState<AccessRuleInput['effect']>('allow');
  const [kind, setKind] = useState<RuleParty['kind']>('role');
  const [id, setId] = useState<string>('operator');
  const [rights, setRights] = useState<Right[]>(['see', 'live']);
  const [group, setGroup] = useState('');
  const { busy, run, fault, at, problem } = useStep();
  const choices: Record<'role' | 'screen' | 'wall', readonly { id: string; name: string }[]> = {
    role: Role.options.map((role) => ({ id: role, name: roleWords[role] })),
    screen: screens.map(({ screen, name }) => ({ id: screen, name })),
    wall: [{ id: '*', name: 'every wall' }, ...walls],
  };
  const firstOf = (next: RuleParty['kind']) =>
    next === 'person' || next === 'people' ? '' : (choices[next][0]?.id ?? '');
  const turn = (right: Right) =>
    setRights(rights.includes(right) ? rights.filter((one) => one !== right) : [...rights, right]);
  const submit = () =>
    void run<unknown>(async () => {
      const meant = kind === 'person' ? await present('person', id) : null;
      if (meant && !meant.ok) return meant;
      const party = { kind, id: meant ? meant.value.id : id.trim() } as RuleParty;
      return callRoute('addRight', {
        body: { effect, party, rights, group: group === '' ? null : group },
      });
    }, onDone);
  const which = {
    label: 'which',
    value: id,
    onChange: (event: { target: { value: string } }) => setId(event.target.value),
  };
  const party = problem?.errors?.find(({ pointer }) => pointer.startsWith('/party'))?.message;
  return (
    <FormDialog
      title="Give or take rights"
      text="Where two rules speak of the same camera, the one that takes wins."
      size="m"
      action="Add the rule"
      busy={busy}
      fault={fault ?? at('rights') ?? null}
      onSubmit={submit}
      onClose={onClose}
    >
      <div className="form-grid">
        <SelectField
          label="This rule"
          value={effect}
          onChange={(event) => setEffect(event.target.value as 'allow')}
        >
          <option value="allow">gives</option>
          <option value="deny">takes</option>
        </SelectField>
        <SelectField
          label="on cameras of"
          value={group}
          onChange={(event) => setGroup(event.target.value)}
          fault={at('group')}
        >
          <option value="">all groups and none</option>
          {groups.map((one) => (
            <option key={one.id} value={one.id}>
              {one.name}
            </option>
          ))}
        </SelectField>
        <SelectField
          label="to a"
          value={kind}
          onChange={(event) => {
            const next = event.target.value as RuleParty['kind'];
            setKind(next);
            setId(firstOf(next));
          }}
        >
          {Object.entries(partyWords).map(([value, word]) => (
            <option key={value} value={value}>
              {word}
            </option>
          ))}
        </SelectField>
        {kind === 'person' ? (
          <PartyField
            kind="person"
            label="which"
            placeholder="name or sign-in name"
            value={id}
            onChange={setId}
            fault={party}
          />
        ) : kind === 'people' ? (
          <TextField {...which} hint="As it stands with its people." fault={party} />
        ) : (
          <SelectField {...which} fault={party}>
            {choices[kind].map(({ id: value, name }) => (
              <option key={value} value={value}>
                {name}
              </option>
            ))}
          </SelectField>
        )}
        <fieldset className="admin-checks field form-wide">
          <legend className="field-label">the right to</legend>
          {Right.options.map((right) => (
            <label key={right} className="admin-check">
              <input type="checkbox" checked={rights.includes(right)} onChange={() => turn(right)} />
              {rightWords[right]}
            </label>
          ))}
        </fieldset>
      </div>
    </FormDialog>
  );
}
