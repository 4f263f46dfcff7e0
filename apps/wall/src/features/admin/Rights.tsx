import {
  Right,
  Role,
  type AccessRule,
  type AccessRuleInput,
  type CameraGroup,
  type RuleParty,
} from '@clerestory/protocol';
import { useCallback, useState } from 'react';
import { callRoute } from '../../state/call-route.ts';
import { holds } from '../../state/session.ts';
import { useSession } from '../../state/use-session.ts';
import { Button } from '../../ui/Button.tsx';
import { FormDialog } from '../../ui/Dialog.tsx';
import { SelectField, TextField } from '../../ui/TextField.tsx';
import { roleWords } from '../people/role-words.ts';
import { useStep } from '../people/use-step.ts';
import { Section, Table } from './Section.tsx';
import { useAsked } from './use-asked.ts';

const rightWords: Record<Right, string> = {
  see: 'know of it',
  live: 'watch live',
  replay: 'watch what was',
  ptz: 'move it',
  arrange: 'put it on tiles',
  export: 'take pictures out',
};
const partyWords: Record<RuleParty['kind'], string> = {
  role: 'role',
  person: 'person',
  people: 'group of people',
  screen: 'screen',
  wall: 'wall',
};
const partyOf = ({ kind, id }: RuleParty): string =>
  kind === 'role'
    ? `every ${roleWords[id].toLowerCase()}`
    : kind === 'wall' && id === '*'
      ? 'every screen'
      : `${partyWords[kind]} ${id}`;

function GroupDialog({
  group,
  onDone,
  onClose,
}: {
  group: CameraGroup | null;
  onDone: () => void;
  onClose: () => void;
}) {
  const [name, setName] = useState(group?.name ?? '');
  const [cameras, setCameras] = useState(group?.cameras.join('\n') ?? '');
  const [restricted, setRestricted] = useState(group?.restricted ?? false);
  const { busy, run, fault, at, problem } = useStep();
  const submit = () => {
    const body = { name, restricted, cameras: cameras.split(/[\s,]+/).filter(Boolean) };
    void run(
      () =>
        group
          ? callRoute('updateCameraGroup', { params: { group: group.id }, body }, { base: group.revision })
          : callRoute('createCameraGroup', { body }),
      onDone,
    );
  };
  const inList = problem?.errors?.find(({ pointer }) => pointer.startsWith('/cameras'));
  return (
    <FormDialog
      title={group?.name ?? 'Add a camera group'}
      text="A camera may be in several groups."
      size="m"
      action={group ? 'Save' : 'Add'}
      busy={busy}
      fault={fault ?? inList?.message ?? null}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField
        label="Name"
        value={name}
        onChange={(event) => setName(event.target.value)}
        fault={at('name')}
        autoFocus
      />
      <label>
        <input
          type="checkbox"
          checked={restricted}
          onChange={(event) => setRestricted(event.target.checked)}
        />{' '}
        Restricted: hidden on the screens while visitors are in the room
      </label>
      <label className="field">
        <span className="field-label">Ids of its cameras, one on each line</span>
        <textarea
          className="admin-csv"
          value={cameras}
          spellCheck={false}
          onChange={(event) => setCameras(event.target.value)}
        />
      </label>
    </FormDialog>
  );
}

function RuleDialog({
  groups,
  onDone,
  onClose,
}: {
  groups: readonly CameraGroup[];
  onDone: () => void;
  onClose: () => void;
}) {
  const [effect, setEffect] = useState<AccessRuleInput['effect']>('allow');
  const [kind, setKind] = useState<RuleParty['kind']>('role');
  const [id, setId] = useState<string>('operator');
  const [rights, setRights] = useState<Right[]>(['see', 'live']);
  const [group, setGroup] = useState('');
  const { busy, run, fault, at, problem } = useStep();
  const turn = (right: Right) =>
    setRights(rights.includes(right) ? rights.filter((one) => one !== right) : [...rights, right]);
  const submit = () =>
    void run(
      () =>
        callRoute('addRight', {
          body: { effect, party: { kind, id } as RuleParty, rights, group: group === '' ? null : group },
        }),
      onDone,
    );
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
            setId(next === 'role' ? 'operator' : next === 'wall' ? '*' : '');
          }}
        >
          {Object.entries(partyWords).map(([value, word]) => (
            <option key={value} value={value}>
              {word}
            </option>
          ))}
        </SelectField>
        {kind === 'role' ? (
          <SelectField label="which" value={id} onChange={(event) => setId(event.target.value)} fault={party}>
            {Role.options.map((role) => (
              <option key={role} value={role}>
                {roleWords[role]}
              </option>
            ))}
          </SelectField>
        ) : (
          <TextField
            label="which (its id)"
            value={id}
            onChange={(event) => setId(event.target.value)}
            hint={kind === 'wall' ? '* for every wall' : undefined}
            fault={party}
          />
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

function Rules({
  rules,
  groups,
  mayChange,
  onRemove,
}: {
  rules: readonly AccessRule[];
  groups: readonly CameraGroup[];
  mayChange: boolean;
  onRemove: (rule: AccessRule) => void;
}) {
  const nameOf = (group: string | null) =>
    group === null ? 'all cameras' : (groups.find(({ id }) => id === group)?.name ?? group);
  return (
    <Table
      head={['', 'Who', 'Rights', 'Cameras', 'By', '']}
      empty={rules.length === 0 ? 'No rule: nobody may watch anything.' : null}
    >
      {rules.map((rule) => (
        <tr key={rule.id} data-rule={rule.effect}>
          <td>{rule.effect === 'allow' ? 'gives' : 'takes'}</td>
          <td>{partyOf(rule.party)}</td>
          <td>{rule.rights.map((right) => rightWords[right]).join(', ')}</td>
          <td>{nameOf(rule.group)}</td>
          <td className="dim">{rule.createdBy}</td>
          <td>{mayChange && <Button onClick={() => onRemove(rule)}>Remove</Button>}</td>
        </tr>
      ))}
    </Table>
  );
}

/** Which cameras belong together, and who may do what with them. */
export function Rights() {
  const mayChange = useSession(({ who }) => holds(who, 'administrator'));
  const [open, setOpen] = useState<{ kind: 'group'; group: CameraGroup | null } | { kind: 'rule' } | null>(
    null,
  );
  const { run, problem: refused } = useStep();
  const groups = useAsked(useCallback(() => callRoute('listCameraGroups', {}), []));
  const rules = useAsked(useCallback(() => callRoute('listRights', {}), []));
  const close = () => setOpen(null);
  const reload = () => {
    close();
    groups.reload();
    rules.reload();
  };
  const list = groups.value?.items ?? [];
  return (
    <Section
      title="Camera groups and rights"
      text="What is changed here holds within a second, for pictures that are on a screen too."
      problem={refused ?? groups.problem ?? rules.problem}
      tools={
        mayChange && (
          <>
            <Button onClick={() => setOpen({ kind: 'group', group: null })}>Add a group</Button>
            <Button kind="primary" onClick={() => setOpen({ kind: 'rule' })}>
              Give or take rights
            </Button>
          </>
        )
      }
    >
      {rules.value && (
        <Rules
          rules={rules.value.items}
          groups={list}
          mayChange={mayChange}
          onRemove={(rule) => void run(() => callRoute('removeRight', { params: { rule: rule.id } }), reload)}
        />
      )}
      <Table
        head={['Camera group', 'Cameras', '']}
        empty={list.length === 0 ? 'No camera groups yet.' : null}
      >
        {list.map((group) => (
          <tr key={group.id}>
            <td>{group.name}</td>
            <td>{group.cameras.length}</td>
            <td>
              {mayChange && (
                <>
                  <Button onClick={() => setOpen({ kind: 'group', group })}>Change</Button>{' '}
                  <Button
                    onClick={() =>
                      void run(() => callRoute('deleteCameraGroup', { params: { group: group.id } }), reload)
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
      {open?.kind === 'group' && <GroupDialog group={open.group} onDone={reload} onClose={close} />}
      {open?.kind === 'rule' && <RuleDialog groups={list} onDone={reload} onClose={close} />}
    </Section>
  );
}
