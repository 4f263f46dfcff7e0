import type { ClientCommand, LayoutId, Problem, Screen } from '@clerestory/protocol';
import { useState, type ReactNode } from 'react';
import { FormDialog, GoneDialog } from '../../ui/Dialog.tsx';
import { TextField } from '../../ui/TextField.tsx';
import { idFromName } from './id-from-name.ts';

type Ask = (command: ClientCommand) => Promise<Problem | null>;

/** Sends a command from a dialog, which stays open with the refusal in it. */
function useAsk(ask: Ask, onDone: () => void) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const send = async (command: ClientCommand) => {
    setBusy(true);
    setProblem(null);
    const refused = await ask(command);
    setBusy(false);
    if (refused) setProblem(refused);
    else onDone();
  };
  const at = (field: string) => problem?.errors?.find(({ pointer }) => pointer === `/${field}`)?.message;
  return { busy, send, at, fault: problem && !problem.errors?.length ? problem.detail : null };
}

/** Name, id and layout of a new screen. The id follows the name until somebody changes it. */
export function AddScreenDialog({
  ask,
  layouts,
  taken,
  onClose,
  onDone,
}: {
  ask: Ask;
  /** Ids of the screens that there are. */
  taken: ReadonlySet<string>;
  layouts: (value: LayoutId, onChange: (layout: LayoutId) => void) => ReactNode;
  onClose: () => void;
  onDone: (screen: string) => void;
}) {
  const [name, setName] = useState('');
  const [ownId, setOwnId] = useState<string | null>(null);
  const [layout, setLayout] = useState<LayoutId>('16');
  const id = ownId ?? idFromName(name, taken);
  const { busy, send, at, fault } = useAsk(ask, () => {
    onDone(id);
    onClose();
  });
  return (
    <FormDialog
      title="Add a screen"
      text="A screen is one browser window on one monitor."
      size="m"
      action="Add screen"
      busy={busy}
      fault={fault}
      onSubmit={() => void send({ type: 'screen:create', screen: id, name, layout })}
      onClose={onClose}
    >
      <div className="form-grid">
        <TextField
          label="Name"
          value={name}
          onChange={(event) => setName(event.target.value)}
          placeholder="Front left"
          fault={at('name')}
          autoFocus
          required
        />
        <TextField
          label="Id"
          value={id}
          onChange={(event) => setOwnId(event.target.value)}
          hint={`Its address is /screen/${id || '…'}`}
          fault={at('screen')}
          spellCheck={false}
        />
      </div>
      {layouts(layout, setLayout)}
    </FormDialog>
  );
}

/** One name: of a screen or of the wall. */
export function RenameDialog({
  title,
  start,
  gone = false,
  command,
  ask,
  onClose,
}: {
  title: string;
  /** Somebody removed it meanwhile. */
  gone?: boolean;
  start: string;
  command: (name: string) => ClientCommand;
  ask: Ask;
  onClose: () => void;
}) {
  const [name, setName] = useState(start);
  const { busy, send, at, fault } = useAsk(ask, onClose);
  if (gone && !busy) return <GoneDialog what={start} onClose={onClose} />;
  return (
    <FormDialog
      title={title}
      size="s"
      action="Rename"
      busy={busy}
      fault={fault}
      onSubmit={() => void send(command(name))}
      onClose={onClose}
    >
      <TextField
        label="Name"
        value={name}
        onChange={(event) => setName(event.target.value)}
        onFocus={(event) => event.target.select()}
        fault={at('name')}
        autoFocus
        required
      />
    </FormDialog>
  );
}

export function RemoveScreenDialog({
  screen,
  gone,
  ask,
  onClose,
}: {
  screen: Screen;
  /** It is removed; by this dialog, while that is busy. */
  gone: boolean;
  ask: Ask;
  onClose: () => void;
}) {
  const { busy, send, fault } = useAsk(ask, onClose);
  if (gone && !busy) return <GoneDialog what={screen.name} onClose={onClose} />;
  const count = Object.keys(screen.tiles).length;
  const held =
    count === 0 ? 'It holds no cameras.' : count === 1 ? 'It holds 1 camera.' : `It holds ${count} cameras.`;
  return (
    <FormDialog
      title={`Remove the screen ${screen.name}?`}
      text={`${held} Its window goes dark. The cameras stay in the list.`}
      size="s"
      kind="danger"
      action="Remove"
      busy={busy}
      fault={fault}
      onSubmit={() => void send({ type: 'screen:remove', screen: screen.id })}
      onClose={onClose}
    />
  );
}
