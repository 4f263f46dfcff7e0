import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openDatabase, type OpenDatabase } from '../../platform/database.ts';
import { TurnedClock } from '../../testing/clock.ts';
import { temporaryFolder } from '../../testing/folder.ts';
import { Devices } from './devices.ts';
import { PairingDesk } from './pairing.ts';

const screen = { wall: 'main', screen: 'left', name: 'Left' };
const folder = temporaryFolder();
let store: OpenDatabase;
let clock: TurnedClock;
let desk: PairingDesk;
beforeAll(() => {
  store = openDatabase(folder.dir);
});
afterAll(async () => {
  await store.close();
  folder.remove();
});
beforeEach(() => {
  clock = new TurnedClock();
  const devices = new Devices(store.db, clock, { append: async () => undefined }, () => false);
  desk = new PairingDesk(clock, devices);
});

function begin(address: string): { code: string; secret: string } {
  const begun = desk.begin(address);
  if (!begun.ok || begun.value.pairing.state !== 'waiting') throw new Error('no code');
  return { code: begun.value.pairing.code.replace(' ', ''), secret: begun.value.secret };
}
const stateOf = (secret: string) => desk.look(secret)?.pairing.state;

test('whoever asks for codes without end, from many places, keeps no real screen out', async () => {
  const before = begin('10.0.0.7');
  // Ten addresses that each take all they get, and then a whole network of them.
  for (let address = 0; address < 10; address++)
    for (let n = 0; n < 120; n++) desk.begin(`198.51.100.${address}`);
  for (let n = 0; n < 3_000; n++) desk.begin(`203.0.${n % 100}.${n % 250}`);
  const after = begin('10.0.0.8');
  expect([stateOf(before.secret), stateOf(after.secret)]).toEqual(['waiting', 'waiting']);
  expect((await desk.approve(after.code, screen, 'person:sam')).ok).toBe(true);
  expect(stateOf(after.secret)).toBe('paired');
});

test('an IPv6 home is one place, however many addresses it has', () => {
  const answers = Array.from({ length: 150 }, (_, n) => desk.begin(`2001:db8::${n.toString(16)}`));
  expect(answers.filter(({ ok }) => ok)).toHaveLength(100);
  expect(desk.begin('2001:db8:0:1::1').ok).toBe(true);
});

test('after ten wrong codes not even the right one, for ten minutes; others may', async () => {
  const { code } = begin('10.0.0.7');
  for (let n = 0; n < 10; n++)
    expect(await desk.approve('22222222', screen, 'person:eve')).toMatchObject({
      problem: { code: 'not-found' },
    });
  expect(await desk.approve(code, screen, 'person:eve')).toMatchObject({ problem: { code: 'too-many' } });
  expect((await desk.approve(code, screen, 'person:sam')).ok).toBe(true);
  clock.pass(10 * 60_000);
  const later = begin('10.0.0.7');
  expect((await desk.approve(later.code, screen, 'person:eve')).ok).toBe(true);
});
