import type { Answer } from '@clerestory/protocol';
import { useEffect, useState, type KeyboardEvent } from 'react';
import { callRoute } from '../../state/call-route.ts';
import { Button } from '../../ui/Button.tsx';
import { present, type Party } from './audit-party.ts';
import { PartyField } from './PartyField.tsx';

/** Cameras at a time, of those whose names are looked up. */
const pageSize = '500';

/** Their labels by their ids, as far as they are there. */
async function labelsOf(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const labels = new Map<string, string>();
  const wanted = new Set(ids);
  for (let cursor: string | undefined; labels.size < wanted.size;) {
    const answer = await callRoute('listCameras', { query: { limit: pageSize, cursor } });
    if (!answer.ok) break;
    for (const { id, number, name } of answer.value.items)
      if (wanted.has(id)) labels.set(id, `${number} ${name}`);
    if (answer.value.next === null) break;
    cursor = answer.value.next;
  }
  return labels;
}

/** What is chosen, and what stands in the field and is not yet chosen. */
export interface Picked {
  cameras: readonly Party[];
  typed: string;
}

/** The cameras of `ids`: by their ids until their names have come. */
export const pickedOf = (ids: readonly string[]): Picked => ({
  cameras: ids.map((id) => ({ id, label: id })),
  typed: '',
});

/** Adds what was typed, names or numbers with commas between them. What is not understood stays in the field. */
export async function withTyped({
  cameras,
  typed,
}: Picked): Promise<{ picked: Picked; answer: Answer<null> }> {
  const all = [...cameras];
  const words = typed.split(',').filter((word) => word.trim() !== '');
  for (const [index, word] of words.entries()) {
    const found = await present('camera', word);
    if (!found.ok) return { picked: { cameras: all, typed: words.slice(index).join(',') }, answer: found };
    if (!all.some(({ id }) => id === found.value.id)) all.push(found.value);
  }
  return { picked: { cameras: all, typed: '' }, answer: { ok: true, value: null } };
}

/** Several cameras, each by number or name. */
export function CameraPicker({
  value,
  onChange,
  fault,
}: {
  value: Picked;
  /** The same at every drawing. */
  onChange: (change: (before: Picked) => Picked) => void;
  fault: string | undefined;
}) {
  const [refusal, setRefusal] = useState<string>();
  // Those that were chosen before come with their ids alone.
  const [first] = useState(() => value.cameras.map(({ id }) => id));
  useEffect(() => {
    if (first.length === 0) return;
    void labelsOf(first).then((labels) =>
      onChange(({ cameras, typed }) => ({
        typed,
        cameras: cameras.map((one) => ({ ...one, label: labels.get(one.id) ?? one.label })),
      })),
    );
  }, [first, onChange]);
  const add = async () => {
    const { picked, answer } = await withTyped(value);
    setRefusal(answer.ok ? undefined : answer.problem.detail);
    onChange(() => picked);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || value.typed.trim() === '') return;
    event.preventDefault();
    void add();
  };
  return (
    <div className="admin-checks form-wide">
      <div className="admin-add" onKeyDown={onKeyDown}>
        <PartyField
          kind="camera"
          label="Cameras"
          placeholder="number or name"
          value={value.typed}
          onChange={(typed) => onChange((before) => ({ ...before, typed }))}
          fault={refusal ?? fault}
        />
        <Button disabled={value.typed.trim() === ''} onClick={() => void add()}>
          Add camera
        </Button>
      </div>
      {value.cameras.length > 0 && (
        <ul className="admin-picked" aria-label="Chosen">
          {value.cameras.map(({ id, label }) => (
            <li key={id}>
              {label}
              <Button
                kind="quiet"
                aria-label={`Take ${label} out`}
                onClick={() =>
                  onChange((before) => ({
                    ...before,
                    cameras: before.cameras.filter((one) => one.id !== id),
                  }))
                }
              >
                ×
              </Button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
