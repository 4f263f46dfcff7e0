import { expect, test } from 'vitest';
import { TurnedClock } from '../testing/clock.ts';
import { Tickets } from './tickets.ts';

test('a ticket is given once, and not after five minutes', () => {
  const clock = new TurnedClock();
  const tickets = new Tickets<string>(clock);
  const [first, second] = [tickets.issue('first', 'olga'), tickets.issue('second', 'olga')];
  expect([tickets.look(first), tickets.take(first), tickets.take(first)]).toEqual([
    'first',
    'first',
    undefined,
  ]);
  clock.pass(5 * 60_000);
  expect(tickets.look(second)).toBeUndefined();
});

test('who begins without end pushes out their own, and nobody else', () => {
  const tickets = new Tickets<number>(new TurnedClock(), 300);
  const mine = tickets.issue(-1, 'address:192.0.2.1');
  const theirs = Array.from({ length: 1_000 }, (_, n) => tickets.issue(n, 'address:198.51.100.1'));
  expect(tickets.look(mine)).toBe(-1);
  expect(theirs.map((one) => tickets.look(one)).filter((value) => value !== undefined)).toHaveLength(100);
  expect(tickets.look(theirs.at(-1) ?? '')).toBe(999);
  // From many places: the bound of all holds, and whoever holds the most gives way.
  const spread = Array.from({ length: 1_000 }, (_, n) => tickets.issue(n, `address:203.0.113.${n % 20}`));
  expect(tickets.look(mine)).toBe(-1);
  const left = [...theirs, ...spread].filter((one) => tickets.look(one) !== undefined);
  expect(left).toHaveLength(299);
});

test('what has lapsed takes no room', () => {
  const clock = new TurnedClock();
  const tickets = new Tickets<number>(clock, 10);
  for (let n = 0; n < 10; n++) tickets.issue(n, `person-${n}`);
  clock.pass(5 * 60_000);
  const fresh = Array.from({ length: 10 }, (_, n) => tickets.issue(n, 'one place'));
  expect(fresh.every((one) => tickets.look(one) !== undefined)).toBe(true);
});
