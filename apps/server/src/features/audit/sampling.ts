import type { RecordEntry, Sample } from '@clerestory/protocol';

/** A sample from the entry that says it was drawn; null for an entry whose details were erased. `findings`: oldest first. */
export function sampleOf(
  { detail, at, actor }: RecordEntry,
  findings: readonly RecordEntry[],
): Sample | null {
  const id = detail['sample'];
  if (typeof id !== 'string') return null;
  const mine = findings.filter((one) => one.detail['sample'] === id);
  // The last finding of an entry counts.
  const last = new Map(mine.map((one) => [one.detail['entry'], one.detail['verdict']]));
  const count = (verdict: string) => [...last.values()].filter((one) => one === verdict).length;
  return {
    ...{ id, drawnAt: at, drawnBy: actor, seed: String(detail['seed']) },
    ...{ from: Number(detail['fromMs']), to: Number(detail['untilMs']) },
    ...{ size: Number(detail['size']), drawnFrom: Number(detail['drawnFrom']) },
    number: typeof detail['number'] === 'string' ? detail['number'] : null,
    checkpoint: typeof detail['checkpoint'] === 'number' ? detail['checkpoint'] : null,
    found: { 'in-order': count('in-order'), unclear: count('unclear'), breach: count('breach') },
  };
}
