import fc from 'fast-check';
import { LayoutId, type Assignment, type Command, type Screen, type WallState } from '@clerestory/protocol';
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
const layout = fc.constantFrom(...LayoutId.options);
const smallLayout = fc.constantFrom<LayoutId>('1', '4', '1+5', 'p2');
const name = fc.constantFrom('North', 'South', 'Left', 'Right', '門');
const why = fc.record({
  kind: fc.constant('standing' as const),
  purpose: fc.constantFrom('General monitoring', 'School run'),
});
/** Mostly tiles that small layouts have, now and then any that the protocol takes. */
const tile = fc.oneof({ weight: 15, arbitrary: fc.nat(3) }, { weight: 1, arbitrary: fc.nat(63) });
const tileRef = fc.record({ screen: screenId, tile });

/** Any command of the protocol; tile commands most often, as in life. */
export const command: fc.Arbitrary<Command> = fc.oneof(
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

const assignment: fc.Arbitrary<Assignment> = fc.record({
  camera,
  by: fc.constantFrom('ada', 'grace'),
  at: fc.nat(),
  why,
  until: fc.option(fc.nat()),
});
/** Keys that the schema takes: tile indexes, and some that no version of ours writes. */
const tileKey = fc.oneof(
  { weight: 9, arbitrary: tile.map(String) },
  { weight: 1, arbitrary: fc.constantFrom('64', '-1', '01', 'x', 'constructor') },
);
const screen: fc.Arbitrary<Screen> = fc.record({
  id: screenId,
  name,
  layout,
  tiles: fc.dictionary(tileKey, assignment, { maxKeys: 6 }),
  changedAt: fc.integer({ min: -2, max: 6 }),
  tileChangedAt: fc.dictionary(tileKey, fc.integer({ min: -2, max: 12 }), { maxKeys: 6 }),
});

/** Any wall that the schema lets through, also such as our own rules would never make (one screen twice). */
export const wall: fc.Arbitrary<WallState> = fc.record({
  id: fc.constant('main'),
  name,
  sequence: fc.integer({ min: 4, max: 12 }),
  screens: fc.array(screen, { maxLength: 5, size: 'max' }),
});
