import { hex, plainLook } from '../kit/colour.ts';
import { facade } from '../kit/facades.ts';
import { crowd, passersBy, type Walker } from '../kit/flows.ts';
import { bench, bin, lantern, shelter, tree } from '../kit/furniture.ts';
import { concrete, paint, paving, rooftiles, zones } from '../kit/materials.ts';
import { somePerson } from '../kit/people.ts';
import { hash3 } from '../kit/random.ts';
import { asphalt, rails } from '../kit/roads.ts';
import type { SceneBuilder } from '../kit/scene.ts';
import { beam, box, column, gable, prism, type Solid } from '../kit/solids.ts';
import type { Material } from '../kit/surface.ts';
import type { Vec } from '../kit/view.ts';
import { sway } from '../kit/weather.ts';
import { railLine } from './parts/rail.ts';
import { terrace } from './parts/houses.ts';

/** Stained glass in a wheel of stone. */
const rose: Material = (p) => {
  const [u, v] = [p.u - p.lengthU / 2, p.v - p.lengthV / 2];
  const spoke = Math.abs(((Math.atan2(u, v) / 6.2832) * 12 + 12) % 1) < 0.14;
  const rim = Math.abs((Math.hypot(u, v) % 1.15) - 0.1) < 0.12;
  p.albedo(
    spoke || rim
      ? hex('#8f7a58')
      : hash3(Math.round(Math.hypot(u, v)), 1, 2) > 0.5
        ? hex('#27406a')
        : hex('#6a2f3a'),
  );
};

/** A cathedral's west front: two towers and a nave. */
function cathedral(x: number, z: number): Solid[] {
  const stone = hex('#ab9570');
  const wall = facade({
    wall: stone,
    bayM: 4,
    floorM: 9,
    windowW: 1.5,
    windowH: 6,
    bands: true,
    foot: 'plain',
    footM: 5,
  });
  const slate = rooftiles(hex('#55626a'));
  const list: Solid[] = [
    box({ x, z: z + 20, w: 17, h: 24, d: 44, material: wall }),
    gable({ x, z: z + 20, y: 24, w: 17, length: 44, rise: 11, material: slate, ends: paint(stone) }),
  ];
  // A rose window and a pointed portal.
  const circle = (r: number) =>
    Array.from({ length: 20 }, (_, i): [number, number] => [
      r * Math.cos((i / 20) * 6.2832),
      r * Math.sin((i / 20) * 6.2832),
    ]);
  const front = z - 2;
  const arch = (w: number, h: number): [number, number][] => [
    [-w, 0],
    [w, 0],
    [w, h * 0.55],
    [w * 0.6, h * 0.83],
    [0, h],
    [-w * 0.6, h * 0.83],
    [-w, h * 0.55],
  ];
  const dark = paint(hex('#3a2c22'));
  list.push(
    prism({ outline: circle(3.9), x, y: 20, z: front, length: 0.5, material: paint(hex('#8f7a58')) }),
    prism({ outline: circle(3.3), x, y: 20, z: front - 0.1, length: 0.5, material: rose }),
    prism({ outline: arch(3.6, 10), x, z: front - 0.2, length: 0.8, material: paint(hex('#8f7a58')) }),
    prism({ outline: arch(2.6, 8.4), x, z: front - 0.4, length: 0.6, material: dark }),
  );
  for (const side of [-1, 1]) {
    list.push(box({ x: x + side * 11.5, z, w: 8, h: 40, d: 8, material: wall }));
    list.push(column({ x: x + side * 11.5, z, y: 40, h: 22, r: 5, top: 0.1, sides: 8 }, slate));
    for (const [dx, dz] of [
      [-3.6, -3.6],
      [3.6, -3.6],
      [3.6, 3.6],
      [-3.6, 3.6],
    ] as const)
      list.push(
        column(
          { x: x + side * 11.5 + dx, z: z + dz, y: 40, h: 6, r: 0.8, top: 0.05, sides: 6 },
          paint(stone),
        ),
      );
  }
  return list;
}

/** A tram stop under a cathedral in evening sun. */
export const tramStop: SceneBuilder = (random) => {
  const street = rails(asphalt({ colour: hex('#77736b') }), [-1.9, 1.9]);
  const ground = zones(
    [
      { where: (x) => Math.abs(x) < 4, material: street },
      { where: (x) => Math.abs(x) < 4.3, material: concrete(hex('#cdc5b4'), 0) },
      { where: (x) => Math.abs(x) < 4.7, material: paint(hex('#d8c25a')) },
    ],
    paving(hex('#b0a590'), 0.7),
  );
  const solids: Solid[] = [
    ...cathedral(-31, 88),
    ...terrace(random, {
      frontX: 17,
      fromZ: -10,
      toZ: 120,
      high: [13, 18],
      roof: 'street',
      facade: { foot: 'shops', lit: 0.08, shopLight: 0.25 },
    }),
    ...terrace(random, {
      frontX: -15,
      fromZ: 142,
      toZ: 190,
      high: [13, 18],
      roof: 'street',
      facade: { foot: 'shops' },
    }),
    ...terrace(random, {
      frontX: -24,
      fromZ: 4,
      toZ: 46,
      high: [12, 15],
      roof: 'street',
      facade: { foot: 'shops' },
    }),
    ...shelter(7, 13, Math.PI / 2, 6),
    ...shelter(-7, 22, -Math.PI / 2, 6),
    ...bench(-8.2, 30, Math.PI / 2),
    bin(6.8, 17.2),
    bin(-6.8, 18),
    ...tree(random, -12, 31, 9, hex('#8a8a35')),
    ...tree(random, -11.5, 62, 10, hex('#8f7f30')),
    ...tree(random, 11, 30, 9, hex('#99852f')),
    ...tree(random, 11, 48, 9, hex('#8a8a35')),
    ...tree(random, 11, 66, 9, hex('#99852f')),
  ];
  const iron = paint(hex('#33373a'));
  for (const z of [24, 50, 76, 102]) {
    for (const side of [-1, 1])
      solids.push(column({ x: side * 5.6, z, h: 7.4, r: 0.13, top: 0.08, sides: 7 }, iron));
    solids.push(beam([-5.6, 7.1, z], [5.6, 7.1, z], 0.06, iron));
  }
  for (const x of [-1.9, 1.9])
    for (const y of [5.9, 6.7]) solids.push(beam([x, y, -30], [x, y, 140], 0.035, iron));
  const lanterns = [
    lantern({ x: 8.6, z: 22, on: false }),
    lantern({ x: -9.5, z: 12, on: false }),
    lantern({ x: 9.5, z: 40, on: false }),
  ];
  solids.push(...lanterns.flatMap((one) => one.solids));
  const waiting: Walker[] = [
    [6.2, 11, -1.6],
    [6, 12.4, -1.2],
    [6.6, 14.4, -1.7],
    [6, 15.4, -2],
    [5.7, 9.2, -1.5],
    [-6, 20, 1.5],
    [-6.4, 22.6, 1.3],
    [-5.8, 24.6, 1.9],
    [-6.2, 26, 1.2],
  ].map(([x = 0, z = 0, yaw = 0]) => ({
    person: somePerson(random),
    way: [[x, 0, z] as Vec],
    yaw,
    arm: random() < 0.3 ? 0.5 : 0,
  }));
  return {
    view: { from: [9.4, 7.4, -13], at: [-4.2, 5.6, 24], fov: 62 },
    environment: {
      sun: [0.58, 0.3, -0.62],
      sunColour: [1, 0.72, 0.46],
      sunPower: 2.3,
      sunSize: 0.02,
      zenith: hex('#4f7fb5', 0.8),
      horizon: [0.95, 0.74, 0.52],
      glow: [0.9, 0.5, 0.2],
      bounce: [0.22, 0.17, 0.13],
      clouds: { cover: 0.46, bright: [1.2, 0.92, 0.7], dark: [0.5, 0.46, 0.5] },
      fog: { colour: [0.82, 0.64, 0.46], perM: 0.0016 },
      skyline: [{ height: 0.08, colour: [0.5, 0.4, 0.36], shape: 'town' }],
    },
    look: { ...plainLook, exposure: 0.8, saturation: 1.08 },
    solids,
    ground: { y: 0, material: ground },
    layers: [
      sway(0.8),
      railLine({
        x: 1.9,
        fromZ: -36,
        toZ: 112,
        kind: 'tram',
        startS: 15,
        stopAt: { z: 15, forS: 6.5 },
        colours: ['#c8382e', '#efe6d2'],
      }),
      railLine({
        x: -1.9,
        fromZ: 116,
        toZ: -40,
        kind: 'tram',
        startS: 2,
        stopAt: { z: 24, forS: 5.5 },
        colours: ['#c8382e', '#efe6d2'],
      }),
      crowd([
        ...waiting,
        ...passersBy(random, { from: [10, 0, -6], to: [10.5, 0, 60], spreadM: 2, count: 8 }),
        ...passersBy(random, { from: [-9.5, 0, 0], to: [-11, 0, 60], spreadM: 1.4, count: 6 }),
      ]),
    ],
  };
};
