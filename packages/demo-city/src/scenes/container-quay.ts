import { boat, boatPaint, workBoat } from '../kit/boats.ts';
import { hex, plainLook, type Rgb } from '../kit/colour.ts';
import { flow, traffic, crowd } from '../kit/flows.ts';
import { streetLamp } from '../kit/furniture.ts';
import { wave, type Layer } from '../kit/layers.ts';
import { concrete, corrugated, paint, water, zones } from '../kit/materials.ts';
import { Model } from '../kit/model.ts';
import { somePerson } from '../kit/people.ts';
import { pick, type Random } from '../kit/random.ts';
import { asphalt, lineAlong, marked } from '../kit/roads.ts';
import type { SceneBuilder } from '../kit/scene.ts';
import { castShadow } from '../kit/shadows.ts';
import { beam, box, prism, type Solid } from '../kit/solids.ts';
import { boxTruck } from '../kit/large-vehicle-models.ts';
import type { Vec } from '../kit/view.ts';
import { ripple } from '../kit/weather.ts';

const boxColours: readonly Rgb[] = [
  '#a33b2e',
  '#27557a',
  '#3d7a52',
  '#c77a2c',
  '#8a8d90',
  '#b9a04a',
  '#5a3f63',
  '#2e6f78',
  '#b9c0c2',
  '#7c2f35',
].map((t) => hex(t));
const [boxW, boxH, boxL] = [2.44, 2.59, 12.2];
const quayX = 17;

/** Rows of stacked containers. */
function stacks(random: Random, x: number, z: number, rows: number, tiers: number, bays: number): Solid[] {
  const list: Solid[] = [];
  for (let bay = 0; bay < bays; bay++)
    for (let row = 0; row < rows; row++) {
      const high = Math.max(1, Math.round(tiers * (0.45 + 0.65 * random())));
      for (let tier = 0; tier < high; tier++)
        list.push(
          box({
            x: x + row * (boxW + 0.25),
            z: z + bay * (boxL + 0.6),
            y: tier * boxH,
            w: boxW,
            h: boxH - 0.02,
            d: boxL,
            material: corrugated(pick(random, boxColours)),
          }),
        );
    }
  return list;
}

/** A ship-to-shore crane: portal, boom over the ship, stays. */
function crane(z: number, colour: Rgb): Solid[] {
  const steel = paint(colour, 0.18);
  const top = 33;
  const [land, sea] = [quayX - 19, quayX - 3.5];
  const list: Solid[] = [];
  for (const x of [land, sea])
    for (const dz of [-8, 8]) {
      list.push(beam([x, 0, z + dz], [x, top, z + dz * 0.82], 1.15, steel));
      list.push(box({ x, z: z + dz, w: 1.6, h: 1.6, d: 4, material: paint(hex('#33373a')) }));
    }
  for (const dz of [-8, 8]) {
    list.push(beam([land, 12, z + dz * 0.95], [sea, 12, z + dz * 0.95], 0.9, steel));
    list.push(beam([land, 12, z + dz * 0.95], [sea, top, z + dz * 0.82], 0.55, steel));
  }
  for (const x of [land, sea])
    list.push(
      beam([x, 12, z - 7.7], [x, 12, z + 7.7], 0.9, steel),
      beam([x, top, z - 6.6], [x, top, z + 6.6], 0.9, steel),
    );
  const boomY = top + 1;
  for (const dz of [-2.2, 2.2]) {
    list.push(beam([land - 14, boomY, z + dz], [quayX + 38, boomY, z + dz], 0.8, steel, 1.3));
    list.push(beam([sea, top, z + dz], [sea - 3, top + 17, z], 0.7, steel));
    list.push(beam([sea - 3, top + 17, z], [quayX + 33, boomY + 0.6, z + dz], 0.28, steel));
    list.push(beam([sea - 3, top + 17, z], [quayX + 15, boomY + 0.6, z + dz], 0.28, steel));
    list.push(beam([sea - 3, top + 17, z], [land - 12, boomY + 0.6, z + dz], 0.28, steel));
  }
  list.push(
    box({ x: land - 5, z, y: boomY + 0.6, w: 10, h: 4, d: 5.5, material: corrugated(hex('#d8d8d2')) }),
  );
  return list;
}

/** The ship alongside: hull, deck cargo, bridge. */
function ship(random: Random): Solid[] {
  const side = paint(hex('#24384a'), 0.3);
  const list: Solid[] = [
    box({ x: quayX + 18, z: 92, y: -4, w: 31, h: 4, d: 180, material: paint(hex('#7b2f28'), 0.3) }),
    box({ x: quayX + 18, z: 92, y: 0, w: 31.6, h: 9, d: 184, material: side, top: paint(hex('#6d5a4c')) }),
    prism({
      outline: [
        [-15.8, 0],
        [15.8, 0],
        [15.8, 9],
        [-15.8, 9],
      ],
      x: quayX + 18,
      z: -4,
      length: 10,
      material: side,
    }),
    box({ x: quayX + 18, z: 158, y: 9, w: 28, h: 26, d: 14, material: paint(hex('#e4e2da')) }),
    box({ x: quayX + 18, z: 158, y: 30, w: 34, h: 3, d: 12, material: paint(hex('#2b3740')) }),
  ];
  for (const [z, bays] of [
    [14, 2],
    [46, 3],
    [92, 3],
  ] as const) {
    for (let bay = 0; bay < bays; bay++)
      for (let row = 0; row < 11; row++) {
        const tiers = 2 + Math.floor(random() * 4);
        list.push(
          box({
            x: quayX + 4.6 + row * 2.6,
            z: z + bay * 13,
            y: 9,
            w: 2.5,
            h: tiers * boxH,
            d: boxL,
            material: stackOf(random),
          }),
        );
      }
  }
  return list;
}

/** Several containers on top of one another in one body: one colour a tier. */
function stackOf(random: Random) {
  const tiers = Array.from({ length: 8 }, () => corrugated(pick(random, boxColours)));
  return (p: Parameters<(typeof tiers)[0]>[0]) => {
    const tier = Math.min(7, Math.floor(p.v / boxH));
    const [v, length] = [p.v, p.lengthV];
    if (Math.abs(p.ny) < 0.5) {
      p.v = v % boxH;
      p.lengthV = boxH;
    }
    (tiers[tier] as (typeof tiers)[0])(p);
    [p.v, p.lengthV] = [v, length];
  };
}

/** The crane's trolley carries a container from ship to quay and goes back for the next. */
function hoist(z: number): Layer {
  const load = new Model().box([-boxW / 2, 0, -boxL / 2], [boxW / 2, boxH, boxL / 2], 0);
  const spreader = new Model().box([-1.1, 0, -6], [1.1, 0.5, 6], 1);
  const trolley = new Model().box([-2.4, 0, -2.4], [2.4, 1, 2.4], 2);
  const palette = [{ colour: hex('#c77a2c') }, { colour: hex('#d8b32a') }, { colour: hex('#3a3f44') }];
  const smooth = (t: number) => (t <= 0 ? 0 : t >= 1 ? 1 : t * t * (3 - 2 * t));
  const at = (time: number) => {
    const [ship, shore] = [quayX + 12, quayX - 11];
    const over = smooth((time - 4) / 5) - smooth((time - 14) / 5);
    const low =
      1 -
      smooth(time / 3.5) +
      smooth((time - 9.5) / 3) * (1 - smooth((time - 13) / 2.5)) +
      smooth((time - 17) / 3);
    const x = ship + (shore - ship) * over;
    const floor = over > 0.5 ? 2.6 : 14;
    return { x, y: 29 - (29 - floor) * Math.min(1, low), loaded: time < 12.6 };
  };
  return {
    under: (stage) => {
      const { x, y, loaded } = at(stage.time);
      stage.lightAt(x, 0, z);
      if (loaded && x < quayX) castShadow(stage, { x, y: 0, z, w: boxW, d: boxL, h: Math.min(y, 9), yaw: 0 });
    },
    things: (stage) => {
      const { x, y, loaded } = at(stage.time);
      stage.sunlit = 1;
      const sway = wave(stage, 7) * 0.01;
      trolley.draw(stage, { x, y: 33.4, z, yaw: 0 }, palette);
      spreader.draw(stage, { x: x + sway, y: y + boxH, z, yaw: sway }, palette);
      if (loaded) load.draw(stage, { x: x + sway, y, z, yaw: sway }, palette);
      for (const [dx, dz] of [
        [-1, -5],
        [1, -5],
        [-1, 5],
        [1, 5],
      ] as const) {
        const cable = new Model().box([-0.06, 0, -0.06], [0.06, 33.4 - y - boxH, 0.06], 2);
        cable.draw(stage, { x: x + dx, y: y + boxH, z: z + dz * 0.4, yaw: 0 }, palette);
      }
    },
  };
}

/** A container terminal at noon: cranes at work on a ship, trucks between the stacks. */
export const containerQuay: SceneBuilder = (random) => {
  const yard = marked(
    asphalt({ colour: hex('#82807a'), tracks: [-11, -9, -5, -3] }),
    [
      lineAlong(-13, 0.2, -40, 200),
      lineAlong(-7, 0.2, -40, 200, 4, 4),
      lineAlong(-1, 0.2, -40, 200),
      lineAlong(quayX - 3.5, 0.3, -40, 240),
      lineAlong(quayX - 19, 0.3, -40, 240),
    ],
    hex('#d9c34a'),
  );
  const ground = zones([{ where: (x) => x < quayX, material: yard }], water(hex('#24505c'), 0.5));
  const solids: Solid[] = [
    ...stacks(random, -37, 12, 8, 5, 7),
    ...stacks(random, -66, 16, 7, 5, 6),
    ...crane(38, hex('#c8442f')),
    ...crane(92, hex('#2e6a9a')),
    ...crane(150, hex('#c8442f')),
    ...ship(random),
    box({ x: quayX - 0.5, z: 80, w: 1, h: 0.5, d: 260, material: concrete(hex('#c9c2ae'), 2) }),
    ...[16, 60].flatMap((z) => streetLamp({ x: -15.5, z, heightM: 18, armM: 0.5, on: false }).solids),
  ];
  const truck = () => ({
    shape: boxTruck,
    body: pick(random, [hex('#e6e6e2'), hex('#c8442f'), hex('#e0b040')]),
    second: pick(random, boxColours),
    inside: 0,
  });
  const lane = (x: number, way: 1 | -1, starts: number[]) =>
    flow(random, {
      points:
        way > 0
          ? [
              [x, 0, -50],
              [x, 0, 190],
            ]
          : [
              [x, 0, 190],
              [x, 0, -50],
            ],
      starts,
      speedMps: 7.5,
      vehicle: truck,
    });
  const vest = (): { coat: Rgb; hat: Rgb } => ({ coat: hex('#e8782a'), hat: hex('#f0e8c8') });
  const way: Vec[] = [
    [3, 0, 2],
    [1, 0, 60],
  ];
  return {
    view: { from: [-17, 15, -24], at: [5, 9.5, 36], fov: 66 },
    environment: {
      sun: [-0.5, 0.66, -0.5],
      sunColour: [1, 0.95, 0.86],
      sunPower: 2.7,
      zenith: hex('#3a74bb', 0.95),
      horizon: hex('#bfd6e8', 1),
      glow: [0.4, 0.36, 0.3],
      bounce: [0.26, 0.25, 0.23],
      clouds: { cover: 0.46, bright: [1.3, 1.28, 1.25], dark: [0.6, 0.64, 0.7] },
      fog: { colour: hex('#b4c9da', 0.9), perM: 0.0013 },
      skyline: [{ height: 0.05, colour: hex('#7f93a3', 0.9), shape: 'hills' }],
    },
    look: { ...plainLook, exposure: 0.84 },
    solids,
    ground: { y: 0, material: ground },
    layers: [
      ripple(1, 14),
      boat({
        model: workBoat(16),
        palette: boatPaint('#20303c', '#d8792c'),
        way: [
          [62, 0, -20],
          [64, 0, 60],
          [90, 0, 200],
        ],
        speedMps: 5,
        waterY: 0,
        lengthM: 16,
      }),
      traffic([lane(-10, 1, [1, 8.4, 15]), lane(-4, -1, [3, 12])]),
      crowd([
        { person: somePerson(random, vest()), way, speedMps: 1.4 },
        { person: somePerson(random, vest()), way: [[5.5, 0, 14]], yaw: 2 },
        { person: somePerson(random, vest()), way: [[6.4, 0, 14.6]], yaw: -2 },
      ]),
      hoist(38),
    ],
  };
};
