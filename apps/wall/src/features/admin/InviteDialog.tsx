import {
  ConsentBasis,
  Purpose,
  purposeWords,
  type Answer,
  type CameraWithHealth,
  type ConsentTerms,
  type Owner,
} from '@clerestory/protocol';
import { useState } from 'react';
import { callRoute } from '../../state/call-route.ts';
import { Dialog, FormDialog } from '../../ui/Dialog.tsx';
import { SelectField } from '../../ui/TextField.tsx';
import { useStep } from '../people/use-step.ts';
import { useAsked } from './use-asked.ts';

/** Set hours are chosen by owners themselves, on their page. */
const levels = ['registered', 'on-request', 'incident', 'standing'] as const;
type Level = (typeof levels)[number];
const levelWords: Record<Level, string> = {
  registered: 'On the map only, never the picture',
  'on-request': 'Each time only when the owner says yes',
  incident: 'During incidents near the camera',
  standing: 'At any time, for the purposes below',
};
const basisWords: Record<ConsentBasis, string> = {
  voluntary: 'voluntary',
  permit: 'a permit',
  order: 'an order',
};
const radiiM = [100, 300, 500, 1_000];
const retentionsDays = [0, 1, 7, 30];

interface Form {
  camera: string;
  level: Level;
  basis: ConsentBasis;
  purposes: Purpose[];
  radiusM: number;
  retentionDays: number;
}
/** Little: an owner widens it more easily than they find out that it is wide. */
const first: Form = {
  ...{ camera: '', level: 'incident', basis: 'voluntary', radiusM: 300, retentionDays: 0 },
  purposes: ['violence', 'weapon', 'robbery', 'fire', 'medical', 'danger'],
};

const termsOf = ({ level, purposes, radiusM, retentionDays }: Form): ConsentTerms => ({
  ...{ level, hours: null, expiresAt: null, retentionDays },
  purposes: level === 'registered' ? [] : purposes,
  radiusM: level === 'incident' ? radiusM : null,
});

/** All private cameras, in the order of their numbers. */
async function privateCameras(): Promise<Answer<CameraWithHealth[]>> {
  const found: CameraWithHealth[] = [];
  let cursor: string | undefined;
  do {
    const page = await callRoute('listCameras', { query: { limit: '500', cursor } });
    if (!page.ok) return page;
    found.push(...page.value.items.filter(({ visibility }) => visibility === 'private'));
    cursor = page.value.next ?? undefined;
  } while (cursor !== undefined);
  return { ok: true, value: found };
}

/** Asks an owner to share a camera, with terms that the owner may change or refuse. */
export function InviteDialog({
  owner,
  onDone,
  onClose,
}: {
  owner: Owner;
  onDone: (camera: string) => void;
  onClose: () => void;
}) {
  const cameras = useAsked(privateCameras);
  const [form, setForm] = useState(first);
  const { busy, run, fault, problem } = useStep();
  // What may be asked: no owner yet, or this one. The server knows who has answered already.
  const choices = cameras.value?.filter((one) => one.owner === null || one.owner === owner.id) ?? [];
  const camera = choices.find(({ id }) => id === form.camera) ?? choices[0];
  const set = (part: Partial<Form>) => setForm({ ...form, ...part });
  const toggle = (purpose: Purpose) =>
    form.purposes.includes(purpose)
      ? form.purposes.filter((one) => one !== purpose)
      : [...form.purposes, purpose];
  const submit = () => {
    if (!camera) return;
    const body = { owner: owner.id, basis: form.basis, terms: termsOf(form) };
    void run(
      () => callRoute('proposeConsent', { params: { camera: camera.id }, body }),
      () => onDone(camera.name),
    );
  };
  const title = `Invite ${owner.name}`;
  if (cameras.problem || (cameras.value && !camera))
    return (
      <Dialog
        title={title}
        text={
          cameras.problem?.detail ??
          'There is no private camera without another owner. Add the camera first, as a private one; then invite.'
        }
        size="s"
        onClose={onClose}
      />
    );
  return (
    <FormDialog
      title={title}
      text="Nothing is shared before the owner has agreed. They may change these terms, or say no."
      size="m"
      action="Send the invitation"
      busy={busy || !camera}
      fault={fault ?? problem?.errors?.[0]?.message ?? null}
      onSubmit={submit}
      onClose={onClose}
    >
      <div className="form-grid">
        <SelectField
          label="Camera"
          value={camera?.id ?? ''}
          onChange={(event) => set({ camera: event.target.value })}
          wide
        >
          {choices.map(({ id, number, name, place }) => (
            <option key={id} value={id}>
              {[`${number} ${name}`, place].filter(Boolean).join(', ')}
            </option>
          ))}
        </SelectField>
        <SelectField
          label="They are asked to allow"
          value={form.level}
          onChange={(event) => set({ level: event.target.value as Level })}
          wide
        >
          {levels.map((one) => (
            <option key={one} value={one}>
              {levelWords[one]}
            </option>
          ))}
        </SelectField>
        {form.level === 'incident' && (
          <SelectField
            label="Incidents at most"
            value={String(form.radiusM)}
            onChange={(event) => set({ radiusM: Number(event.target.value) })}
          >
            {radiiM.map((one) => (
              <option key={one} value={one}>
                {one} m away
              </option>
            ))}
          </SelectField>
        )}
        <SelectField
          label="Recordings"
          value={String(form.retentionDays)}
          onChange={(event) => set({ retentionDays: Number(event.target.value) })}
        >
          {retentionsDays.map((one) => (
            <option key={one} value={one}>
              {one === 0
                ? 'none are kept'
                : one === 1
                  ? 'kept for 1 day at most'
                  : `kept for ${one} days at most`}
            </option>
          ))}
        </SelectField>
        <SelectField
          label="It rests on"
          value={form.basis}
          onChange={(event) => set({ basis: event.target.value as ConsentBasis })}
        >
          {ConsentBasis.options.map((one) => (
            <option key={one} value={one}>
              {basisWords[one]}
            </option>
          ))}
        </SelectField>
        {form.level !== 'registered' && (
          <fieldset className="admin-checks admin-columns field form-wide">
            <legend className="field-label">For which purposes</legend>
            {Purpose.options.map((one) => (
              <label key={one} className="admin-check">
                <input
                  type="checkbox"
                  checked={form.purposes.includes(one)}
                  onChange={() => set({ purposes: toggle(one) })}
                />
                {purposeWords[one]}
              </label>
            ))}
          </fieldset>
        )}
      </div>
    </FormDialog>
  );
}
