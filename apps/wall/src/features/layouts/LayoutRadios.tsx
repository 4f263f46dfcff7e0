import type { LayoutId } from '@clerestory/protocol';
import { layouts } from '@clerestory/layout';
import { LayoutDiagram } from './LayoutDiagram.tsx';
import './layouts.css';

/** The same drawings as a form field. */
export function LayoutRadios({ value, onChange }: { value: LayoutId; onChange: (layout: LayoutId) => void }) {
  return (
    <fieldset className="layout-radios">
      <legend className="field-label">Layout</legend>
      {layouts.map(({ id, name }) => (
        <label key={id} className="layout-radio">
          <input type="radio" name="layout" value={id} checked={id === value} onChange={() => onChange(id)} />
          <span className="layout-choice">
            <LayoutDiagram layout={id} height={34} />
            <span className="layout-name">{name}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
