import type { HealthState } from '@clerestory/protocol';
import { useMemo } from 'react';
import { useWall } from '../../state/use-wall.ts';
import { healthWords } from '../../ui/StateChip.tsx';
import { countHealth, healthOrder } from '../../ui/health-words.ts';

/** One button per state that some camera is in, with how many. The chosen one stays even when nothing is left in it. */
export function FilterBar({
  value,
  onChange,
}: {
  value: HealthState | 'all';
  onChange: (value: HealthState | 'all') => void;
}) {
  const cameras = useWall((state) => state.cameras);
  const health = useWall((state) => state.health);
  const list = useMemo(() => Object.values(cameras), [cameras]);
  const counts = useMemo(() => countHealth(list, health), [list, health]);
  const states = healthOrder.filter((state) => counts[state] > 0 || state === value);
  return (
    <div className="filters" role="group" aria-label="Filter by health">
      <button type="button" className="filter" aria-pressed={value === 'all'} onClick={() => onChange('all')}>
        all <b>{list.length}</b>
      </button>
      {states.map((state) => (
        <button
          key={state}
          type="button"
          className="filter"
          data-tone={healthWords[state].tone}
          aria-pressed={value === state}
          onClick={() => onChange(value === state ? 'all' : state)}
        >
          {healthWords[state].word} <b>{counts[state]}</b>
        </button>
      ))}
    </div>
  );
}
