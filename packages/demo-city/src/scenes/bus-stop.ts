import { hex, plainLook } from '../kit/colour.ts';
import type { Lamp } from '../kit/environment.ts';
import { facade, glassWall } from '../kit/facades.ts';
import { crowd, flow, passersBy, traffic, type Walker } from '../kit/flows.ts';
import { bin, shelter, streetLamp, tree } from '../kit/furniture.ts';
import { concrete, glowing, paint, paving, zones } from '../kit/materials.ts';
import { somePerson, umbrellas } from '../kit/people.ts';
import { pick } from '../kit/random.ts';
import { asphalt, lineAlong, marked } from '../kit/roads.ts';
import type { SceneBuilder } from '../kit/scene.ts';
import { box, column, type Solid } from '../kit/solids.ts';
import type { Material } from '../kit/surface.ts';
import { cityBus, someVehicle } from '../kit/vehicles.ts';
import type { Vec } from '../kit/view.ts';
import { rain, sway } from '../kit/weather.ts';
import { terrace } from './parts/houses.ts';

/** A lit poster: a landscape of our own, no words. */
const poster: Material = (p) => {
  const [u, v] = [p.u / p.lengthU, p.v / p.lengthV];
  const hill = 0.35 + 0.12 * Math.sin(u * 7) + 0.06 * Math.sin(u * 17);
  const sun = Math.hypot(u - 0.66, (v - 0.66) * 1.4) < 0.14;
  const colour =
    u < 0.04 || u > 0.96 || v < 0.03 || v > 0.97
      ? hex('#22262a')
      : v < hill
        ? hex('#2f8a7a')
        : sun
          ? hex('#fff0b8')
          : hex('#f0925a');
  p.albedo(colour);
  p.shine(colour, 1.25);
};

/** A bus stop at blue hour in the rain. */
export const busStop: SceneBuilder = (random) => {
  const wet = 0.85;
  const road = marked(asphalt({ wet }), [
    lineAlong(0, 0.16, -20, 140, 3, 3),
    (x, z) =>
      x > 3.1 &&
      x < 6.3 &&
      z > 4 &&
      z < 26 &&
      (Math.abs(x - 3.2) < 0.09 || Math.abs(((((z - x) % 4) + 4) % 4) - 2) < 0.1),
  ]);
  const ground = zones(
    [
      { where: (x) => Math.abs(x) < 6.4, material: road },
      { where: (x) => Math.abs(x) < 6.7, material: concrete(hex('#9a968e'), 0) },
    ],
    paving(hex('#89837a'), 0.7, 0.7, wet * 0.85),
  );
  const shops = { foot: 'shops', shopLight: 0.75, lit: 0.32, litPower: 0.8 } as const;
  const solids: Solid[] = [
    // The library: a glass front full of light.
    box({
      x: 25,
      z: 20,
      w: 24,
      h: 13,
      d: 34,
      material: glassWall({ lit: 0.75, litPower: 0.85, floorM: 4.2, paneM: 1.4 }),
      top: concrete(),
    }),
    ...terrace(random, { frontX: 14, fromZ: 40, toZ: 130, high: [12, 18], facade: shops }),
    ...terrace(random, { frontX: -12, fromZ: -6, toZ: 130, high: [11, 17], roof: 'street', facade: shops }),
    box({
      x: 0,
      z: 140,
      w: 40,
      h: 20,
      d: 10,
      material: facade({ wall: hex('#8a8072'), lit: 0.4, litPower: 0.8 }),
    }),
    ...shelter(8.6, 14, Math.PI / 2, 6.4),
    box({ x: 8.9, z: 18.1, y: 0.35, w: 1.4, h: 2, d: 0.14, material: poster }),
    box({ x: 8.9, z: 18.25, y: 0, w: 1.5, h: 2.5, d: 0.1, material: paint(hex('#2a2e31')) }),
    column({ x: 7.2, z: 6.6, h: 3.1, r: 0.06, sides: 7 }, paint(hex('#6a7074'))),
    box({
      x: 7.2,
      z: 6.6,
      y: 2.5,
      w: 0.7,
      h: 0.7,
      d: 0.06,
      material: glowing(hex('#2f8a9a'), 0.8),
      blocks: false,
    }),
    bin(7.3, 10),
    ...tree(random, 9.2, 30, 8, hex('#4d6f35')),
    ...tree(random, -8.6, 26, 8, hex('#4d6f35')),
    ...tree(random, -8.6, 44, 8.5, hex('#55763a')),
  ];
  const street = [10, 34, 58, 82].map((z, i) =>
    streetLamp({
      x: i % 2 === 0 ? -7.5 : 7.5,
      z,
      armYaw: i % 2 === 0 ? Math.PI / 2 : -Math.PI / 2,
      heightM: 8,
      power: 44,
    }),
  );
  solids.push(...street.flatMap((one) => one.solids));
  const lamps: Lamp[] = [
    ...street.flatMap((one) => one.lamps),
    { at: [8.6, 2.4, 12], colour: [0.9, 0.95, 1], power: 5, reach: 9 },
    { at: [8.6, 2.4, 16], colour: [0.9, 0.95, 1], power: 5, reach: 9 },
    { at: [8.9, 1.6, 17.6], colour: hex('#ffb07a'), power: 5, reach: 8 },
    { at: [12.6, 4, 14], colour: hex('#ffdfb0'), power: 22, reach: 18 },
    { at: [12.6, 4, 28], colour: hex('#ffdfb0'), power: 22, reach: 18 },
    { at: [-11, 3, 22], colour: hex('#ffd09a'), power: 14, reach: 15 },
    { at: [-11, 3, 44], colour: hex('#ffd09a'), power: 14, reach: 15 },
  ];
  const under = () => ({ umbrella: random() < 0.75 ? pick(random, umbrellas) : null });
  const waiting: Walker[] = [
    [8.3, 11.8, -1.6],
    [8.6, 13, -1.3],
    [8.2, 14.4, -1.8],
    [7.5, 9.2, -1.2],
    [7.4, 8.2, -1.9],
    [8.4, 15.8, -1.5],
  ].map(([x = 0, z = 0, yaw = 0], i) => ({
    person: somePerson(random, i === 3 || i === 4 ? { umbrella: pick(random, umbrellas) } : {}),
    way: [[x, 0, z] as Vec],
    yaw,
    arm: i === 1 ? 0.6 : 0,
  }));
  return {
    view: { from: [10.2, 5.8, -7.5], at: [2.4, 2.3, 16], fov: 64 },
    environment: {
      sun: [0.3, 0.7, 0.4],
      sunColour: [0.5, 0.6, 0.9],
      sunPower: 0,
      zenith: [0.05, 0.085, 0.19],
      horizon: [0.17, 0.19, 0.28],
      bounce: [0.055, 0.06, 0.08],
      clouds: { cover: 0.85, bright: [0.13, 0.16, 0.25], dark: [0.05, 0.065, 0.12] },
      fog: { colour: [0.13, 0.15, 0.22], perM: 0.005 },
      lamps,
    },
    look: { ...plainLook, exposure: 1.3, saturation: 1.1, vignette: 0.36 },
    solids,
    ground: { y: 0, material: ground },
    mirrorY: 0,
    layers: [
      sway(0.8),
      traffic(
        [
          flow(random, {
            points: [
              [4.4, 0, -34],
              [4.4, 0, 130],
            ],
            starts: [2],
            speedMps: 11,
            vehicle: () => cityBus(0.55),
            halts: [{ departure: 0, atM: 34 + 20, forS: 6.5 }],
            turning: (d) => (d > 34 && d < 49 ? 1 : d >= 49 && d < 60 ? -1 : 0),
          }),
          flow(random, {
            points: [
              [1.7, 0, -34],
              [1.7, 0, 130],
            ],
            starts: [7.5, 12.5, 17.5],
            speedMps: 11.5,
            vehicle: () => someVehicle(random, 0.05),
          }),
          flow(random, {
            points: [
              [-3, 0, 130],
              [-3, 0, -30],
            ],
            starts: [0.5, 6, 10.4, 15.2],
            speedMps: 11,
            vehicle: (i) => (i === 2 ? cityBus(0.55) : someVehicle(random, 0.05)),
          }),
        ],
        { night: true, wet: true, beam: 0.7 },
      ),
      crowd([
        ...waiting,
        ...passersBy(random, {
          from: [10.8, 0, -4],
          to: [10.8, 0, 60],
          spreadM: 0.9,
          count: 5,
          person: under,
        }),
        ...passersBy(random, {
          from: [-9.4, 0, 2],
          to: [-9.4, 0, 60],
          spreadM: 1.2,
          count: 6,
          person: under,
        }),
      ]),
      rain(random, 0.75),
    ],
  };
};
