import type { AccessRule, CameraGroup, RuleParty } from '@clerestory/protocol';
import { useCallback, useState } from 'react';
import { callRoute } from '../../state/call-route.ts';
import { holds } from '../../state/session.ts';
import { useSession } from '../../state/use-session.ts';
import { Button } from '../../ui/Button.tsx';
import { roleWords } from '../people/role-words.ts';
import { useStep } from '../people/use-step.ts';
import { GroupDialog } from './GroupDialog.tsx';
import { partyWords, rightWords } from './rule-words.ts';
import { RuleDialog } from './RuleDialog.tsx';
import { screensOfAllWalls } from './screens-of-walls.ts';
import { Section, Table } from './Section.tsx';
import { useAsked } from './use-asked.ts';
import { useNames } from './use-names.ts';

const askWalls = () => callRoute('listWalls', {});

function Rules({
  rules,
  groups,
  partyOf,
  byOf,
  mayChange,
  onRemove,
}: {
  rules: readonly AccessRule[];
  groups: readonly CameraGroup[];
  partyOf: (party: RuleParty) => string;
  byOf: (reference: string) => string;
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
          <td className="dim">{byOf(rule.createdBy)}</td>
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
  const { nameOf } = useNames();
  const screens = useAsked(screensOfAllWalls).value ?? [];
  const walls = useAsked(askWalls).value?.items ?? [];
  const partyOf = ({ kind, id }: RuleParty): string => {
    if (kind === 'role') return `every ${roleWords[id].toLowerCase()}`;
    if (kind === 'person') {
      const name = nameOf(`person:${id}`);
      return name.startsWith('person:') ? `person ${id}` : name;
    }
    if (kind === 'screen') return `screen ${screens.find(({ screen }) => screen === id)?.name ?? id}`;
    if (kind === 'wall')
      return id === '*' ? 'every screen' : `wall ${walls.find((wall) => wall.id === id)?.name ?? id}`;
    return `${partyWords[kind]} ${id}`;
  };
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
          partyOf={partyOf}
          byOf={nameOf}
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
      {open?.kind === 'rule' && (
        <RuleDialog groups={list} screens={screens} walls={walls} onDone={reload} onClose={close} />
      )}
    </Section>
  );
}
