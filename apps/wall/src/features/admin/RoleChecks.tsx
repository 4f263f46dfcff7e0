import { Role, type Roles } from '@clerestory/protocol';
import { roleTexts, roleWords } from '../people/role-words.ts';

const alone: readonly Role[] = ['administrator', 'auditor'];

/** Which roles a person holds. Administrator and auditor each stand alone, so choosing one takes the others away. */
export function RoleChecks({
  value,
  onChange,
  fault,
}: {
  value: Roles;
  onChange: (roles: Roles) => void;
  fault: string | undefined;
}) {
  const turn = (role: Role) => {
    if (value.includes(role)) return onChange(value.filter((one) => one !== role));
    onChange(alone.includes(role) ? [role] : [...value.filter((one) => !alone.includes(one)), role]);
  };
  return (
    <fieldset className="admin-checks field form-wide">
      <legend className="field-label">Roles</legend>
      {Role.options.map((role) => (
        <label key={role} className="admin-check">
          <input type="checkbox" checked={value.includes(role)} onChange={() => turn(role)} />
          <span>
            <b>{roleWords[role]}</b> <span className="dim">{roleTexts[role]}</span>
          </span>
        </label>
      ))}
      {fault && <p className="field-fault">{fault}</p>}
    </fieldset>
  );
}
