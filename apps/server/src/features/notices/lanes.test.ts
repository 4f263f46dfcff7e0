import { expect, test } from 'vitest';
import { Lanes, type Lane } from './lanes.ts';
import {
  maxInFlight,
  maxInFlightEach,
  maxInFlightHung,
  maxInFlightOnHost,
  maxInFlightUnproven,
} from './rules.ts';

let count = 0;
const at = (host: string, road = `${host}-${(count += 1)}`): Lane => ({ road, host });
/** Takes as many as are let in of so many. */
function takeOf(lanes: Lanes, channel: 'webhook' | 'push', some: readonly Lane[]): number {
  let taken = 0;
  for (const lane of some) {
    if (!lanes.isFree(channel, lane)) continue;
    lanes.take(`${lane.road} ${(count += 1)}`, channel, lane);
    taken += 1;
  }
  return taken;
}
function knownAs(
  standing: 'answers' | 'hung',
  channel: 'webhook' | 'push',
  lanes: Lanes,
  host: string,
): void {
  lanes.take(`known ${host}`, channel, at(host));
  lanes.leave(`known ${host}`, standing);
}
const many = (count: number, host: (n: number) => string) =>
  Array.from({ length: count }, (_, n) => at(host(n)));

test('hosts that nobody has heard of leave places for those that answer', () => {
  const lanes = new Lanes();
  for (let n = 0; n < 20; n++) knownAs('answers', 'webhook', lanes, `known-${n}`);
  expect(
    takeOf(
      lanes,
      'webhook',
      many(50, (n) => `new-${n}`),
    ),
  ).toBe(maxInFlightUnproven);
  expect(
    takeOf(
      lanes,
      'webhook',
      many(20, (n) => `known-${n}`),
    ),
  ).toBe(maxInFlight - maxInFlightUnproven);
  // Mail and push have places of their own.
  expect(lanes.isFree('push', at('elsewhere'))).toBe(true);
  expect(lanes.isFree('mail', null)).toBe(true);
});

test('those that hung before leave places for those that nobody has heard of, until they answer again', () => {
  const lanes = new Lanes();
  for (let n = 0; n < 20; n++) knownAs('hung', 'webhook', lanes, `slow-${n}`);
  expect(
    takeOf(
      lanes,
      'webhook',
      many(20, (n) => `slow-${n}`),
    ),
  ).toBe(maxInFlightHung);
  expect(
    takeOf(
      lanes,
      'webhook',
      many(20, (n) => `new-${n}`),
    ),
  ).toBe(maxInFlightUnproven - maxInFlightHung);
  knownAs('answers', 'webhook', lanes, 'slow-19');
  expect(takeOf(lanes, 'webhook', [at('slow-19')])).toBe(1);
});

test('one host takes a few webhooks, one browser a few notices, and a push service that answers many browsers', () => {
  const lanes = new Lanes();
  knownAs('answers', 'webhook', lanes, 'one');
  expect(
    takeOf(
      lanes,
      'webhook',
      many(20, () => 'one'),
    ),
  ).toBe(maxInFlightEach);
  knownAs('answers', 'push', lanes, 'service');
  expect(
    takeOf(
      lanes,
      'push',
      Array.from({ length: 20 }, () => at('service', 'phone')),
    ),
  ).toBe(maxInFlightEach);
  expect(
    takeOf(
      lanes,
      'push',
      many(20, () => 'service'),
    ),
  ).toBe(maxInFlightOnHost - maxInFlightEach);
});
