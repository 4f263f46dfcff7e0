import { Purpose, purposeWords, type Feed } from '@clerestory/protocol';
import { useState } from 'react';
import { callRoute } from '../../state/call-route.ts';
import { holds } from '../../state/session.ts';
import { useSession } from '../../state/use-session.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog, FormDialog } from '../../ui/Dialog.tsx';
import { TextField } from '../../ui/TextField.tsx';
import { useStep } from '../people/use-step.ts';
import { Section, Table } from './Section.tsx';
import { useAsked } from './use-asked.ts';

const ask = () => callRoute('listFeeds', {});
const numberOf = (text: string) => (text.trim() === '' ? Number.NaN : Number(text.replace(',', '.')));

function FeedDialog({ onDone, onClose }: { onDone: (token: string) => void; onClose: () => void }) {
  const [name, setName] = useState('');
  const [types, setTypes] = useState<readonly Purpose[]>([]);
  const [area, setArea] = useState({ latitude: '', longitude: '', radiusM: '' });
  const { busy, run, fault, at } = useStep();
  const isAnywhere = Object.values(area).every((text) => text.trim() === '');
  const submit = () => {
    const { latitude, longitude, radiusM } = area;
    const circle = {
      ...{ latitude: numberOf(latitude), longitude: numberOf(longitude), radiusM: numberOf(radiusM) },
    };
    void run(
      () => callRoute('createFeed', { body: { name, types: [...types], area: isAnywhere ? null : circle } }),
      ({ token }) => onDone(token),
    );
  };
  const number = (key: keyof typeof area, label: string) => (
    <TextField
      label={label}
      inputMode="decimal"
      value={area[key]}
      onChange={({ target }) => setArea({ ...area, [key]: target.value })}
      fault={at(`area/${key}`)}
    />
  );
  return (
    <FormDialog
      title="Add a feed"
      text="Another system, such as a call desk, that may open incidents. It can do nothing else, and sees nothing."
      size="m"
      action="Add"
      busy={busy}
      fault={fault}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField
        label="Name"
        value={name}
        onChange={({ target }) => setName(target.value)}
        fault={at('name')}
        autoFocus
      />
      <fieldset className="admin-checks">
        <legend className="field-label">What it may report</legend>
        <div className="policy-row">
          {Purpose.options.map((one) => (
            <label key={one} className="admin-check">
              <input
                type="checkbox"
                checked={types.includes(one)}
                onChange={() =>
                  setTypes(Purpose.options.filter((other) => types.includes(other) !== (other === one)))
                }
              />
              {purposeWords[one]}
            </label>
          ))}
        </div>
        {at('types') && <span className="field-fault">{at('types')}</span>}
      </fieldset>
      <p className="dim">Only within a circle; left empty, anywhere.</p>
      <div className="form-grid">
        {number('latitude', 'Latitude')}
        {number('longitude', 'Longitude')}
        {number('radiusM', 'Radius, metres')}
      </div>
    </FormDialog>
  );
}

function TokenDialog({ token, onClose }: { token: string; onClose: () => void }) {
  return (
    <Dialog
      title="The token of this feed"
      text="Copy it now: it is not shown again."
      size="m"
      onClose={onClose}
    >
      <div className="dialog-body">
        <p className="admin-link">{token}</p>
        <p className="dim">
          The system sends it with each incident, as <code>Authorization: Bearer …</code> to{' '}
          <code>POST /api/v1/feed/incidents</code>, and its number alone to <code>…/close</code> when the
          incident is over.
        </p>
      </div>
    </Dialog>
  );
}

const areaOf = ({ area }: Feed): string =>
  area ? `${area.radiusM} m around ${area.latitude}, ${area.longitude}` : 'anywhere';

/** Systems that open incidents by themselves, and close those again. */
export function Feeds() {
  const mayChange = useSession(({ who }) => holds(who, 'administrator'));
  const [isAdding, setAdding] = useState(false);
  const [token, setToken] = useState<string | null>(null);
  const { run, problem: refused } = useStep();
  const { value, problem, reload } = useAsked(ask);
  return (
    <Section
      title="Feeds"
      text="Systems that open incidents by themselves, and close those that they opened. What they open is not counted as opened by whoever watches."
      problem={refused ?? problem}
      tools={
        mayChange && (
          <Button kind="primary" onClick={() => setAdding(true)}>
            Add a feed
          </Button>
        )
      }
    >
      <Table
        head={['Feed', 'Reports', 'Where', '']}
        empty={value?.items.length === 0 ? 'Incidents are opened by hand alone.' : null}
      >
        {value?.items.map((feed) => (
          <tr key={feed.id}>
            <td>{feed.name}</td>
            <td>{feed.types.map((type) => purposeWords[type]).join(', ')}</td>
            <td>{areaOf(feed)}</td>
            <td>
              {mayChange && (
                <Button
                  onClick={() =>
                    void run(() => callRoute('deleteFeed', { params: { feed: feed.id } }), reload)
                  }
                >
                  Take its token back
                </Button>
              )}
            </td>
          </tr>
        ))}
      </Table>
      {isAdding && (
        <FeedDialog
          onClose={() => setAdding(false)}
          onDone={(made) => {
            setAdding(false);
            setToken(made);
            reload();
          }}
        />
      )}
      {token !== null && <TokenDialog token={token} onClose={() => setToken(null)} />}
    </Section>
  );
}
