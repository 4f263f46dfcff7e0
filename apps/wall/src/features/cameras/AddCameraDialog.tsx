import type { Camera, ProbeAnswer } from '@clerestory/protocol';
import { useState } from 'react';
import { callRoute } from '../../state/call-route.ts';
import { say } from '../../state/toasts.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog, FormDialog } from '../../ui/Dialog.tsx';
import { TextField } from '../../ui/TextField.tsx';
import { NameFields, SourceFields, useCameraForm } from './CameraDialog.tsx';
import { FindCameras } from './FindCameras.tsx';
import { ProbedCamera } from './ProbedCamera.tsx';
import { createCamera, createProbed, emptyForm, sourceOf } from './save.ts';
import { TestPicture } from './TestPicture.tsx';

/** A probe is some ten messages, and the camera may be slow. */
const probeTimeoutMs = 30_000;

const ways = [
  ['search', 'Find on the network'],
  ['address', 'By its address'],
  ['stream', 'By stream address'],
] as const;
type Way = (typeof ways)[number][0];

interface Parts {
  onClose: () => void;
  onDone: (camera: string) => void;
}

const saved = (camera: Camera, { onClose, onDone }: Parts) => {
  const same = (camera.sameStream ?? []).map(({ number, name }) => `${number} ${name}`).join(', ');
  const title = `Camera ${camera.number} is there`;
  if (same === '') say({ tone: 'plain', title, text: `${camera.name} can go on a tile now.` });
  else
    say({
      tone: 'warn',
      title,
      text: `${camera.name} shows the same stream as ${same}. Remove one of them if that is not meant.`,
    });
  onDone(camera.id);
  onClose();
};

function Ways({ way, onChange }: { way: Way; onChange: (way: Way) => void }) {
  return (
    <div className="ways" role="tablist" aria-label="How to find the camera">
      {ways.map(([id, name]) => (
        <Button
          key={id}
          role="tab"
          aria-selected={way === id}
          kind={way === id ? 'plain' : 'quiet'}
          onClick={() => onChange(id)}
        >
          {name}
        </Button>
      ))}
    </div>
  );
}

interface Device {
  address: string;
  username: string;
  password: string;
}

/** Where an ONVIF camera is, and its login; asks it what it is. */
function AskCamera({
  device,
  onDevice,
  onFound,
}: {
  device: Device;
  onDevice: (device: Device) => void;
  onFound: (found: ProbeAnswer) => void;
}) {
  const [fault, setFault] = useState<{ pointer: string; text: string } | null>(null);
  const [busy, setBusy] = useState(false);
  const field = (name: keyof Device) => ({
    value: device[name],
    onChange: (event: { target: { value: string } }) => {
      setFault(null);
      onDevice({ ...device, [name]: event.target.value });
    },
    fault: fault?.pointer === `/${name}` ? fault.text : undefined,
  });
  const ask = async () => {
    setBusy(true);
    setFault(null);
    const answer = await callRoute('probeDevice', { body: device }, { timeoutMs: probeTimeoutMs });
    setBusy(false);
    if (answer.ok) return onFound(answer.value);
    const [first] = answer.problem.errors ?? [];
    setFault({ pointer: first?.pointer ?? '', text: first?.message ?? answer.problem.detail });
  };
  return (
    <form
      className="dialog-form"
      noValidate
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void ask();
      }}
    >
      <div className="form-grid">
        <TextField
          label="Address of the camera"
          {...field('address')}
          placeholder="192.168.1.20"
          hint="Host or IP address, with a port where it is not 80."
          spellCheck={false}
          autoFocus
          wide
        />
        <TextField label="User name" {...field('username')} autoComplete="off" spellCheck={false} />
        <TextField label="Password" {...field('password')} type="password" autoComplete="new-password" />
      </div>
      <div className="ask-foot">
        <Button kind="primary" type="submit" disabled={busy}>
          {busy ? 'Asking the camera…' : 'Ask the camera'}
        </Button>
        {fault && !/^\/(address|username|password)$/.test(fault.pointer) && (
          <p className="field-fault" role="alert">
            {fault.text}
          </p>
        )}
      </div>
    </form>
  );
}

/** A camera that answered: its streams, its name, a picture; then it is saved. */
function SaveProbed({ found, onBack, ...parts }: Parts & { found: ProbeAnswer; onBack: () => void }) {
  const [main, setMain] = useState(found.main ?? '');
  const [sub, setSub] = useState(found.sub);
  const name = [found.device.manufacturer, found.device.model].filter(Boolean).join(' ').slice(0, 80);
  const { form, faults, fault, busy, change, submit } = useCameraForm({ ...emptyForm, name }, (typed, key) =>
    createProbed(typed, { probe: found.probe, main, sub }, key),
  );
  const save = async () => {
    const camera = await submit();
    if (camera) saved(camera, parts);
  };
  return (
    <FormDialog
      title="Add this camera"
      text="It answered. Look at its picture, name it, and save."
      size="l"
      action="Add camera"
      busy={busy || main === ''}
      fault={fault}
      onSubmit={() => void save()}
      onClose={parts.onClose}
    >
      <div className="add-columns">
        <div className="add-fields">
          <ProbedCamera
            {...{ found, main, sub }}
            onChange={(part) => {
              if (part.main !== undefined) setMain(part.main);
              if (part.sub !== undefined) setSub(part.sub);
            }}
          />
          <NameFields {...{ form, faults, change }} />
        </div>
        <div>
          <TestPicture body={{ probe: found.probe, profile: main }} ready={main !== ''} />
          <Button kind="quiet" onClick={onBack}>
            ← Another camera
          </Button>
        </div>
      </div>
    </FormDialog>
  );
}

/** A camera without ONVIF: its stream's address is given. */
function SaveStream({ way, onWay, ...parts }: Parts & { way: Way; onWay: (way: Way) => void }) {
  const { form, faults, fault, busy, change, submit } = useCameraForm(emptyForm, createCamera);
  const part = { form, faults, change };
  const save = async () => {
    const camera = await submit();
    if (camera) saved(camera, parts);
  };
  return (
    <FormDialog
      title="Add a camera"
      text="The login is kept on the server and never shown again."
      size="l"
      action="Add camera"
      busy={busy}
      fault={fault}
      onSubmit={() => void save()}
      onClose={parts.onClose}
    >
      <Ways way={way} onChange={onWay} />
      <div className="add-columns">
        <div className="add-fields">
          <SourceFields {...part} />
          <NameFields {...part} />
        </div>
        <TestPicture body={{ source: sourceOf(form) as never }} ready={form.main.trim() !== ''} />
      </div>
    </FormDialog>
  );
}

/** Registers a camera: found on the network, by its address, or by the address of its stream. */
export function AddCameraDialog(parts: Parts) {
  const [way, setWay] = useState<Way>('search');
  const [device, setDevice] = useState<Device>({ address: '', username: '', password: '' });
  const [found, setFound] = useState<ProbeAnswer | null>(null);
  if (found) return <SaveProbed {...parts} found={found} onBack={() => setFound(null)} />;
  if (way === 'stream') return <SaveStream {...parts} way={way} onWay={setWay} />;
  return (
    <Dialog
      title="Add a camera"
      text="The login is kept on the server and never shown again."
      size="l"
      onClose={parts.onClose}
    >
      <div className="dialog-body">
        <Ways way={way} onChange={setWay} />
        {way === 'search' ? (
          <FindCameras
            onChoose={(address) => {
              setDevice({ ...device, address });
              setWay('address');
            }}
          />
        ) : (
          <AskCamera device={device} onDevice={setDevice} onFound={setFound} />
        )}
      </div>
    </Dialog>
  );
}
