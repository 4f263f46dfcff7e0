import { expect, test } from 'vitest';
import type { OrderForScreen } from '@clerestory/protocol';
import type { Sync } from '../../sync/index.ts';
import { carryOut, type Notice } from './orders.ts';

const order: OrderForScreen = {
  ...{ id: 'order-1', screen: 'left', who: 'Olga', at: 100_000, ttlMs: 10_000 },
  order: { kind: 'message', text: 'Door 3', seconds: 60 },
};

function carriedOutAt(serverMs: number) {
  const answers: unknown[] = [];
  const shown: (Notice | null)[] = [];
  const ask: Sync['ask'] = (_name, payload) => {
    answers.push(payload);
    return Promise.resolve(null);
  };
  carryOut(order, { ask, serverNowMs: () => serverMs }, (notice) => shown.push(notice));
  return { answers, shown };
}

test('in time it is done, to the last moment of it', () => {
  const { answers, shown } = carriedOutAt(110_000);
  expect(answers).toEqual([{ id: 'order-1', screen: 'left', done: true, note: '' }]);
  expect(shown).toMatchObject([{ kind: 'message', text: 'Door 3' }]);
});

test('too late it is not done, and that is said', () => {
  const { answers, shown } = carriedOutAt(110_001);
  expect(answers).toEqual([{ id: 'order-1', screen: 'left', done: false, note: 'It arrived too late' }]);
  expect(shown).toEqual([]);
});
