import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RecordNote } from '@clerestory/protocol';
import { openDatabase, type OpenDatabase } from '../../platform/database.ts';
import { TurnedClock } from '../../testing/clock.ts';
import { temporaryFolder } from '../../testing/server.ts';
import { RightsService } from './rights-service.ts';

let folder: ReturnType<typeof temporaryFolder>;
let open: OpenDatabase;
let rights: RightsService;
let notes: RecordNote[];
const cameras = Array.from({ length: 205 }, (_, n) => `c${n}`);
const names = (list: 'added' | 'removed') => notes.flatMap(({ detail }) => detail[list] as string[]);

beforeEach(() => {
  folder = temporaryFolder();
  open = openDatabase(folder.dir);
  // The cameras are of the registry, which is not here.
  open.raw.pragma('foreign_keys = off');
  notes = [];
  rights = new RightsService(
    open.db,
    new TurnedClock(),
    { append: async (_write, note) => void notes.push(note) },
    { cameraExists: () => true, onTile: () => [], showing: () => new Set() },
  );
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
