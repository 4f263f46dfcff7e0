import { expect, test } from 'vitest';
import { AlikeOwners } from './alike.ts';

const home = (id: string, owner: string | null, more: object = {}) => ({
  ...{ id, owner, visibility: 'private', tier: 'integrated', placeKind: 'residential' },
  ...{ neighbourhood: 'harbour', ...more },
});
const anywhere = () => true;

test('counts owners, not cameras; other kinds, other districts, public ones and those only registered are no crowd', () => {
  const first = home('a', 'anna');
  const all = [
    ...[first, home('b', 'anna'), home('c', 'bert'), home('d', null), home('e', null)],
    ...[home('f', 'carla', { placeKind: 'school' }), home('g', 'dora', { neighbourhood: 'mill' })],
    ...[home('h', 'emil', { visibility: 'public' }), home('i', 'fritz', { tier: 'registered' })],
  ];
  const alike = new AlikeOwners();
  expect(alike.of(first, all, anywhere, 10)).toBe(4);
  expect(alike.of(first, all, anywhere, 3)).toBe(3);
});

test('who allows nothing now is none, without a change of any camera; a camera that came is counted', () => {
  const first = home('a', 'anna');
  const all = [first, home('b', 'bert')];
  const alike = new AlikeOwners();
  expect(alike.of(first, all, anywhere, 10)).toBe(2);
  expect(alike.of(first, all, (id) => id !== 'b', 10)).toBe(1);
  all.push(home('c', 'carla'));
  alike.changed();
  expect(alike.of(first, all, anywhere, 10)).toBe(3);
});
