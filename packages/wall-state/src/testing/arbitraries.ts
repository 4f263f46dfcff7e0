import fc from 'fast-check';
import {
  NamedLayoutId,
  type Applied,
  type Assignment,
  type Command,
  type Control,
  type LayoutId,
  type Scene,
  type SceneKey,
  type SceneTile,
  type Schedule,
  type Screen,
  type TileRef,
  type WallState,
} from '@clerestory/protocol';
import { cameras } from './stage.ts';

/** Small pools, so that commands meet each other and things that are there. `lost` names nothing. */
const screenId = fc.oneof(
  { weight: 16, arbitrary: fc.constantFrom('north', 'south') },
  { weight: 3, arbitrary: fc.constant('west') },
  { weight: 1, arbitrary: fc.constant('lost') },
);
const camera = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...cameras) },
  { weight: 1, arbitrary: fc.constant('nowhere') },
);
const layout = fc.constantFrom<LayoutId>(...NamedLayoutId.options);
const smallLayout = fc.constantFrom<LayoutId>('1', '4', '1+5', 'p2');
const name = fc.constantFrom('North', 'South', 'Left', 'Right', '門');
const why = fc.record({
  kind: fc.constant('standing' as const),
  purpose: fc.constantFrom('General monitoring', 'School run'),
});
/** Mostly tiles that small layouts have, now and then any that the protocol takes. */
const tile = fc.oneof({ weight: 15, arbitrary: fc.nat(3) }, { weight: 1, arbitrary: fc.nat(63) });
const tileRef = fc.record({ screen: screenId, tile });

const sceneId = fc.constantFrom('night', 'day');
const dwellS = fc.constantFrom(3, 10);
const sceneKey = fc.constantFrom<SceneKey | null>('F1', 'F2', null);
const place = fc.record({
  x: fc.nat(200),
  y: fc.nat(200),
  width: fc.constantFrom(60, 100),
  height: fc.constant(60),
});
const oneOrMore = <T>(one: fc.Arbitrary<T>) => fc.uniqueArray(one, { minLength: 1, maxLength: 3 });
const tourScenes = fc.constantFrom<string[]>(['night', 'day'], ['night', 'night'], ['day', 'day']);
const is = <T extends string>(type: T) => fc.constant(type);

/** What came with scenes, tours and control; those that take something back need what the writer has kept. */
const arranging: readonly fc.Arbitrary<Command>[] = [
  fc.record({
    type: is('tile:tour'),
    screen: screenId,
    tile,
    cameras: fc.uniqueArray(camera, { minLength: 2, maxLength: 3 }),
    dwellS,
  }),
  fc.record({ type: is('tile:tour-pause'), screen: screenId, tile, paused: fc.boolean() }),
  fc.record({ type: is('tile:back'), screen: screenId, tile }),
  fc.record({ type: is('tile:forward'), screen: screenId, tile }),
  fc.record({
    type: is('screen:fill'),
    screen: screenId,
    cameras: fc.array(camera, { minLength: 1, maxLength: 3 }),
    mode: fc.constantFrom('replace' as const, 'free' as const),
  }),
  fc.record({ type: is('screen:tour'), screen: screenId, scenes: tourScenes, dwellS }),
  fc.record({ type: is('screen:tour-pause'), screen: screenId, paused: fc.boolean() }),
  fc.record({ type: is('screen:tour-end'), screen: screenId }),
  fc.record({ type: is('screen:blank'), screens: oneOrMore(screenId), blank: fc.boolean() }),
  fc.record({
    type: is('screen:place'),
    places: oneOrMore(fc.record({ screen: screenId, place: fc.option(place) })),
  }),
  fc.record({ type: is('scene:save'), scene: sceneId, name, key: sceneKey, screens: oneOrMore(screenId) }),
  fc.record({ type: is('scene:rename'), scene: sceneId, name, key: sceneKey }),
  fc.record({ type: is('scene:remove'), scene: sceneId }),
  fc.record({ type: is('scene:apply'), scene: sceneId }),
  fc.record({
    type: is('scene:revert'),
    applied: fc.integer({ min: 1, max: 60 }),
    since: fc.constantFrom('refuse' as const, 'keep' as const, 'overwrite' as const),
  }),
  fc.record({ type: is('step:undo') }),
  fc.record({ type: is('step:redo') }),
  fc.record({ type: is('control:take') }),
  fc.record({ type: is('control:give') }),
  fc.record({ type: is('control:expire') }),
  fc.record({ type: is('hot-spot:set'), at: fc.option<TileRef>(tileRef) }),
  fc.record({ type: is('hot-spot:show'), camera }),
  fc.record({ type: is('visitors:hide') }),
  fc.record({ type: is('visitors:show') }),
  fc.record({
    type: is('schedule:set'),
    schedule: fc.constantFrom('early', 'late'),
    scene: sceneId,
    days: fc.constant<number[]>([1, 2]),
    time: fc.constantFrom('07:00', '19:30'),
    zone: fc.constant('Europe/London'),
    revertAfterMin: fc.constantFrom(null, 30),
  }),
  fc.record({ type: is('schedule:remove'), schedule: fc.constantFrom('early', 'late') }),
  fc.record({
    type: is('schedule:note'),
    schedule: fc.constantFrom('early', 'late'),
    dueAt: fc.nat(20),
    outcome: fc.constant('applied'),
  }),
  fc.record({ type: is('tours:hold'), why: fc.constantFrom('Alarm', 'Gunshot', null) }),
  fc.record({ type: is('tours:alert'), alert: fc.nat(2), why: fc.constantFrom('Alarm', null) }),
];

/** Any command of the protocol; tile commands most often, as in life. */
export const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 20, arbitrary: fc.oneof(...arranging) },
  // What needs the right moment comes more often, so that it meets it.
  {
    weight: 12,
    arbitrary: fc.oneof(...arranging.slice(2, 6), ...arranging.slice(12, 17), ...arranging.slice(21, 22)),
  },
  {
    weight: 30,
    arbitrary: fc.record(
      { type: fc.constant('tile:assign' as const), screen: screenId, tile, camera, why },
      { requiredKeys: ['type', 'screen', 'tile', 'camera'] },
    ),
  },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('tile:clear' as const), screen: screenId, tile }) },
  { weight: 24, arbitrary: fc.record({ type: fc.constant('tile:swap' as const), a: tileRef, b: tileRef }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('screen:clear' as const), screen: screenId }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('screen:layout' as const),
      screen: screenId,
      layout: smallLayout,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant('screen:create' as const), screen: screenId, name, layout }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant('screen:rename' as const), screen: screenId, name }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('screen:remove' as const), screen: screenId }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('wall:rename' as const), name }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('camera:forget' as const), camera }) },
);

const pausedAt = fc.option(fc.nat(30));
const tour = fc.record({
  cameras: fc.uniqueArray(camera, { minLength: 1, maxLength: 3 }),
  dwellS,
  startedAt: fc.nat(30),
  pausedAt,
});
const assignment: fc.Arbitrary<Assignment> = fc.record(
  {
    camera,
    by: fc.constantFrom('ada', 'grace'),
    at: fc.nat(),
    why,
    until: fc.option(fc.nat()),
    tour,
  },
  { requiredKeys: ['camera', 'by', 'at', 'why', 'until'] },
);
const sceneTile: fc.Arbitrary<SceneTile> = fc.record(
  {
    camera,
    why,
    tour: fc.record({ cameras: fc.uniqueArray(camera, { minLength: 1, maxLength: 3 }), dwellS }),
  },
  { requiredKeys: ['camera', 'why'] },
);
const memory = fc.record({
  back: fc.array(sceneTile, { maxLength: 2 }),
  forward: fc.array(sceneTile, { maxLength: 2 }),
});
/** Keys that the schema takes: tile indexes, and some that no version of ours writes. */
const tileKey = fc.oneof(
  { weight: 9, arbitrary: tile.map(String) },
  { weight: 1, arbitrary: fc.constantFrom('64', '-1', '01', 'x', 'constructor') },
);
const screen: fc.Arbitrary<Screen> = fc.record(
  {
    id: screenId,
    name,
    layout,
    tiles: fc.dictionary(tileKey, assignment, { maxKeys: 6 }),
    changedAt: fc.integer({ min: -2, max: 6 }),
    tileChangedAt: fc.dictionary(tileKey, fc.integer({ min: -2, max: 12 }), { maxKeys: 6 }),
    place,
    tour: fc.record({ scenes: fc.constant(['night', 'day']), dwellS, startedAt: fc.nat(30), pausedAt }),
    blank: fc.record({ who: name, since: fc.nat(30) }),
    memory: fc.dictionary(tile.map(String), memory, { maxKeys: 4 }),
  },
  { requiredKeys: ['id', 'name', 'layout', 'tiles', 'changedAt', 'tileChangedAt'] },
);
const scene: fc.Arbitrary<Scene> = fc.record({
  id: sceneId,
  name,
  key: sceneKey,
  screens: fc.array(
    fc.record({ screen: screenId, layout, tiles: fc.dictionary(tileKey, sceneTile, { maxKeys: 5 }) }),
    { maxLength: 3 },
  ),
  savedBy: name,
  savedAt: fc.nat(30),
  changedAt: fc.integer({ min: -2, max: 6 }),
});
const applied: fc.Arbitrary<Applied> = fc.record({
  sequence: fc.integer({ min: 1, max: 12 }),
  scene: sceneId,
  name,
  by: fc.constantFrom('ada', 'grace'),
  who: name,
  at: fc.nat(30),
  screens: fc.array(screenId, { maxLength: 2 }),
});
/** Around the time of the tests' clock, so that it has run out, or not. */
const control: fc.Arbitrary<Control> = fc.record({
  by: fc.constantFrom('ada', 'grace'),
  name,
  since: fc.nat(30),
  until: fc.constantFrom(30, 1_767_225_600_000 + 60_000),
});
const schedule: fc.Arbitrary<Schedule> = fc.record({
  schedule: fc.constantFrom('early', 'late'),
  scene: sceneId,
  days: fc.constant([1, 2]),
  time: fc.constantFrom('07:00', '19:30'),
  zone: fc.constant('Europe/London'),
  revertAfterMin: fc.constantFrom(null, 30),
  setBy: name,
  doneUntil: fc.nat(30),
  last: fc.constant(null),
});

/** Any wall that the schema lets through, also such as our own rules would never make (one screen twice). */
export const wall: fc.Arbitrary<WallState> = fc.record(
  {
    id: fc.constant('main'),
    name,
    sequence: fc.integer({ min: 4, max: 12 }),
    screens: fc.array(screen, { maxLength: 5, size: 'max' }),
    scenes: fc.uniqueArray(scene, { minLength: 1, maxLength: 2, selector: ({ id }) => id }),
    applied: fc.array(applied, { minLength: 1, maxLength: 2 }),
    control,
    hotSpot: fc.record({ screen: screenId, tile, by: fc.constantFrom('ada', 'grace'), name }),
    visitors: fc.record({ by: name, name, since: fc.nat(30) }),
    schedules: fc.uniqueArray(schedule, { minLength: 1, maxLength: 2, selector: (one) => one.schedule }),
    toursHeld: fc.record(
      { since: fc.nat(30), why: fc.constantFrom('Alarm', 'Gunshot'), alert: fc.nat(2) },
      { requiredKeys: ['since', 'why'] },
    ),
  },
  { requiredKeys: ['id', 'name', 'sequence', 'screens'] },
);
