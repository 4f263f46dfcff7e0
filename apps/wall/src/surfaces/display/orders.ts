import type { OrderForScreen } from '@clerestory/protocol';
import { useEffect, useState } from 'react';
import type { Sync } from '../../sync/index.ts';
import { drawScreen } from './screenshot.ts';

/** How long a screen shows who it is, and that its picture was taken, ms. */
const identifyMs = 8_000;
const takenMs = 4_000;
/** The answer leaves before the page does, ms. */
const beforeReloadMs = 300;

/** What an order has put over the tiles. */
export type Notice =
  | { kind: 'identify' }
  | { kind: 'message'; text: string; who: string; at: number }
  | { kind: 'taken'; who: string };

/** Carries out what the server tells this screen, answers each time, and gives what is to be seen of it. */
export function useOrders(sync: Sync, screen: string): Notice | null {
  const [notice, setNotice] = useState<{ notice: Notice | null; untilMs: number }>({
    notice: null,
    untilMs: Infinity,
  });
  useEffect(() => {
    const show = (next: Notice | null, forMs: number) =>
      setNotice({ notice: next, untilMs: performance.now() + forMs });
    sync.onOrder((order) => {
      if (order.screen === screen) carryOut(order, sync, show);
    });
  }, [sync, screen]);
  useEffect(() => {
    if (!notice.notice) return;
    const timer = setTimeout(
      () => setNotice({ notice: null, untilMs: Infinity }),
      Math.max(0, notice.untilMs - performance.now()),
    );
    return () => clearTimeout(timer);
  }, [notice]);
  return notice.notice;
}

/** Does what the order says, unless it is too late, and answers either way. */
export function carryOut(
  { id, screen, order, who, at, ttlMs }: OrderForScreen,
  sync: Pick<Sync, 'ask' | 'serverNowMs'>,
  show: (notice: Notice | null, forMs: number) => void,
): void {
  const answer = (done: boolean, note = '', more: object = {}) =>
    void sync.ask('screen:done', { id, screen, done, note, ...more });
  // Too late: somebody may have given it up, or given another.
  if (sync.serverNowMs() > at + ttlMs) return answer(false, 'It arrived too late');
  switch (order.kind) {
    case 'identify':
      show({ kind: 'identify' }, identifyMs);
      return answer(true);
    case 'message':
      show(order.text === '' ? null : { kind: 'message', text: order.text, who, at }, order.seconds * 1_000);
      return answer(true);
    case 'reload':
      answer(true);
      return void setTimeout(() => location.reload(), beforeReloadMs);
    case 'screenshot': {
      const drawn = drawScreen();
      if (typeof drawn === 'string') return answer(false, drawn);
      show({ kind: 'taken', who }, takenMs);
      return answer(true, '', { screenshot: drawn });
    }
  }
}
