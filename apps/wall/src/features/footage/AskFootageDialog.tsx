import {
  footageLimits,
  Purpose,
  purposeWords,
  type Answer,
  type Camera,
  type FootageCase,
  type FootageRequest,
  type Incident,
} from '@clerestory/protocol';
import { useState } from 'react';
import { callRoute } from '../../state/call-route.ts';
import { FormDialog } from '../../ui/Dialog.tsx';
import { SelectField, TextAreaField, TextField } from '../../ui/TextField.tsx';
import { useAsked } from '../admin/use-asked.ts';
import { useStep } from '../people/use-step.ts';
import { localInput, moment } from './words.ts';

const radiiM = [50, 100, 200, 300, 500, 1_000];
const dayChoices = [3, 7, 14];
/** Around the time at which an incident was opened, ms. */
const aroundMs = 30 * 60_000;

interface Form {
  /** Id of an incident; '' for a number of another system. */
  incident: string;
  otherCase: string;
  purpose: Purpose;
  /** `incident`, the id of a camera, or '' for numbers of one's own. */
  middle: string;
  place: string;
  latitude: string;
  longitude: string;
  radiusM: number;
  from: string;
  to: string;
  words: string;
  days: number;
}
const first: Form = {
  ...{ incident: '', otherCase: '', purpose: 'robbery', middle: '', place: '', latitude: '', longitude: '' },
  ...{ radiusM: 200, from: '', to: '', words: '', days: 14 },
};

interface Places {
  incidents: Incident[];
  cameras: Camera[];
}
/** What a request can be about, and where. */
async function places(): Promise<Answer<Places>> {
  const [incidents, cameras] = await Promise.all([
    callRoute('listIncidents', { query: { limit: '100' } }),
    callRoute('listCameras', { query: { limit: '500' } }),
  ]);
  if (!incidents.ok) return incidents;
  if (!cameras.ok) return cameras;
  const placed = cameras.value.items.filter(
    ({ latitude, longitude }) => latitude !== null && longitude !== null,
  );
  return { ok: true, value: { incidents: incidents.value.items, cameras: placed } };
}

const numberOf = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text.replace(',', '.')));
const timeOf = (text: string): number => (text === '' ? Number.NaN : new Date(text).getTime());

/** Asks owners around a place. It goes to a supervisor first. */
export function AskFootageDialog({
  onDone,
  onClose,
}: {
  onDone: (request: FootageRequest) => void;
  onClose: () => void;
}) {
  const { value } = useAsked(places);
  const [form, setForm] = useState(first);
  const [key] = useState(() => crypto.randomUUID());
  const { busy, run, fault, at } = useStep();
  const set = (part: Partial<Form>) => setForm((before) => ({ ...before, ...part }));
  const incident = value?.incidents.find(({ id }) => id === form.incident);

  const chooseIncident = (id: string) => {
    const found = value?.incidents.find((one) => one.id === id);
    if (!found) return set({ incident: '', middle: form.middle === 'incident' ? '' : form.middle });
    const { type: purpose, place, latitude, longitude, openedAt } = found;
    set({
      ...{ incident: id, purpose, middle: 'incident', place },
      ...{ latitude: String(latitude), longitude: String(longitude) },
      from: localInput(openedAt - aroundMs),
      to: localInput(Math.min(Date.now(), openedAt + aroundMs)),
    });
  };
  const chooseMiddle = (middle: string) => {
    const found = middle === 'incident' ? incident : value?.cameras.find(({ id }) => id === middle);
    if (!found) return set({ middle: '' });
    const { place, latitude, longitude } = found;
    set({ middle, place, latitude: String(latitude), longitude: String(longitude) });
  };
  const submit = () => {
    const reference: FootageCase = incident
      ? { kind: 'incident', number: incident.number }
      : { kind: 'other', number: form.otherCase };
    const { purpose, place, radiusM, words, days } = form;
    void run(
      () =>
        callRoute(
          'askForFootage',
          {
            body: {
              ...{ purpose, case: reference, place, radiusM, words, days },
              ...{ latitude: numberOf(form.latitude), longitude: numberOf(form.longitude) },
              ...{ from: timeOf(form.from), to: timeOf(form.to) },
            },
          },
          { key },
        ),
      onDone,
    );
  };
  return (
    <FormDialog
      title="Ask for footage"
      text="Goes to a supervisor first, then to every owner of a camera in the area. They read your name, the case, and these words."
      size="l"
      action="Send to a supervisor"
      busy={busy}
      fault={fault}
      onSubmit={submit}
      onClose={onClose}
    >
      <div className="form-grid">
        <SelectField
          label="Case"
          value={form.incident}
          onChange={(event) => chooseIncident(event.target.value)}
        >
          <option value="">Another case number</option>
          {value?.incidents.map(({ id, number, type, place, openedAt }) => (
            <option key={id} value={id}>
              Incident {number}: {purposeWords[type]}, {place}, {moment(openedAt)}
            </option>
          ))}
        </SelectField>
        {incident ? (
          <span />
        ) : (
          <TextField
            label="Case number"
            value={form.otherCase}
            maxLength={40}
            onChange={(event) => set({ otherCase: event.target.value })}
            fault={at('case/number')}
          />
        )}
        <SelectField
          label="What happened"
          value={form.purpose}
          onChange={(event) => set({ purpose: Purpose.parse(event.target.value) })}
        >
          {Purpose.options.map((one) => (
            <option key={one} value={one}>
              {purposeWords[one]}
            </option>
          ))}
        </SelectField>
        <SelectField
          label="In the middle"
          value={form.middle}
          onChange={(event) => chooseMiddle(event.target.value)}
        >
          <option value="">The numbers below</option>
          {incident && <option value="incident">The place of incident {incident.number}</option>}
          {value?.cameras.map(({ id, number, name }) => (
            <option key={id} value={id}>
              Camera {number} {name}
            </option>
          ))}
        </SelectField>
        <TextField
          label="Where, as people call it"
          value={form.place}
          maxLength={120}
          onChange={(event) => set({ place: event.target.value })}
          fault={at('place')}
        />
        <SelectField
          label="How far around"
          value={String(form.radiusM)}
          onChange={(event) => set({ radiusM: Number(event.target.value) })}
          fault={at('radiusM')}
          hint="As small as the case allows: each owner in it is asked."
        >
          {radiiM.map((metres) => (
            <option key={metres} value={metres}>
              {metres} m
            </option>
          ))}
        </SelectField>
        {form.middle === '' && (
          <>
            <TextField
              label="Latitude"
              inputMode="decimal"
              value={form.latitude}
              onChange={(event) => set({ latitude: event.target.value })}
              fault={at('latitude')}
            />
            <TextField
              label="Longitude"
              inputMode="decimal"
              value={form.longitude}
              onChange={(event) => set({ longitude: event.target.value })}
              fault={at('longitude')}
            />
          </>
        )}
        <TextField
          label="From"
          type="datetime-local"
          value={form.from}
          onChange={(event) => set({ from: event.target.value })}
          fault={at('from')}
        />
        <TextField
          label="To"
          type="datetime-local"
          value={form.to}
          onChange={(event) => set({ to: event.target.value })}
          fault={at('to')}
          hint="At most 24 hours, at most 30 days ago."
        />
        <TextAreaField
          wide
          label="To the owners"
          rows={4}
          maxLength={footageLimits.words.most}
          value={form.words}
          onChange={(event) => set({ words: event.target.value })}
          fault={at('words')}
          hint="What happened, and what to look for. Name nobody."
        />
        <SelectField
          label="Owners may answer for"
          value={String(form.days)}
          onChange={(event) => set({ days: Number(event.target.value) })}
        >
          {dayChoices.map((days) => (
            <option key={days} value={days}>
              {days} days
            </option>
          ))}
        </SelectField>
      </div>
    </FormDialog>
  );
}
