import type { DeviceProfile, ProbeAnswer } from '@clerestory/protocol';
import { SelectField } from '../../ui/TextField.tsx';

const words = ({ name, codec, width, height, fps }: DeviceProfile): string =>
  [name, codec, width && height ? `${width} × ${height}` : '', fps ? `${fps} frames/s` : '']
    .filter(Boolean)
    .join(' · ');

const abilities = ({ ptz, events, hasSnapshot }: ProbeAnswer): string =>
  [
    ptz ? 'It can be moved from here' : 'It does not move',
    ...(ptz?.presets ? ['has presets'] : []),
    ...(events ? ['tells of faults itself'] : []),
    ...(hasSnapshot ? ['gives still pictures'] : []),
  ].join(', ');

/** What a probe found out, and which of its streams are taken. */
export function ProbedCamera({
  found,
  main,
  sub,
  onChange,
}: {
  found: ProbeAnswer;
  main: string;
  sub: string | null;
  onChange: (part: { main?: string; sub?: string | null }) => void;
}) {
  const { device, profiles } = found;
  const usable = profiles.filter(({ reason }) => reason === '');
  return (
    <section aria-label="What was found">
      <div className="probed">
        <b>{[device.manufacturer, device.model].filter(Boolean).join(' ') || 'ONVIF camera'}</b>
        <p className="dim">
          {[device.firmware && `firmware ${device.firmware}`, device.serial && `serial ${device.serial}`]
            .filter(Boolean)
            .join(' · ')}
        </p>
        <p>{abilities(found)}.</p>
        {found.notes.map((note) => (
          <p key={note} className="find-note">
            {note}
          </p>
        ))}
        {usable.length === 0 && (
          <p className="field-fault" role="alert">
            The camera offers no stream that can be taken. {profiles[0]?.reason}
          </p>
        )}
      </div>
      <div className="form-grid">
        <SelectField
          label="Main stream, for large tiles"
          value={main}
          onChange={(event) => onChange({ main: event.target.value })}
        >
          {usable.map((profile) => (
            <option key={profile.token} value={profile.token}>
              {words(profile)}
            </option>
          ))}
        </SelectField>
        <SelectField
          label="Small stream, for small tiles"
          value={sub ?? ''}
          onChange={(event) => onChange({ sub: event.target.value || null })}
        >
          <option value="">none</option>
          {usable.map((profile) => (
            <option key={profile.token} value={profile.token}>
              {words(profile)}
            </option>
          ))}
        </SelectField>
      </div>
    </section>
  );
}
