import { PlaceKind } from '@clerestory/protocol/portal';
import { useWords } from '../../words/index.tsx';

/** What kind of place a camera shows. */
export function KindField({ value, choose }: { value: PlaceKind; choose(kind: PlaceKind): void }) {
  const { register } = useWords().camera;
  return (
    <label className="field">
      <strong>{register.kind}</strong>
      <select value={value} onChange={({ target }) => choose(PlaceKind.parse(target.value))}>
        {PlaceKind.options.map((one) => (
          <option key={one} value={one}>
            {register.kinds[one]}
          </option>
        ))}
      </select>
    </label>
  );
}
