import { hex, plainLook, type Rgb } from '../kit/colour.ts';
import { facade } from '../kit/facades.ts';
import { crowd, passersBy, type Walker } from '../kit/flows.ts';
import { bollard, lantern, tree } from '../kit/furniture.ts';
import { boards, paint, paving, rooftiles } from '../kit/materials.ts';
import { somePerson, umbrellas } from '../kit/people.ts';
import { pick, type Random } from '../kit/random.ts';
import type { SceneBuilder } from '../kit/scene.ts';
import { box, column, gable, prism, type Solid } from '../kit/solids.ts';
import type { Material } from '../kit/surface.ts';
import { rain, sway } from '../kit/weather.ts';
import { oldWalls, terrace } from './parts/houses.ts';

const striped =
  (a: Rgb, b: Rgb): Material =>
  (p) => {
    p.albedo((((p.u / 0.42) % 2) + 2) % 2 < 1 ? a : b, 0.9);
  };

/** A stall: a slanting striped awning on four posts over a table of goods. */
function stall(random: Random, x: number, z: number, yaw: number): Solid[] {
  const white = hex('#e6e0d2');
  const colour = pick(random, [
    hex('#b13a2e'),
    hex('#2d6a58'),
    hex('#2a4d7c'),
    hex('#c98a2b'),
    hex('#7a3566'),
  ]);
  const w = 3.4;
  const [c, s] = [Math.cos(yaw), Math.sin(yaw)];
  const off = (right: number, ahead: number) => ({
    x: x + right * c + ahead * s,
    z: z + ahead * c - right * s,
  });
  const wood = boards(hex('#7d6243'), 0.14);
  const list: Solid[] = [
    prism({
      outline: [
        [-1.5, 2.1],
        [1.25, 2.75],
        [1.25, 2.81],
        [-1.5, 2.16],
      ],
      x,
      z,
      length: w,
      yaw: yaw - Math.PI / 2,
      material: striped(colour, white),
    }),
    box({ ...off(0, -0.3), y: 0, w: w - 0.3, h: 0.85, d: 1.2, yaw, material: wood }),
  ];
  for (const right of [-1, 1])
    for (const [ahead, h] of [
      [-1.3, 2.1],
      [1.15, 2.7],
    ] as const)
      list.push(
        column({ ...off((right * w) / 2 - right * 0.1, ahead), h, r: 0.04, sides: 5 }, paint(hex('#d0ccc2'))),
      );
  const goods = ['#c9462f', '#e0a52f', '#6f9a3a', '#8a4a7a', '#d8c9a0', '#b8622d'].map((text) => hex(text));
  for (let i = 0; i < 5; i++)
    for (const row of [-0.6, -0.1])
      list.push(
        box({
          ...off(-1.3 + i * 0.65, row),
          y: 0.85,
          w: 0.55,
          h: 0.16 + 0.12 * random(),
          d: 0.42,
          yaw,
          material: paint(pick(random, goods), 0.5),
        }),
      );
  return list;
}

/** A market square of an old town on a rainy forenoon, umbrellas between the stalls. */
export const marketSquare: SceneBuilder = (random) => {
  const wet = 0.8;
  const houses = { foot: 'shops', shopLight: 0.5, lit: 0.14, litPower: 0.7 } as const;
  const solids: Solid[] = [
    ...terrace(random, {
      frontX: -25,
      fromZ: -14,
      toZ: 46,
      walls: oldWalls,
      wide: [7, 10],
      high: [9, 12],
      roof: 'gable',
      facade: houses,
    }),
    ...terrace(random, {
      frontX: 27,
      fromZ: -14,
      toZ: 46,
      walls: oldWalls,
      wide: [7, 10],
      high: [9, 13],
      roof: 'gable',
      facade: houses,
    }),
  ];
  // The far side of the square: houses that look this way, and the town hall with its tower.
  for (let i = 0; i < 6; i++) {
    const x = -22 + i * 8.4;
    if (i === 3) continue;
    const wall = oldWalls[(i * 3 + 1) % oldWalls.length] as Rgb;
    const h = 10 + random() * 4;
    solids.push(box({ x, z: 53, w: 8.2, h, d: 12, material: facade({ wall, ...houses, bayM: 2.3 }) }));
    solids.push(
      gable({
        x,
        y: h,
        z: 53,
        w: 7.8,
        length: 12,
        rise: 5,
        material: rooftiles(hex('#7a4a38')),
        ends: paint(wall),
      }),
    );
  }
  const stone = hex('#b3a78f');
  solids.push(
    box({
      x: 3.2,
      z: 53,
      w: 9,
      h: 27,
      d: 11,
      material: facade({
        wall: stone,
        bayM: 3,
        floorM: 5.4,
        windowW: 1.3,
        windowH: 3,
        foot: 'arcade',
        footM: 5,
        bands: true,
        lit: 0.2,
      }),
    }),
    gable({ x: 3.2, y: 27, z: 53, w: 9, length: 9.4, rise: 13, material: rooftiles(hex('#3f5a50')) }),
    ...tree(random, -19, 22, 8, hex('#6d7f36')),
    ...tree(random, 21, 12, 8.5, hex('#7d7a34')),
    ...tree(random, 20, 34, 8, hex('#6d7f36')),
  );
  const spots: [number, number, number][] = [
    [-13, 6, 0],
    [-8.6, 6, 0],
    [-4.2, 6, 0],
    [3.5, 7, 0],
    [8, 7, 0],
    [12.5, 7, 0],
    [-13, 17, 0],
    [-8.4, 17, 0],
    [3, 18, 0],
    [7.5, 18, 0],
    [12, 18, 0],
    [-12, 28, 0],
    [-7.5, 28, 0],
    [-3, 28, 0],
    [6, 29, 0],
    [10.5, 29, 0],
  ];
  for (const [x, z, yaw] of spots)
    solids.push(...stall(random, x + (random() - 0.5) * 0.6, z, yaw + (random() - 0.5) * 0.12));
  const lanterns = [
    lantern({ x: -17, z: 0 }),
    lantern({ x: 17, z: 2 }),
    lantern({ x: -1, z: 23 }),
    lantern({ x: 16, z: 25 }),
  ];
  solids.push(...lanterns.flatMap((one) => one.solids));
  for (let x = -15; x <= 15; x += 3) solids.push(bollard(x, -7));
  const under = () => ({ umbrella: random() < 0.8 ? pick(random, umbrellas) : null });
  const shoppers: Walker[] = spots.flatMap(([x, z]) =>
    Array.from({ length: 1 + Math.floor(random() * 2) }, (): Walker => ({
      person: somePerson(random, random() < 0.5 ? under() : {}),
      way: [[x - 1.2 + random() * 2.4, 0, z - 1.9 - random() * 0.7]],
      yaw: (random() - 0.5) * 0.9,
    })),
  );
  return {
    view: { from: [-4, 8.2, -20], at: [1.2, 1.6, 14], fov: 62 },
    environment: {
      sun: [0.2, 0.9, -0.3],
      sunColour: [0.8, 0.88, 1],
      sunPower: 0.45,
      sunSize: 0.45,
      zenith: hex('#8d9aa6', 0.85),
      horizon: hex('#b9c1c6', 0.9),
      bounce: [0.15, 0.15, 0.15],
      clouds: { cover: 0.9, bright: [0.72, 0.75, 0.78], dark: [0.36, 0.39, 0.43] },
      fog: { colour: hex('#aab3b9', 0.75), perM: 0.005 },
      lamps: lanterns.flatMap((one) => one.lamps).map((lamp) => ({ ...lamp, power: 5 })),
    },
    look: { ...plainLook, exposure: 1.1, saturation: 1.05 },
    solids,
    ground: { y: 0, material: paving(hex('#8f887d'), 0.5, 0.5, wet) },
    mirrorY: 0,
    layers: [
      sway(0.8),
      crowd([
        ...shoppers,
        ...passersBy(random, {
          from: [-22, 0, -3.5],
          to: [24, 0, -2.5],
          spreadM: 2.5,
          count: 7,
          person: under,
        }),
        ...passersBy(random, {
          from: [-20, 0, 11.5],
          to: [22, 0, 12.5],
          spreadM: 1.2,
          count: 8,
          person: under,
        }),
        ...passersBy(random, { from: [-0.5, 0, -9], to: [-0.5, 0, 44], spreadM: 1, count: 6, person: under }),
      ]),
      rain(random, 0.8, 0, 0.1),
    ],
  };
};
