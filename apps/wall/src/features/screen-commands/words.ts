import type { OrderStatus } from '@clerestory/protocol';

export const orderKinds: Record<OrderStatus['kind'], string> = {
  identify: 'Identify',
  reload: 'Reload',
  message: 'Message',
  screenshot: 'Screenshot',
};

/** Orders that were on their way before and have not been carried out now. */
export function newlyUndone(
  before: readonly OrderStatus[],
  after: readonly OrderStatus[],
): readonly OrderStatus[] {
  const sent = new Set(before.filter(({ state }) => state === 'sent').map(({ id }) => id));
  return after.filter(({ id, state }) => sent.has(id) && (state === 'lost' || state === 'failed'));
}

/** One message for what did not arrive together. `nameOf` a screen. */
export function undoneWords(
  undone: readonly OrderStatus[],
  nameOf: (screen: string) => string,
): { title: string; text: string } {
  const kinds = [...new Set(undone.map(({ kind }) => orderKinds[kind]))].join(', ');
  const screens = [...new Set(undone.map(({ screen }) => nameOf(screen)))].join(', ');
  const notes = [...new Set(undone.map(({ note }) => note).filter(Boolean))].join('; ');
  const word = undone.every(({ state }) => state === 'failed') ? 'was not done' : 'did not arrive';
  return { title: `${kinds} ${word} on ${screens}`, text: notes === '' ? 'Try again.' : `${notes}.` };
}
