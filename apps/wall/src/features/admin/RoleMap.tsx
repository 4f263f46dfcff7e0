import { Role } from '@clerestory/protocol';
import { X } from 'lucide-react';
import { Button } from '../../ui/Button.tsx';
import { SelectField, TextField } from '../../ui/TextField.tsx';
import { roleWords } from '../people/role-words.ts';

export type RoleRow = readonly [said: string, role: Role];

const numbered = (words: string, index: number) => (
  <>
    {words}
    <span className="visually-hidden"> ({index + 1})</span>
  </>
);

/** What of another organisation's words for people makes which role here. */
export function RoleMap({
  rows,
  onChange,
  fault,
}: {
  rows: readonly RoleRow[];
  onChange: (rows: readonly RoleRow[]) => void;
  fault: string | undefined;
}) {
  const put = (index: number, row: RoleRow) => onChange(rows.map((one, n) => (n === index ? row : one)));
  return (
    <fieldset className="admin-checks field form-wide">
      <legend className="field-label">Roles from it</legend>
      {rows.map(([said, role], index) => (
        <div key={index} className="admin-row">
          <TextField
            label={numbered('Where it says', index)}
            value={said}
            onChange={(event) => put(index, [event.target.value, role])}
          />
          <SelectField
            label={numbered('they are', index)}
            value={role}
            onChange={(event) => put(index, [said, event.target.value as Role])}
          >
            {Role.options.map((one) => (
              <option key={one} value={one}>
                {roleWords[one]}
              </option>
            ))}
          </SelectField>
          <Button
            kind="quiet"
            className="icon-button"
            aria-label={`Take row ${index + 1} out`}
            onClick={() => onChange(rows.filter((_, n) => n !== index))}
          >
            <X />
          </Button>
        </div>
      ))}
      <div>
        <Button onClick={() => onChange([...rows, ['', 'operator']])}>Add a row</Button>
      </div>
      {fault && <p className="field-fault">{fault}</p>}
    </fieldset>
  );
}
