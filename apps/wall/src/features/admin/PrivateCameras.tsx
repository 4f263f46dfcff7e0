import { isStricter, policyOf } from '@clerestory/consent';
import {
  PlaceKind,
  policyPresets,
  type PolicyPreset,
  type Role,
  type SitePolicy,
} from '@clerestory/protocol';
import { useCallback, useState, type FormEvent } from 'react';
import { callRoute } from '../../state/call-route.ts';
import { holds } from '../../state/session.ts';
import { useSession } from '../../state/use-session.ts';
import { Button } from '../../ui/Button.tsx';
import { SelectField, TextField } from '../../ui/TextField.tsx';
import { PrivateOffDialog } from '../grants/PrivateOffDialog.tsx';
import { roleWords } from '../people/role-words.ts';
import { useStep } from '../people/use-step.ts';
import { Section } from './Section.tsx';
import { approvalWords, placeWords, presetWords } from './site-policy-words.ts';
import { useAsked } from './use-asked.ts';

const watching: readonly Role[] = ['operator', 'supervisor', 'investigator'];
type NumberKey = 'radiusM' | 'retentionDays' | 'grantMinutes' | 'incidentHours' | 'exigentHours';
const numbers: readonly (readonly [key: NumberKey, label: string, hint: string])[] = [
  ['radiusM', 'Incidents within, metres', 'Empty: as owners say. Of two limits the smaller one holds.'],
  ['grantMinutes', 'One access lasts at most, minutes', 'Then it has to be asked for again.'],
  ['incidentHours', 'An incident opens cameras for, hours', 'However long it stays open.'],
  ['retentionDays', 'Kept at most, days', 'Less where an owner says so.'],
  [
    'exigentHours',
    'What cannot wait: at most, hours',
    '0: never without the owner’s terms. It takes two people.',
  ],
];

/** No preset touches it: it has a door of its own. */
const killSwitchOf = ({ isPrivateOff, offReason }: SitePolicy) => ({ isPrivateOff, offReason });

function Several<T extends string>({
  legend,
  all,
  words,
  chosen,
  onChange,
}: {
  legend: string;
  all: readonly T[];
  words: Readonly<Record<T, string>>;
  chosen: readonly T[];
  onChange: (next: T[]) => void;
}) {
  return (
    <fieldset className="admin-checks">
      <legend className="field-label">{legend}</legend>
      <div className="policy-row">
        {all.map((one) => (
          <label key={one} className="admin-check">
            <input
              type="checkbox"
              checked={chosen.includes(one)}
              onChange={() => onChange(all.filter((other) => chosen.includes(other) !== (other === one)))}
            />
            {words[one]}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function PolicyForm({ policy, onSaved }: { policy: SitePolicy; onSaved: () => void }) {
  const mayChange = useSession(({ who }) => holds(who, 'administrator'));
  const [draft, setDraft] = useState(policy);
  const { busy, run, fault, at } = useStep();
  const change = (part: Partial<SitePolicy>) => setDraft({ ...draft, preset: 'custom', ...part });
  const choose = (preset: PolicyPreset) =>
    setDraft(preset === 'custom' ? { ...draft, preset } : { ...policyOf(preset), ...killSwitchOf(draft) });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void run(() => callRoute('setSitePolicy', { body: draft }), onSaved);
  };
  return (
    <form onSubmit={submit} noValidate>
      <fieldset disabled={!mayChange} className="policy-form">
        <div className="policy-presets" role="radiogroup" aria-label="Rules">
          {policyPresets.map((preset) => (
            <label key={preset} className="policy-preset">
              <input
                type="radio"
                name="preset"
                checked={draft.preset === preset}
                onChange={() => choose(preset)}
              />
              <span>
                <b>{presetWords[preset][0]}</b>
                <span className="dim">{presetWords[preset][1]}</span>
              </span>
            </label>
          ))}
        </div>
        <Several
          legend="No live video from"
          all={PlaceKind.options}
          words={placeWords}
          chosen={draft.noLiveFrom}
          onChange={(noLiveFrom) => change({ noLiveFrom })}
        />
        <label className="admin-check">
          <input
            type="checkbox"
            checked={draft.allowsStanding}
            onChange={(event) => change({ allowsStanding: event.target.checked })}
          />
          Standing purposes open cameras too, where the owner allows it; else only incidents do
        </label>
        <Several
          legend="Who may ask"
          all={watching}
          words={roleWords}
          chosen={draft.askers}
          onChange={(askers) => change({ askers })}
        />
        <SelectField
          label="Whose yes is needed, beside the owner’s"
          value={draft.approval}
          onChange={(event) => change({ approval: event.target.value as SitePolicy['approval'] })}
        >
          {Object.entries(approvalWords).map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </SelectField>
        <Several
          legend="Who may say yes, never to oneself"
          all={watching}
          words={roleWords}
          chosen={draft.approvers}
          onChange={(approvers) => change({ approvers })}
        />
        <div className="policy-numbers">
          {numbers.map(([key, label, hint]) => (
            <TextField
              key={key}
              {...{ label, hint }}
              inputMode="numeric"
              value={draft[key] === null || Number.isNaN(draft[key]) ? '' : String(draft[key])}
              onChange={({ target: { value: text } }) => {
                // Only digits get in: what is no number must not become "no limit" on its way.
                if (!/^\d*$/.test(text)) return;
                change({ [key]: text !== '' ? Number(text) : key === 'radiusM' ? null : Number.NaN });
              }}
              fault={at(key)}
            />
          ))}
        </div>
        <div className="policy-foot">
          {isStricter(policy, draft) && (
            <p className="dim">This allows more than before. The record says so, and who did it.</p>
          )}
          {fault && (
            <p className="field-fault" role="alert">
              {fault}
            </p>
          )}
          {mayChange && (
            <Button kind="primary" type="submit" disabled={busy || draft === policy}>
              Save
            </Button>
          )}
        </div>
      </fieldset>
    </form>
  );
}

/** What this site allows of cameras that are lent to it, and the switch that ends it all. */
export function PrivateCameras() {
  const { value, problem, reload } = useAsked(useCallback(() => callRoute('getSitePolicy', {}), []));
  const mayChange = useSession(({ who }) => holds(who, 'administrator'));
  const [switching, setSwitching] = useState(false);
  const isOff = value?.isPrivateOff ?? false;
  return (
    <Section
      title="Private cameras"
      text="What this site allows of cameras that are lent to it. Where an owner allows less, the owner’s word holds. A change holds within a second, on every screen."
      problem={problem}
      tools={
        value &&
        mayChange && (
          <Button kind={isOff ? 'primary' : 'danger'} onClick={() => setSwitching(true)}>
            {isOff ? 'Switch private cameras on again' : 'Switch every private camera off'}
          </Button>
        )
      }
    >
      {isOff && (
        <p className="field-fault" role="status">
          Every private camera is off: {value?.offReason}
        </p>
      )}
      {value && <PolicyForm key={JSON.stringify(value)} policy={value} onSaved={reload} />}
      {switching && (
        <PrivateOffDialog
          off={!isOff}
          onClose={() => {
            setSwitching(false);
            reload();
          }}
        />
      )}
    </Section>
  );
}
