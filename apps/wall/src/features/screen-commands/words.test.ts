import { expect, test } from 'vitest';
import type { OrderStatus } from '@clerestory/protocol';
import { newlyUndone, undoneWords } from './words.ts';

const order = (id: string, state: OrderStatus['state'], more: Partial<OrderStatus> = {}): OrderStatus => ({
  ...{ wall: 'room', id, screen: 'left', kind: 'reload', who: 'Olga', by: 'person:olga', at: 0, state },
  ...{ note: '', ...more },
});

test('only what was on its way is news, and only when it was not done', () => {
  const before = [order('a', 'sent'), order('b', 'sent'), order('c', 'sent'), order('d', 'lost')];
  const after = [
    order('a', 'lost'),
    order('b', 'done'),
    order('c', 'failed'),
    order('d', 'lost'),
    order('e', 'lost'),
  ];
  expect(newlyUndone(before, after).map(({ id }) => id)).toEqual(['a', 'c']);
});

test('several in one message, each reason once', () => {
  const note = 'The screen did not answer within 10 s';
  const undone = [order('a', 'lost', { note }), order('b', 'lost', { note, screen: 'right' })];
  expect(undoneWords(undone, (screen) => screen.toUpperCase())).toEqual({
    title: 'Reload did not arrive on LEFT, RIGHT',
    text: `${note}.`,
  });
  expect(undoneWords([order('c', 'failed')], (screen) => screen).title).toBe('Reload was not done on left');
});
