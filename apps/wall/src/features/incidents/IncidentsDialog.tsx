import { Purpose, purposeWords, type Camera } from '@clerestory/protocol';
import { useState } from 'react';
import { callRoute } from '../../state/call-route.ts';
import { watches, useRoles } from '../../state/use-roles.ts';
import { useWall } from '../../state/use-wall.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { SelectField, TextField } from '../../ui/TextField.tsx';
import { shortTime } from '../../ui/time.ts';
import { useStep } from '../people/use-step.ts';
import '../grants/grants.css';

function OpenOne({ near }: { near: Camera | undefined }) {
  const cameras = useWall((state) => state.cameras);
  const placed = Object.values(cameras)
    .filter(({ latitude, longitude }) => latitude !== null && longitude !== null)
    .sort((a, b) => a.number - b.number);
  const [type, setType] = useState<Purpose>('robbery');
  const [camera, setCamera] = useState(near?.latitude === null ? '' : (near?.id ?? placed[0]?.id ?? ''));
  const [place, setPlace] = useState<string | null>(null);
  const { busy, run, fault, at } = useStep();
  const chosen = cameras[camera];
  const where = place ?? chosen?.place ?? '';
  const submit = () => {
    if (!chosen || chosen.latitude === null || chosen.longitude === null) return;
    const { latitude, longitude } = chosen;
    void run(
      () =>
        callRoute(
          'openIncident',
          { body: { type, place: where, latitude, longitude } },
          { key: crypto.randomUUID() },
        ),
      () => setPlace(null),
    );
  };
  return (
    <form
      className="incident-form"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <SelectField label="What" value={type} onChange={(event) => setType(Purpose.parse(event.target.value))}>
        {Purpose.options.map((one) => (
          <option key={one} value={one}>
            {purposeWords[one]}
          </option>
        ))}
      </SelectField>
      <SelectField
        label="At the place of camera"
        value={camera}
        onChange={(event) => {
          setCamera(event.target.value);
          setPlace(null);
        }}
      >
        {placed.map(({ id, number, name }) => (
          <option key={id} value={id}>
            {number} {name}
          </option>
        ))}
      </SelectField>
      <TextField
        label="Where"
        value={where}
        onChange={(event) => setPlace(event.target.value)}
        fault={at('place')}
      />
      <Button kind="primary" type="submit" disabled={busy || where.trim() === ''}>
        Open incident
      </Button>
      {fault && (
        <p className="field-fault" role="alert">
          {fault}
        </p>
      )}
      <p className="dim incident-hint">
        Opened by hand: what you then watch for it is flagged, and a second person may have to approve.
      </p>
    </form>
  );
}

/** Open incidents: what private cameras are opened for. Closing one ends what it opened. */
export function IncidentsDialog({ near, onClose }: { near: Camera | undefined; onClose: () => void }) {
  const incidents = useWall((state) => state.incidents);
  const grants = useWall((state) => state.grants);
  const roles = useRoles();
  const { busy, run, fault } = useStep();
  const list = Object.values(incidents).sort((a, b) => b.number - a.number);
  const openedBy = (id: string) => {
    const found = Object.values(grants).filter(
      ({ purpose, state }) => state === 'live' && purpose.kind === 'incident' && purpose.incident === id,
    );
    return new Set(found.map(({ camera }) => camera)).size;
  };
  return (
    <Dialog
      title="Incidents"
      text="A private camera opens for an incident near it. When the incident is closed, what it opened goes dark."
      size="l"
      onClose={onClose}
    >
      <div className="dialog-body">
        {list.length === 0 ? (
          <p className="dim">No incident is open.</p>
        ) : (
          <ul className="incident-list">
            {list.map(({ id, number, type, place, openedBy: source, reference, openedAt }) => (
              <li key={id} className="incident">
                <b className="incident-number">{number}</b>
                <span className="incident-what">
                  {purposeWords[type]} <span className="dim">· {place}</span>
                  <span className="incident-by dim">
                    {source.kind === 'person' ? 'by hand, ' : ''}
                    {source.name}
                    {reference !== undefined && ` ${reference}`}, {shortTime(openedAt)}
                    {openedBy(id) > 0 && ` · opens ${openedBy(id)} private now`}
                  </span>
                </span>
                {watches(roles) && (
                  <Button
                    kind="quiet"
                    disabled={busy}
                    onClick={() =>
                      void run(
                        () => callRoute('closeIncident', { params: { incident: id } }),
                        () => undefined,
                      )
                    }
                  >
                    Close
                  </Button>
                )}
              </li>
            ))}
          </ul>
        )}
        {fault && (
          <p className="field-fault" role="alert">
            {fault}
          </p>
        )}
        {watches(roles) && <OpenOne near={near} />}
      </div>
    </Dialog>
  );
}
