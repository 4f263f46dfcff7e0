import { expect, test } from 'vitest';
import { CameraInput } from '@clerestory/protocol';
import { parseCameraNetworks } from '../../platform/addresses/networks.ts';
import { systemClock } from '../../platform/clock.ts';
import { openDatabase } from '../../platform/database.ts';
import { temporaryFolder } from '../../testing/folder.ts';
import { AlikeOwners } from './alike.ts';
import { CameraService } from './service.ts';

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

test('the registry counts those alone whose owners allow something, or only pause it', async () => {
  const folder = temporaryFolder();
  const store = openDatabase(folder.dir);
  try {
    const rules = { networks: parseCameraNetworks('private'), pushPorts: { from: 20_000, to: 20_099 } };
    const cameras = new CameraService(store.db, systemClock, [], rules);
    const states = ['incident', 'paused', 'revoked', 'expired', 'pending', null] as const;
    for (const [n, state] of states.entries()) {
      const id = state ?? 'unasked';
      const source = { kind: 'rtsp', main: `rtsp://10.1.0.${n + 1}/live` };
      const input = { id, name: id, source, visibility: 'private', neighbourhood: 'harbour' };
      const made = await cameras.create(CameraInput.parse(input), `sixteen-letters! ${id}`);
      expect(made).toMatchObject({ ok: true });
    }
    cameras.consentBy((id) => {
      const state = states.find((one) => one === id);
      return state ? { state, purposes: [], version: 1 } : null;
    });
    const camera = cameras.get('incident');
    expect(camera && cameras.alikeOwners(camera, 10)).toBe(2);
  } finally {
    await store.close();
    folder.remove();
  }
});
