import { afterEach, beforeEach, expect, test } from 'vitest';
import type { MediaGrant } from '@clerestory/protocol';
import type { PersonActor } from '../../platform/actor.ts';
import { openDatabase, type OpenDatabase } from '../../platform/database.ts';
import { createLogger } from '../../platform/logging.ts';
import { TurnedClock } from '../../testing/clock.ts';
import { temporaryFolder } from '../../testing/folder.ts';
import { RecordService } from '../record/index.ts';
import { RightsService } from './rights-service.ts';
import { ViewsService } from './views-service.ts';

const key = 'k'.repeat(43);
const question = { key, camera: 'lent', stream: 'main', door: 'push' } as const;
const operator: PersonActor = {
  ...{
    kind: 'person',
    id: 'olga',
    name: 'Olga',
    roles: ['operator'],
    groups: [],
    session: 's',
    locked: false,
  },
};
let folder: ReturnType<typeof temporaryFolder>;
let open: OpenDatabase;
let views: ViewsService;
/** What is left of the grant of the private camera, ms. */
let leftMs: number;
let told: MediaGrant[];

beforeEach(async () => {
  folder = temporaryFolder();
  open = openDatabase(folder.dir);
  const clock = new TurnedClock();
  const record = new RecordService(open.db, clock);
  await record.load();
  const rights = new RightsService(open.db, clock, record, {
    ...{ cameraExists: () => true, onTile: () => [], showing: () => new Set<string>() },
  });
  await rights.load();
  await rights.seed();
  leftMs = 600_000;
  told = [];
  views = new ViewsService({
    ...{ db: open.db, clock, record, rights, log: createLogger('silent') },
    refusals: { note: () => undefined },
    permits: { permit: () => ({ ok: true, grant: 'g1', leftMs, about: {} }), used: async () => undefined },
    viewers: {
      find: () => ({ kind: 'person', name: 'Olga', actor: operator, only: null, leftMs: 3_600_000 }),
      keys: () => [key],
    },
    hides: () => null,
    mutes: () => null,
  });
  views.tell({ accessChanged: ({ grants = [] }) => void told.push(...grants) });
});
afterEach(async () => {
  await views.stop();
  await open.close();
  folder.remove();
});

test('a node that connects anew gets no view whose entry is not durable yet', async () => {
  const asked = views.ask(question);
  expect(views.table().grants).toEqual([]);
  expect(await asked).toEqual({ ok: true });
  expect(views.table().grants).toMatchObject([{ camera: 'lent', private: true, leftMs: 600_000 }]);
  expect(told).toHaveLength(1);
});

test('a grant that is to end sooner is told to the node, and nothing that would prolong it', async () => {
  await views.ask(question);
  views.recheck();
  expect(told).toHaveLength(1);
  leftMs = 2_000;
  views.recheck();
  views.recheck();
  expect(told.slice(1)).toMatchObject([{ id: told[0]?.id, leftMs: 2_000 }]);
  leftMs = 60_000;
  views.recheck();
  expect(told).toHaveLength(2);
});
