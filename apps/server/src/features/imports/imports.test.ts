import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  CameraInput,
  ImportInput,
  type CameraImport,
  type CameraImportPage,
  type Mask,
} from '@clerestory/protocol';
import { parseCameraNetworks } from '../../platform/addresses/networks.ts';
import { systemClock } from '../../platform/clock.ts';
import { openDatabase } from '../../platform/database.ts';
import { createLogger } from '../../platform/logging.ts';
import { temporaryFolder } from '../../testing/folder.ts';
import { until } from '../../testing/server.ts';
import { CameraService } from '../cameras/index.ts';
import { cameraStore } from '../cameras/store.ts';
import { ImportService } from './index.ts';

let folder: ReturnType<typeof temporaryFolder>;
let store: ReturnType<typeof openDatabase>;
let cameras: CameraService;
let imports: ImportService;
beforeEach(async () => {
  folder = temporaryFolder();
  await open();
});
afterEach(async () => {
  await close();
  folder.remove();
});
async function open() {
  store = openDatabase(folder.dir);
  const networks = parseCameraNetworks('private,public');
  cameras = new CameraService(store.db, systemClock, [], {
    networks,
    pushPorts: { from: 20_000, to: 20_099 },
  });
  await cameras.load();
  imports = new ImportService({
    db: store.db,
    clock: systemClock,
    log: createLogger('silent'),
    cameras,
    networks,
  });
}
async function close() {
  await imports.stop();
  await store.close();
}

async function look(input: object): Promise<CameraImport> {
  const made = await imports.create(ImportInput.parse({ format: 'csv', ...input }));
  if (!made.ok) throw new Error(made.problem.detail);
  return made.value;
}
function page(id: string, query: object = {}): CameraImportPage {
  const answer = imports.page(id, { limit: 500, ...query });
  if (!answer.ok) throw new Error(answer.problem.detail);
  return answer.value;
}
async function run(id: string): Promise<CameraImportPage> {
  imports.start(id);
  return until(() => {
    const now = page(id);
    return now.state !== 'running' && now;
  });
}

const list = `id;Camera name;street;Lat;Lng;RTSP URL;user;pass;tags
a1;Quay north;Quay 1;52,37;4.89;rtsp://10.1.0.1/live;viewer;s;harbour|crane
a2;"Quay
south";Quay 2;52.38;4.90;rtsp://10.1.0.2/live;;;
a3;No address;Quay 3;52.38;4.90;;;;
a4;Elsewhere;Quay 4;north;4.90;rtsp://10.1.0.4/live;;;
a5;Metadata;Quay 5;;;rtsp://169.254.169.254/live;;;
a6;File;Quay 6;;;file:///etc/passwd;;;
a1;Twin;Quay 7;;;rtsp://10.1.0.7/live;;;
a8;Login inside;Quay 8;;;rtsp://root:p%40ss@10.1.0.8/live;;;
a9;Far;Quay 9;95;4.9;rtsp://10.1.0.9/live;;;
`;

describe('CSV', () => {
  test('columns are recognised, each bad row says its line and what to do, nothing is written before the word', async () => {
    const made = await look({ text: list, list: 'city' });
    expect(made.mapping).toEqual({
      ...{ externalId: 'id', name: 'Camera name', place: 'street', latitude: 'Lat', longitude: 'Lng' },
      ...{ url: 'RTSP URL', username: 'user', password: 'pass', tags: 'tags' },
    });
    expect(made.counts).toEqual({ created: 2, updated: 0, unchanged: 0, refused: 7 });
    expect(page(made.id).rows.map(({ line, outcome, detail }) => `${line} ${outcome} ${detail}`)).toEqual([
      '2 created ',
      expect.stringMatching(/^4 refused its name: .*line breaks/),
      expect.stringMatching(/^5 refused it has no stream address: fill the column/),
      expect.stringMatching(/^6 refused its latitude or longitude is no number/),
      expect.stringMatching(/^7 refused .*metadata service/),
      expect.stringMatching(/^8 refused .*(not supported|address such as)/),
      expect.stringMatching(/^9 refused the same camera is in row 2 already/),
      '10 created ',
      expect.stringMatching(/^11 refused its latitude: from −90 to 90 degrees/),
    ]);
    expect(JSON.stringify(page(made.id))).not.toMatch(/10\.1\.0|p@ss|p%40ss|passwd/);
    expect(cameras.list()).toEqual([]);

    const done = await run(made.id);
    expect(done).toMatchObject({ state: 'done', done: 9, total: 9 });
    expect(cameras.list()).toMatchObject([
      { name: 'Quay north', place: 'Quay 1', latitude: 52.37, tags: ['harbour', 'crane'] },
      { name: 'Login inside' },
    ]);
    expect((await cameraStore.all(store.db))[1]?.source).toMatchObject({
      ...{ main: 'rtsp://10.1.0.8/live', username: 'root', password: 'p@ss' },
    });
  });

  test('a row with the address of a private camera makes no open one', async () => {
    const lent = CameraInput.parse({
      ...{ name: 'Shop', visibility: 'private', owner: 'olga' },
      source: { kind: 'rtsp', main: 'rtsp://10.1.0.1:554/live/' },
    });
    expect((await cameras.create(lent, 'lent')).ok).toBe(true);
    const done = await run((await look({ text: list, list: 'city' })).id);
    expect(done.rows[0]).toMatchObject({ line: 2, outcome: 'refused' });
    expect(done.rows[0]?.detail).toMatch(/that of a private camera/);
    expect(cameras.list().map(({ name }) => name)).toEqual(['Shop', 'Login inside']);
  });

  test('whatever of a row is not taken is told with the row', async () => {
    const many = Array.from({ length: 23 }, (_, n) => `t${n}`).join('|');
    const rows = [
      `a,Long,${'x'.repeat(130)},${'y'.repeat(70)},${many},,,rtsp://10.6.0.1/x,`,
      `b,Half,,,,52.3,,rtsp://10.6.0.2/x,`,
      `c,Still,,,,,,http://10.6.0.3/x.jpg,http://10.6.0.3/y.jpg`,
      `d,Sender,,,,,,tcp://u:p@10.6.0.4:5000,`,
      `e,Two logins,,,,,,rtsp://u:p@10.6.0.5/x,rtsp://v:q@10.6.0.5/y`,
      `f,Small login,,,,,,rtsp://10.6.0.6/x,rtsp://v:q@10.6.0.6/y`,
      `g,Word,,,${'t'.repeat(41)},,,rtsp://10.6.0.7/x,`,
      `h,Cell,${'z'.repeat(5_000)},,,,,rtsp://10.6.0.8/x,`,
      `i,Whole,${'x'.repeat(120)},,a|b,1,2,rtsp://10.6.0.9/x,`,
    ];
    const text = `id,name,place,district,tags,lat,lon,url,suburl\n${rows.join('\n')}`;
    const done = await run((await look({ text })).id);
    expect(done.rows.map(({ name, outcome, detail }) => `${name} ${outcome}: ${detail}`)).toEqual([
      'Long created: of its 23 tags the first 20 were taken; of its place the first 120 of 130 characters were taken; of its neighbourhood the first 60 of 70 characters were taken',
      'Half created: it has no longitude, so its place on the map was left out',
      'Still created: the address of its small stream was left out: still pictures have none',
      'Sender created: its login was left out: none is sent to an address of this kind (mpegts)',
      'Two logins created: it has more than one login; that of the columns, or else of its stream address, was taken',
      'Small login created: ',
      expect.stringMatching(/^Word refused: one of its tags: at most 40/),
      'Cell refused: its column "place" has more than 4096 characters: shorten it',
      'Whole created: ',
    ]);
    const source = (await cameraStore.all(store.db)).find(({ name }) => name === 'Small login')?.source;
    expect(source).toMatchObject({ username: 'v', password: 'q' });
  });

  test('a camera that is there already is known however its address is spelt, and named', async () => {
    const rtsp = (name: string, url: string) => `${name},${url}`;
    const text = (...rows: string[]) => `name,url\n${rows.join('\n')}`;
    await run((await look({ text: text(rtsp('Quay', 'rtsp://Cam-1.Example/live?a=1')), list: 'city' })).id);
    const [quay] = cameras.list();
    const spelt = [
      'rtsp://CAM-1.example/live?a=1',
      'rtsp://cam-1.example:554/live?a=1',
      'rtsp://cam-1.example./live/?a=1',
      'rtsp://u:p@cam-1.example//%6Cive?a=1&',
      'rtsp://cam-1.example/x/../live?a=1',
    ];
    for (const url of spelt) {
      // The same list means the same camera; another list names it.
      const again = await look({ text: text(rtsp('Quay', url)), list: 'city' });
      expect([url, again.counts.created, page(again.id).rows[0]?.camera]).toEqual([url, 0, quay?.id]);
      const other = await look({ text: text(rtsp('Pier', url)), list: 'port' });
      expect(page(other.id).rows[0]?.detail).toBe(
        `it shows the same stream as camera ${quay?.number} "Quay"`,
      );
    }
    const twice = await look({ text: text(rtsp('A', spelt[0] ?? ''), rtsp('B', spelt[1] ?? '')), list: 'x' });
    expect(page(twice.id).rows[1]).toMatchObject({
      outcome: 'refused',
      detail: expect.stringMatching(/row 2/),
    });
    // Controls: another stream of the device is another camera; what one may not see is not named.
    for (const url of [
      'rtsp://cam-1.example/live?a=2',
      'rtsp://cam-1.example:555/live?a=1',
      'rtsp://cam-1.example/LIVE?a=1',
    ])
      expect(page((await look({ text: text(rtsp('C', url)), list: 'x' })).id).rows[0]?.detail).toBe('');
    const blind = await imports.create(
      ImportInput.parse({ format: 'csv', text: text(rtsp('Pier', spelt[0] ?? '')), list: 'y' }),
      () => false,
    );
    expect(blind.ok && page(blind.value.id).rows[0]?.detail).toBe('');
    // By hand it is told too, once it is there; and a private camera's address is refused however it is spelt.
    const byHand = (main: string, more: object = {}) =>
      CameraInput.parse({ name: 'Again', source: { kind: 'rtsp', main }, ...more });
    expect(await cameras.create(byHand(spelt[1] ?? ''), 'again')).toMatchObject({
      value: { sameStream: [{ id: quay?.id, name: 'Quay' }] },
    });
    const lent = byHand('rtsp://cam-9.example/door', { name: 'Door', visibility: 'private', owner: 'olga' });
    await cameras.create(lent, 'lent');
    const copy = byHand('rtsp://CAM-9.example:554/./%64oor/');
    expect(await cameras.create(copy, 'copy')).toMatchObject({
      problem: { detail: expect.stringContaining('that of a private camera "Door"') },
    });
    expect(await cameras.create(copy, 'copy-2', 'test', () => false)).toMatchObject({
      problem: { detail: expect.stringContaining('that of a private camera, which') },
    });
  });

  test('the same list again changes nothing; a changed row changes its camera, by its id', async () => {
    await run((await look({ text: list, list: 'city' })).id);
    const [first] = cameras.list();
    await close();
    await open();
    const again = await look({ text: list, list: 'city' });
    expect(again.counts).toMatchObject({ created: 0, updated: 0, unchanged: 2 });
    await run(again.id);
    expect(cameras.list()).toHaveLength(2);
    expect(cameras.list()[0]?.revision).toBe(1);
    const mask: Mask = [
      [0, 0],
      [1, 0],
      [1, 0.5],
    ];
    await cameras.setMasks(first?.id ?? '', [mask], { base: null, key: 'm', by: 'test' }, () => ({
      ok: true,
      value: undefined,
    }));

    const changed = await look({ text: list.replace('Quay north', 'Quay NW'), list: 'city' });
    expect(changed.counts).toMatchObject({ updated: 1, unchanged: 1 });
    await run(changed.id);
    expect(cameras.list()).toMatchObject([
      // A list knows nothing of masks, and takes none away.
      { id: first?.id, number: first?.number, name: 'Quay NW', revision: 3, masks: [mask] },
      {},
    ]);
    // Another list may have the same ids.
    expect((await look({ text: list, list: 'port' })).counts).toMatchObject({ created: 2 });
  });

  test('numbers that are taken are refused by themselves', async () => {
    const rows = ['7', '7', '8'].map((number, n) => `${n},Cam ${n},${number},rtsp://10.2.0.${n}/x`);
    const done = await run((await look({ text: `id,name,number,url\n${rows.join('\n')}` })).id);
    expect(done.rows.map(({ outcome }) => outcome)).toEqual(['created', 'refused', 'created']);
    expect(done.rows[1]?.detail).toMatch(/Number 7 is in the list twice/);
  });

  test.each([
    ['id,name\n"a,b\n', /no valid CSV.*quotation mark/],
    ['id,name\na,b\n\nc,"d\ne,f\n', /row that begins on line 4/],
    ['id,url,name,url\na,rtsp://10.1.0.1/x,b,rtsp://10.1.0.2/x\n', /the column "url" twice/],
    [`id${',x'.repeat(200)}\na\n`, /more than 200 columns/],
    ['id,name\n', /no cameras in this file/],
  ])('a file that cannot be read as a whole: %j', async (text, words) => {
    await expect(look({ text })).rejects.toThrow(words);
  });

  test('a cell under no column refuses its row, and is not repeated: it may be an address', async () => {
    const text = 'id,name,url\na,Quay, north,rtsp://u:p@10.3.0.1/x\nb,Gate,rtsp://10.3.0.2/x,,\n';
    const { rows } = page((await look({ text })).id);
    expect(rows).toMatchObject([
      { line: 2, outcome: 'refused', detail: expect.stringMatching(/^it has 1 more cell than the first/) },
      { line: 3, outcome: 'created' },
    ]);
    expect(JSON.stringify(rows)).not.toContain('10.3.0.1');
  });

  test('columns can be chosen by hand, or be none', async () => {
    const text = 'what,where,stream\nGate,Yard,rtsp://10.3.0.1/x\n';
    expect(page((await look({ text })).id).rows[0]?.detail).toMatch(/its name: a name is needed/);
    const chosen = await look({ text, mapping: { name: 'what', place: null } });
    expect(chosen.mapping).toEqual({ name: 'what', url: 'stream' });
    expect(page(chosen.id).rows[0]?.name).toBe('Gate');
  });
});

describe('GeoJSON and JSON', () => {
  test('points, properties and ids', async () => {
    const feature = (id: number, name: string, coordinates: unknown) => ({
      ...{ type: 'Feature', id, properties: { name, url: `rtsp://10.4.0.${id}/x` } },
      geometry: { type: 'Point', coordinates },
    });
    const features = [feature(1, 'Bridge', [4.9, 52.4]), feature(2, 'Lost', ['x', null]), 7];
    const text = JSON.stringify({ type: 'FeatureCollection', features });
    const made = await look({ text, format: 'geojson' });
    expect(page(made.id).rows.map(({ line, outcome }) => [line, outcome])).toEqual([
      [1, 'created'],
      [2, 'refused'],
      [3, 'refused'],
    ]);
    await run(made.id);
    expect(cameras.list()).toMatchObject([{ name: 'Bridge', latitude: 52.4, longitude: 4.9 }]);
    await expect(look({ text: '{"a":1}', format: 'geojson' })).rejects.toThrow(/no GeoJSON/);
    await expect(look({ text: '{', format: 'json' })).rejects.toThrow(/not valid JSON/);
  });

  test('what a value is that is no text, and a list too deep, are told', async () => {
    const url = 'rtsp://10.5.0.9/x';
    const wide = Object.fromEntries(Array.from({ length: 201 }, (_, n) => [`p${n}`, n]));
    const text = JSON.stringify([
      { name: 'A', place: { street: 'x' }, url },
      'no camera',
      { ...wide, name: 'B' },
    ]);
    expect(page((await look({ text, format: 'json' })).id).rows).toMatchObject([
      { outcome: 'created', detail: 'its column "place" holds more than text, which was left out' },
      { line: 2, outcome: 'refused', detail: expect.stringMatching(/^it is no camera/) },
      { line: 3, outcome: 'refused', detail: expect.stringMatching(/more than 200 properties/) },
    ]);
    const deep = JSON.stringify({ a: { b: { c: { d: { e: { f: { g: [{ name: 'A', url }] } } } } } } });
    await expect(look({ text: deep, format: 'json' })).rejects.toThrow(/more than 6 groups deep/);
  });

  test('lists within groups: the groups become columns', async () => {
    const text = JSON.stringify({
      Alabama: {
        Mobile: [{ description: 'I-10', latitude: 30.5, longitude: -88.2, url: 'rtsp://10.5.0.1/x' }],
      },
    });
    const made = await look({ text, format: 'json' });
    expect(made.mapping).toMatchObject({ name: 'description', neighbourhood: 'group 2' });
    await run(made.id);
    expect(cameras.list()).toMatchObject([{ name: 'I-10', neighbourhood: 'Mobile', latitude: 30.5 }]);
  });
});

test('10 000 rows: cancelled in the midst, what is written stays, and the rest follows', async () => {
  const rows = Array.from(
    { length: 10_000 },
    (_one, n) => `c${n},Camera ${n},rtsp://10.9.${n >> 8}.${n & 255}/x`,
  );
  const made = await look({ text: `id,name,url\n${rows.join('\n')}` });
  expect(made.counts.created).toBe(10_000);
  imports.start(made.id);
  await until(() => page(made.id, { limit: 1 }).done > 200);
  imports.cancel(made.id);
  const cut = await until(() => {
    const now = page(made.id, { limit: 1 });
    return now.state === 'cancelled' && now;
  });
  expect(cut.done).toBeLessThan(10_000);
  expect(cameras.list()).toHaveLength(cut.done);
  const done = await run(made.id);
  expect(done).toMatchObject({ state: 'done', done: 10_000 });
  expect(new Set(cameras.list().map(({ number }) => number)).size).toBe(10_000);
  expect(page(made.id, { cursor: '9999' })).toMatchObject({ next: null, rows: [{ line: 10_001 }] });
  await expect(look({ text: `id,name,url\n${rows.join('\n')}\nx,y,rtsp://10.9.9.9/x` })).rejects.toThrow(
    /more than 10000/,
  );
}, 60_000);
