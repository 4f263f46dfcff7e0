import type { Answer, Camera } from '@clerestory/protocol';
import { useRef, useState, type ChangeEvent } from 'react';
import { freshKey } from '../../sync/key.ts';
import { Button } from '../../ui/Button.tsx';
import { FormDialog, GoneDialog } from '../../ui/Dialog.tsx';
import { SelectField, TextField } from '../../ui/TextField.tsx';
import { faultsOf, formOf, updateCamera, type CameraForm, type FormFaults } from './save.ts';

type Change = (field: keyof CameraForm) => (event: ChangeEvent<HTMLInputElement | HTMLSelectElement>) => void;
interface Part {
  form: CameraForm;
  faults: FormFaults['fields'];
  change: Change;
}

export function NameFields({ form, faults, change }: Part) {
  const text = (field: keyof CameraForm) => ({
    value: form[field],
    onChange: change(field),
    fault: faults[field],
  });
  return (
    <div className="form-grid">
      <TextField label="Name" {...text('name')} required autoFocus />
      <TextField
        label="Number"
        {...text('number')}
        inputMode="numeric"
        placeholder="next free one"
        hint="What an operator types to call it up, 1 to 99999."
      />
      <TextField label="Place" {...text('place')} placeholder="street and corner" />
      <TextField
        label="Neighbourhood"
        {...text('neighbourhood')}
        hint="Cameras are grouped by it, and the public numbers name it: a district, no address."
      />
      <TextField
        label="Latitude"
        {...text('latitude')}
        inputMode="text"
        placeholder="52.3702"
        hint="Decimal degrees; may stay empty."
      />
      <TextField label="Longitude" {...text('longitude')} inputMode="text" placeholder="4.8952" />
      <SelectField
        label="Keep running"
        hint="A private camera runs only while somebody watches it with a purpose."
        value={form.keep}
        onChange={change('keep')}
        fault={faults.keep}
        wide
      >
        <option value="on-demand">While somebody watches, and a while after</option>
        <option value="always">All the time</option>
      </SelectField>
    </div>
  );
}

export function SourceFields({ form, faults, change }: Part) {
  const text = (field: keyof CameraForm) => ({
    value: form[field],
    onChange: change(field),
    fault: faults[field],
  });
  return (
    <div className="form-grid">
      <TextField
        label="Main stream (RTSP address)"
        {...text('main')}
        placeholder="rtsp://10.0.0.5:554/stream1"
        spellCheck={false}
        required
        wide
      />
      <TextField
        label="Small stream (RTSP address, optional)"
        {...text('sub')}
        placeholder="rtsp://10.0.0.5:554/stream2"
        hint="Used in small tiles; spares the network and the screens."
        spellCheck={false}
        wide
      />
      <TextField label="User name" {...text('username')} autoComplete="off" spellCheck={false} />
      <TextField label="Password" {...text('password')} type="password" autoComplete="new-password" />
      <SelectField
        label="Transport"
        value={form.transport}
        onChange={change('transport')}
        fault={faults.transport}
        wide
      >
        <option value="auto">Automatic: TCP first, then UDP</option>
        <option value="tcp">TCP</option>
        <option value="udp">UDP</option>
      </SelectField>
    </div>
  );
}

/** The form's state: what is typed, what was wrong with it, and sending it. */
export function useCameraForm(
  start: CameraForm,
  send: (form: CameraForm, key: string) => Promise<Answer<Camera>>,
) {
  const [form, setForm] = useState(start);
  const [faults, setFaults] = useState<FormFaults['fields']>({});
  const [fault, setFault] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  // A try whose answer was lost is repeated under its key; a changed form is another request.
  const key = useRef<string | null>(null);
  const change: Change = (field) => (event) => {
    key.current = null;
    setForm({ ...form, [field]: event.target.value });
    setFaults({ ...faults, [field]: undefined });
  };
  const submit = async (): Promise<Camera | null> => {
    setBusy(true);
    key.current ??= freshKey();
    const answer = await send(form, key.current);
    setBusy(false);
    if (answer.ok) return answer.value;
    if (answer.problem.code !== 'unavailable') key.current = null;
    const { fields, rest } = faultsOf(answer.problem.errors ?? []);
    setFaults(fields);
    const named = Object.keys(fields).length > 0;
    setFault(rest[0] ?? (named ? 'Correct the marked fields.' : answer.problem.detail));
    return null;
  };
  return { form, faults, fault, busy, change, submit };
}

/** Changes a camera. Its address and login stay unless they are given anew. */
export function EditCameraDialog({
  camera,
  gone,
  onClose,
}: {
  camera: Camera;
  /** Somebody removed it meanwhile. */
  gone: boolean;
  onClose: () => void;
}) {
  const [withSource, setWithSource] = useState(false);
  const { form, faults, fault, busy, change, submit } = useCameraForm(formOf(camera), (typed, key) =>
    updateCamera(camera, typed, withSource, key),
  );
  const part = { form, faults, change };
  const save = async () => {
    if (await submit()) onClose();
  };
  if (gone && !busy) return <GoneDialog what={`Camera ${camera.number}`} onClose={onClose} />;
  return (
    <FormDialog
      title={`Change camera ${camera.number}`}
      text={camera.name}
      action="Save"
      busy={busy}
      fault={fault}
      onSubmit={() => void save()}
      onClose={onClose}
    >
      <NameFields {...part} />
      {withSource ? (
        <SourceFields {...part} />
      ) : (
        <div>
          <Button onClick={() => setWithSource(true)}>Give a new address and login…</Button>
          <p className="field-hint">What is stored is kept on the server and not shown.</p>
        </div>
      )}
    </FormDialog>
  );
}
