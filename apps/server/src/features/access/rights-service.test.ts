import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CameraInput, type RecordNote } from '@clerestory/protocol';
import { parseCameraNetworks } from '../../platform/addresses/networks.ts';
import { openDatabase, type OpenDatabase } from '../../platform/database.ts';
import { TurnedClock } from '../../testing/clock.ts';
import { temporaryFolder } from '../../testing/folder.ts';
import { CameraService } from '../cameras/index.ts';
import { RightsService } from './rights-service.ts';

let folder: ReturnType<typeof temporaryFolder>;
let open: OpenDatabase;
let registry: CameraService;
let rights: RightsService;
let notes: RecordNote[];
const cameras = Array.from({ length: 205 }, (_, n) => `c${n}`);
const names = (list: 'added' | 'removed') => notes.flatMap(({ detail }) => detail[list] as string[]);

const service = () =>
  new RightsService(
    open.db,
    new TurnedClock(),
    { append: async (_write, note) => void notes.push(note) },
    { cameraExists: (camera) => registry.exists(camera), onTile: () => [], showing: () => new Set() },
  );
const register = (ids: readonly string[]) =>
  registry.writeMany(
    ids.map((name) => ({
      camera: null,
      input: CameraInput.parse({ name, source: { kind: 'demo', scene: 'quay' } }),
    })),
    async () => undefined,
  );

beforeEach(async () => {
  folder = temporaryFolder();
  open = openDatabase(folder.dir);
  const rules = { networks: parseCameraNetworks('private'), pushPorts: { from: 20_000, to: 20_099 } };
  registry = new CameraService(open.db, new TurnedClock(), ['quay'], rules);
  await register([...cameras, 'new']);
  notes = [];
  rights = service();
  registry.leavingWrittenBy((write, camera, by) => rights.noteLeaving(write, camera, by));
  registry.onChange((change) => change.type === 'removed' && rights.forgetCamera(change.camera));
});
afterEach(async () => {
  await open.close();
  folder.remove();
});

test('a change of a camera group names every camera, in as many entries as that takes', async () => {
  const input = { id: 'all', name: 'All', restricted: false };
  await rights.createGroup({ ...input, cameras }, 'person:ada', 'key-1');
  expect(names('added')).toEqual(cameras);
  expect(notes.map(({ detail }) => [detail['part'], detail['parts'], detail['count']])).toEqual([
    [1, 3, 205],
    [2, 3, 205],
    [3, 3, 205],
  ]);

  notes = [];
  await rights.updateGroup('all', { cameras: [...cameras.slice(100), 'new'] }, null, 'person:ada');
  expect([names('added'), names('removed')]).toEqual([['new'], cameras.slice(0, 100)]);
  expect(notes.map(({ detail }) => [detail['part'], detail['parts']])).toEqual([[1, 1]]);

  notes = [];
  await rights.updateGroup('all', { name: 'Most' }, null, 'person:ada');
  expect(notes.map(({ detail }) => detail)).toEqual([
    { name: 'Most', revision: 3, restricted: false, count: 106, added: [], removed: [] },
  ]);
});

describe('a camera that is removed in the very moment of a change of its group is in no group', () => {
  const input = { id: 'all', name: 'All', restricted: true };
  const changes: [string, (key: string) => Promise<unknown>][] = [
    ['renamed', () => rights.updateGroup('all', { name: 'Most' }, null, 'person:ada')],
    ['given cameras', () => rights.updateGroup('all', { cameras: ['c1', 'c2', 'new'] }, null, 'person:ada')],
    [
      'made',
      (key) => rights.createGroup({ ...input, id: `more-${key}`, cameras: ['c1'] }, 'person:ada', key),
    ],
  ];
  test.each(changes)('%s', async (_what, change) => {
    await rights.createGroup({ ...input, cameras: ['c1', 'c2'] }, 'person:ada', 'key-of-all');
    // However far the one has come when the other begins.
    for (const turns of [0, 1, 2, 3, 5, 8, 12, 17, 23, 30]) {
      for (const first of ['change', 'removal']) {
        if (!registry.exists('c1')) await register(['c1']);
        await rights.updateGroup('all', { cameras: ['c1', 'c2'] }, null, 'person:ada');
        notes = [];
        const both = [() => change(`key-${turns}-${first}`), () => registry.remove('c1')];
        if (first === 'removal') both.reverse();
        const begun = both[0]?.();
        for (let turn = 0; turn < turns; turn++) await Promise.resolve();
        await Promise.all([begun, both[1]?.()]);
        expect(rights.groups().flatMap((group) => group.cameras)).not.toContain('c1');
        expect(rights.restricted()).not.toContain('c1');
        const stored = service();
        await stored.load();
        const byId = (groups: { id: string; cameras: string[] }[]) =>
          groups.map(({ id, cameras: of }) => `${id}: ${of.toSorted()}`).sort();
        expect(byId(rights.groups())).toEqual(byId(stored.groups()));
        // And the record says once that it left the group it was in.
        const left = notes.filter(
          ({ subject, detail }) =>
            subject === 'camera-group:all' && (detail['removed'] as string[]).includes('c1'),
        );
        expect(left).toHaveLength(1);
      }
    }
  });

  test('also when it is told while the group is being written', async () => {
    await rights.createGroup({ ...input, cameras: ['c1', 'c2'] }, 'person:ada', 'key-of-all');
    let gone = false;
    const append = async () => {
      gone = true;
      late.forgetCamera('c1');
    };
    const world = { cameraExists: (camera: string) => !(gone && camera === 'c1') };
    const late = new RightsService(...([open.db, new TurnedClock(), { append }] as const), {
      ...world,
      onTile: () => [],
      showing: () => new Set(),
    });
    await late.load();
    await late.updateGroup('all', { name: 'Most' }, null, 'person:ada');
    expect(late.groups()).toMatchObject([{ name: 'Most', cameras: ['c2'] }]);
    expect(late.isRestricted('c1')).toBe(false);
  });
});
