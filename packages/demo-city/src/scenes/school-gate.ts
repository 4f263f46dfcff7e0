import { hex, plainLook } from '../kit/colour.ts';
import { facade } from '../kit/facades.ts';
import { crowd, flow, passersBy, traffic, type Walker } from '../kit/flows.ts';
import { bin, hedge, railing, streetLamp, tree } from '../kit/furniture.ts';
import type { Layer } from '../kit/layers.ts';
import { brick, concrete, grass, paint, paving, rooftiles, zones } from '../kit/materials.ts';
import { panel, tube } from '../kit/model.ts';
import { drawPerson, shadePerson, somePerson, type Person } from '../kit/people.ts';
import { pick, type Random } from '../kit/random.ts';
import { asphalt, lineAcross, marked, zebra } from '../kit/roads.ts';
import type { SceneBuilder } from '../kit/scene.ts';
import { box, column, gable, type Solid } from '../kit/solids.ts';
import type { Vec } from '../kit/view.ts';
import { sway } from '../kit/weather.ts';
import { loopS } from '../loop.ts';

const bright = ['#d83a34', '#2f6fc0', '#e8b02e', '#3a9a5a', '#8a4aa8', '#e87a2e', '#28a0b0'].map((t) =>
  hex(t),
);
const child = (random: Random): Person =>
  somePerson(random, {
    height: 1.12 + random() * 0.3,
    coat: pick(random, bright),
    bag: null,
    hat: random() < 0.3 ? pick(random, bright) : null,
  });

/** Cars wait while the guard stands on the crossing. */
const guarded = (t: number) => t > 3 && t < 12.5;

/** A school's gate in the morning: children, parents, a guard at the crossing. */
export const schoolGate: SceneBuilder = (random) => {
  const road = marked(
    asphalt({ colour: hex('#66655f') }),
    [
      lineAcross(6, 0.14, -80, -4, 2.5, 2.5),
      lineAcross(6, 0.14, 5, 80, 2.5, 2.5),
      zebra(-1.6, 2.4, 2.6, 9.4, false),
      (x, z) =>
        z > 2.7 &&
        z < 9.3 &&
        ((x > 7 && x < 17) || (x > -17 && x < -8)) &&
        (Math.abs(z - 2.95) < 0.08 ||
          Math.abs(z - 9.05) < 0.08 ||
          Math.abs(((((x + z) % 3.4) + 3.4) % 3.4) - 1.7) < 0.07),
    ],
    hex('#dcd3a8'),
  );
  const ground = zones(
    [
      { where: (_x, z) => z > 2.5 && z < 9.5, material: road },
      {
        where: (_x, z) => (z > 2.2 && z <= 2.5) || (z >= 9.5 && z < 9.8),
        material: concrete(hex('#c4beb2'), 0),
      },
      { where: (_x, z) => z <= 2.2 || (z >= 9.8 && z < 15), material: paving(hex('#aaa298'), 0.6) },
      { where: (x, z) => x > -5 && x < 6 && z >= 15 && z < 34, material: paving(hex('#b5a58f'), 0.9) },
    ],
    grass(hex('#6a8a3f')),
  );
  const stone = hex('#b96a4f');
  const wall = brick(hex('#a8644c'));
  const solids: Solid[] = [
    box({
      x: 0,
      z: 41,
      w: 42,
      h: 10.5,
      d: 13,
      material: facade({
        wall: stone,
        bricks: true,
        bayM: 3,
        windowW: 1.9,
        windowH: 2.1,
        floorM: 3.6,
        lit: 0.3,
        litPower: 0.8,
        bands: true,
      }),
    }),
    gable({
      x: 0,
      z: 41,
      y: 10.5,
      w: 13,
      length: 43,
      rise: 5,
      yaw: Math.PI / 2,
      material: rooftiles(hex('#5f5550')),
      ends: paint(stone),
    }),
    box({
      x: 0,
      z: 33,
      w: 9,
      h: 12.5,
      d: 5,
      material: facade({
        wall: hex('#d8cbb0'),
        bayM: 2.8,
        windowW: 1.7,
        windowH: 2.4,
        floorM: 3.8,
        lit: 0.5,
        footM: 3.2,
      }),
    }),
    gable({
      x: 0,
      z: 33,
      y: 12.5,
      w: 9,
      length: 5.4,
      rise: 4,
      material: rooftiles(hex('#5f5550')),
      ends: paint(hex('#d8cbb0')),
    }),
    column({ x: 0, z: 36, y: 15.5, h: 3.6, r: 1.1, sides: 8 }, paint(hex('#e4ddcc'))),
    column({ x: 0, z: 36, y: 19.1, h: 3, r: 1.5, top: 0.05, sides: 8 }, paint(hex('#4f6d60'))),
    // Wall, railings and gate posts along the pavement.
    ...[
      [-22, -3.2],
      [4.2, 24],
    ].flatMap(([a = 0, b = 0]) => [
      box({
        x: (a + b) / 2,
        z: 15.2,
        w: b - a,
        h: 0.75,
        d: 0.4,
        material: wall,
        top: concrete(hex('#c4beb2')),
      }),
      ...railing([a, 0.75, 15.2], [b, 0.75, 15.2], 1.05, 1.1, paint(hex('#2f4a3d'))),
    ]),
    ...[-3, 4].flatMap((x) => [
      box({ x, z: 15.2, w: 0.8, h: 2.7, d: 0.8, material: wall }),
      box({ x, z: 15.2, y: 2.7, w: 1, h: 0.25, d: 1, material: concrete(hex('#c4beb2')) }),
    ]),
    ...tree(random, -10, 18.5, 9, hex('#c08a2c')),
    ...tree(random, 11.5, 19, 9.5, hex('#b5702a')),
    ...tree(random, -17, 25, 10, hex('#8f8f38')),
    ...tree(random, 19, 27, 10, hex('#c79a34')),
    ...tree(random, -12.5, 11.6, 7, hex('#c79a34')),
    ...hedge(-13, 16.6, 14, true, hex('#55703a')),
    ...hedge(14, 16.6, 15, true, hex('#55703a')),
    bin(5.4, 13.8),
    ...streetLamp({ x: 7.2, z: 10.6, armYaw: Math.PI, heightM: 7, on: false }).solids,
    box({ x: -6.4, z: 10.2, y: 0, w: 0.09, h: 2.9, d: 0.09, material: paint(hex('#8a8f92')) }),
    box({
      x: -6.4,
      z: 10.12,
      y: 2.2,
      w: 0.8,
      h: 0.75,
      d: 0.05,
      material: (p) =>
        p.albedo(Math.abs(p.u - 0.4) + Math.abs(p.v - 0.37) < 0.34 ? hex('#efe9d8') : hex('#d8a82e')),
    }),
  ];
  const guardPerson = somePerson(random, {
    coat: hex('#d7e03a'),
    hat: hex('#d7e03a'),
    bag: null,
    skirt: false,
  });
  const signAt = (t: number) => {
    const smooth = (s: number) => (s <= 0 ? 0 : s >= 1 ? 1 : s * s * (3 - 2 * s));
    return 9.9 - 3.4 * (smooth((t - 2) / 2.4) - smooth((t - 12.6) / 2.4));
  };
  const sign: Layer = {
    things: (stage) => {
      const at: Vec = [2.95, 0, signAt(stage.time) - 0.15];
      stage.sunlit = 0.7;
      tube(stage, [at[0], 0.1, at[2]], [at[0], 1.85, at[2]], 0.025, 0.025, { colour: [0.9, 0.9, 0.85] }, 4);
      const disc = (r: number, near: number): Vec[] =>
        Array.from({ length: 12 }, (_, i): Vec => [
          at[0] + r * Math.cos((i / 12) * 6.2832),
          2.15 + r * Math.sin((i / 12) * 6.2832),
          at[2] - near,
        ]);
      panel(stage, disc(0.36, 0), { colour: hex('#d8322a') });
      panel(stage, disc(0.25, 0.02), { colour: hex('#efd23a') });
    },
  };
  const pairs = (count: number): Walker[] =>
    Array.from({ length: count }, (_, i) => {
      const left = i % 2 === 0;
      const x0 = left ? -24 - random() * 4 : 24 + random() * 4;
      const z = 11.2 + random() * 2.4;
      const startS = (i / count) * loopS + random() * 2;
      const way = (off: number): Vec[] => [
        [x0, 0, z + off],
        [left ? -1.6 : 2.4, 0, z + off],
        [0.6 + off, 0, 17],
        [0.4 + off, 0, 30.5],
      ];
      const speedMps = 1.25 + random() * 0.15;
      return [
        { person: child(random), way: way(0), startS, speedMps },
        ...(random() < 0.65
          ? [
              {
                person: random() < 0.5 ? somePerson(random) : child(random),
                way: way(0.65),
                startS,
                speedMps,
              },
            ]
          : []),
      ];
    }).flat();
  const crossing: Walker[] = [0, 0.7, 1.5, 2.6].map((late, i) => ({
    person: i === 1 ? somePerson(random) : child(random),
    way: [
      [-14 + late, 0, 0.6],
      [0.2 + (i % 2) * 0.8, 0, 0.8],
      [0.2 + (i % 2) * 0.8, 0, 11.6],
      [0.6, 0, 18],
      [0.5 + (i % 2) * 0.7, 0, 30.5],
    ],
    startS: (loopS + 4.4 + late - 10.5) % loopS,
    speedMps: 1.45,
  }));
  const standing: Walker[] = [
    [-4.6, 13.4, 0.6],
    [-5.3, 13.9, 1.4],
    [6.4, 12.4, -0.6],
    [7.1, 12.9, -1.7],
    [-1.9, 16.8, 2.6],
  ].map(([x = 0, z = 0, yaw = 0]) => ({ person: somePerson(random), way: [[x, 0, z] as Vec], yaw }));
  const stop = (atM: number) => [{ atM, open: (t: number) => !guarded(t) }];
  const guardLayer = guardOf(guardPerson, signAt);
  return {
    view: { from: [7.6, 6.4, -8.5], at: [-0.4, 2.4, 15], fov: 62 },
    environment: {
      sun: [0.62, 0.38, -0.42],
      sunColour: [1, 0.83, 0.6],
      sunPower: 2.7,
      sunSize: 0.02,
      zenith: hex('#4f8bcb', 0.9),
      horizon: [0.86, 0.84, 0.78],
      glow: [0.5, 0.42, 0.28],
      bounce: [0.2, 0.18, 0.15],
      clouds: { cover: 0.42, bright: [1.25, 1.18, 1.08], dark: [0.6, 0.62, 0.66] },
      fog: { colour: [0.8, 0.8, 0.74], perM: 0.0022 },
      skyline: [{ height: 0.08, colour: [0.5, 0.54, 0.52], shape: 'hills' }],
    },
    look: { ...plainLook, exposure: 0.86, saturation: 1.08 },
    solids,
    ground: { y: 0, material: ground },
    layers: [
      sway(1),
      traffic([
        flow(random, {
          points: [
            [-70, 0, 4.3],
            [70, 0, 4.3],
          ],
          starts: [0.5, 6, 15],
          stops: stop(70 - 2.4),
          speedMps: 8,
        }),
        flow(random, {
          points: [
            [70, 0, 7.7],
            [-70, 0, 7.7],
          ],
          starts: [3, 13],
          stops: stop(70 - 4),
          speedMps: 8,
        }),
      ]),
      crowd([
        ...pairs(9),
        ...crossing,
        ...standing,
        ...passersBy(random, { from: [-20, 0, 0.4], to: [24, 0, 0.2], spreadM: 0.7, count: 3 }),
      ]),
      guardLayer,
      sign,
    ],
  };
};

/** The guard herself, beside the sign. */
function guardOf(person: Person, zAt: (t: number) => number): Layer {
  const pose = (t: number) => {
    const z = zAt(t);
    const moving = (t > 2 && t < 4.4) || (t > 12.6 && t < 15);
    return { x: 2.65, z, yaw: Math.PI, walked: moving ? 9.9 - z : null, arm: 0.25 };
  };
  return {
    under: (stage) => shadePerson(stage, person, pose(stage.time)),
    things: (stage) => drawPerson(stage, person, pose(stage.time)),
  };
}
