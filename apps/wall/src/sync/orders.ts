import type { OrderStatus, Snapshot } from '@clerestory/protocol';

/** Orders to screens that a console remembers. */
const maxOrders = 100;

/** With the news of one order. */
export const withOrder = (orders: readonly OrderStatus[], news: OrderStatus): readonly OrderStatus[] =>
  [...orders.filter(({ id }) => id !== news.id), news].slice(-maxOrders);

/**
 * After a time without a link: what became meanwhile of each order. One that was on its way and that the server knows nothing
 * of any more, because it began anew, counts as lost. Pure.
 */
export function ordersAfter(
  orders: readonly OrderStatus[],
  { wall, orders: told }: Pick<Snapshot, 'wall' | 'orders'>,
): readonly OrderStatus[] {
  if (!told) return orders;
  const known = new Set(told.map(({ id }) => id));
  const others = orders
    .filter(({ id }) => !known.has(id))
    .map((one): OrderStatus =>
      one.state === 'sent' && one.wall === wall.id
        ? { ...one, state: 'lost', note: 'The server was away, and nobody knows whether it arrived' }
        : one,
    );
  return [...others, ...told].toSorted((a, b) => a.at - b.at).slice(-maxOrders);
}
