import type { DiscoverAnswer } from '@clerestory/protocol';
import { useState } from 'react';
import { callRoute } from '../../state/call-route.ts';
import { Button } from '../../ui/Button.tsx';

const searchTimeoutMs = 20_000;

/** ONVIF cameras that answer on this network. `onChoose` gets the address of one. */
export function FindCameras({ onChoose }: { onChoose: (address: string) => void }) {
  const [found, setFound] = useState<DiscoverAnswer | null>(null);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [fault, setFault] = useState('');
  const [busy, setBusy] = useState(false);
  const search = async () => {
    setBusy(true);
    setFault('');
    const chosen = found?.interfaces.map(({ name }) => name).filter((name) => !left.has(name));
    const body = chosen && chosen.length > 0 && left.size > 0 ? { interfaces: [...new Set(chosen)] } : {};
    const answer = await callRoute('discoverDevices', { body }, { timeoutMs: searchTimeoutMs });
    setBusy(false);
    if (answer.ok) setFound(answer.value);
    else setFault(answer.problem.detail);
  };
  const toggle = (name: string) => {
    const next = new Set(left);
    if (!next.delete(name)) next.add(name);
    setLeft(next);
  };
  return (
    <div className="find">
      <div className="find-head">
        <Button kind={found ? 'plain' : 'primary'} onClick={() => void search()} disabled={busy}>
          {busy ? 'Searching…' : found ? 'Search again' : 'Search'}
        </Button>
        <p className="dim">
          Asks every ONVIF camera on the networks of the server. Cameras behind a router do not hear it: give
          their address instead.
        </p>
      </div>
      {fault && (
        <p className="field-fault" role="alert">
          {fault}
        </p>
      )}
      {found && (
        <>
          <ul className="find-list" aria-label="Cameras that answered">
            {found.devices.map((device) => (
              <li key={device.address}>
                <div>
                  <b>{device.name}</b>
                  <p className="dim">
                    {[device.hardware, device.location, device.address].filter(Boolean).join(' · ')}
                  </p>
                  {device.notes.map((note) => (
                    <p key={note} className="find-note">
                      {note}
                    </p>
                  ))}
                </div>
                <Button onClick={() => onChoose(device.address)}>Choose</Button>
              </li>
            ))}
          </ul>
          {found.devices.length === 0 && (
            <p>No camera answered. Check that ONVIF and its discovery are switched on in the camera.</p>
          )}
          <fieldset className="find-networks">
            <legend className="details-head">Networks</legend>
            {found.interfaces.map(({ name, address, searched, reason }) => (
              <label key={`${name} ${address}`}>
                <input type="checkbox" checked={!left.has(name)} onChange={() => toggle(name)} />
                <b>{name}</b> {address} <span className="dim">{searched ? 'searched' : reason}</span>
              </label>
            ))}
          </fieldset>
        </>
      )}
    </div>
  );
}
