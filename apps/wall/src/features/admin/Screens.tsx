import { useCallback, useState } from 'react';
import { callRoute } from '../../state/call-route.ts';
import { holds } from '../../state/session.ts';
import { useSession } from '../../state/use-session.ts';
import { Button } from '../../ui/Button.tsx';
import { FormDialog } from '../../ui/Dialog.tsx';
import { SelectField, TextField } from '../../ui/TextField.tsx';
import { dayAndTime } from '../../ui/time.ts';
import { useStep } from '../people/use-step.ts';
import { screensOfAllWalls, type ScreenChoice } from './screens-of-walls.ts';
import { Section, Table } from './Section.tsx';
import { useAsked } from './use-asked.ts';
import { useNames } from './use-names.ts';

function PairDialog({
  screens,
  onDone,
  onClose,
}: {
  screens: readonly ScreenChoice[];
  onDone: () => void;
  onClose: () => void;
}) {
  const [code, setCode] = useState('');
  const [screen, setScreen] = useState(screens[0]?.screen ?? '');
  const [name, setName] = useState('');
  const { busy, run, fault, at } = useStep();
  const submit = () =>
    void run(
      () => callRoute('approvePairing', { body: { code, screen, ...(name.trim() === '' ? {} : { name }) } }),
      onDone,
    );
  return (
    <FormDialog
      title="Pair a screen"
      text="Open this server's address followed by /screen on the monitor's computer. It shows a code of eight letters and digits."
      size="s"
      action="Pair"
      busy={busy}
      fault={fault}
      onSubmit={submit}
      onClose={onClose}
    >
      <div className="admin-code">
        <TextField
          label="Code on the monitor"
          value={code}
          onChange={(event) => setCode(event.target.value)}
          autoComplete="off"
          spellCheck={false}
          fault={at('code')}
          autoFocus
        />
      </div>
      <SelectField
        label="It becomes"
        value={screen}
        onChange={(event) => setScreen(event.target.value)}
        fault={at('screen')}
      >
        {screens.map((one) => (
          <option key={one.screen} value={one.screen}>
            {one.name}
          </option>
        ))}
      </SelectField>
      <TextField
        label="Name of the device"
        value={name}
        onChange={(event) => setName(event.target.value)}
        placeholder="Monitor above the door"
        hint="Optional"
        fault={at('name')}
      />
    </FormDialog>
  );
}

/** Which browsers are screens of a wall. */
export function Screens() {
  const mayPair = useSession(({ who }) => holds(who, 'supervisor', 'administrator'));
  const [open, setOpen] = useState(false);
  const { run, problem: refused } = useStep();
  const devices = useAsked(useCallback(() => callRoute('listScreenDevices', {}), []));
  const screens = useAsked(screensOfAllWalls);
  const { nameOf: nameOfPerson } = useNames();
  const nameOf = (id: string) => screens.value?.find(({ screen }) => screen === id)?.name ?? id;
  return (
    <Section
      title="Screens"
      text="A paired screen shows what its wall says, with nobody signed in, and can change nothing."
      problem={refused ?? devices.problem ?? screens.problem}
      tools={
        mayPair && (
          <Button kind="primary" onClick={() => setOpen(true)}>
            Pair a screen
          </Button>
        )
      }
    >
      <Table
        head={['Device', 'Screen', 'Paired', 'Last seen', '']}
        empty={
          devices.value?.items.length === 0
            ? 'No screen is paired yet. Open this server’s address followed by /screen on a monitor’s computer: it shows a code. Then “Pair a screen”.'
            : null
        }
      >
        {devices.value?.items.map((device) => (
          <tr key={device.id} data-device={device.screen}>
            <td>{device.name}</td>
            <td>{nameOf(device.screen)}</td>
            <td>
              {dayAndTime(device.pairedAt)} by {nameOfPerson(device.pairedBy)}
            </td>
            <td>{device.lastSeenAt === null ? 'never' : dayAndTime(device.lastSeenAt)}</td>
            <td>
              {mayPair && (
                <Button
                  kind="danger"
                  onClick={() =>
                    void run(
                      () => callRoute('revokeScreenDevice', { params: { device: device.id } }),
                      devices.reload,
                    )
                  }
                >
                  Revoke
                </Button>
              )}
            </td>
          </tr>
        ))}
      </Table>
      {open && screens.value && (
        <PairDialog
          screens={screens.value}
          onClose={() => setOpen(false)}
          onDone={() => {
            setOpen(false);
            devices.reload();
          }}
        />
      )}
    </Section>
  );
}
