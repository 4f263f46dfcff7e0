import { hex, plainLook } from '../kit/colour.ts';
import { facade } from '../kit/facades.ts';
import { crowd, flow, traffic, type Walker } from '../kit/flows.ts';
import { streetLamp, tree } from '../kit/furniture.ts';
import type { Layer } from '../kit/layers.ts';
import { concrete, grass, paint, zones } from '../kit/materials.ts';
import { somePerson } from '../kit/people.ts';
import type { Random } from '../kit/random.ts';
import { asphalt, lineAlong, marked, type Marking } from '../kit/roads.ts';
import type { SceneBuilder } from '../kit/scene.ts';
import { box, column, type Solid } from '../kit/solids.ts';
import { hatchback } from '../kit/vehicle-models.ts';
import { drawVehicle, shadeVehicle, someVehicle, type Vehicle } from '../kit/vehicles.ts';
import type { Vec } from '../kit/view.ts';
import { sway } from '../kit/weather.ts';

const bayM = 2.7;
/** Middles of the bays' rows along z, and where each row's cars point. */
const rows = [
  { z: 3, yaw: 0 },
  { z: 15.2, yaw: Math.PI },
  { z: 20.4, yaw: 0 },
  { z: 32.6, yaw: Math.PI },
  { z: 37.8, yaw: 0 },
] as const;
const fromX = -24;
const bays = 17;
const bayX = (bay: number) => fromX + (bay + 0.5) * bayM;
/** Left empty: for the car that parks, and a few more. */
const empty = new Set(['0:6', '0:11', '1:3', '1:9', '2:5', '2:13', '3:1', '3:8', '3:14', '4:4', '4:10']);

function parked(random: Random): Layer {
  const cars: { vehicle: Vehicle; place: { x: number; z: number; yaw: number } }[] = [];
  rows.forEach(({ z, yaw }, row) => {
    for (let bay = 0; bay < bays; bay++) {
      const vehicle = someVehicle(random, 0.1);
      const turned = random() < 0.25 ? Math.PI : 0;
      if (empty.has(`${row}:${bay}`) || vehicle.shape.length > 5.6) continue;
      cars.push({
        vehicle,
        place: {
          x: bayX(bay) + (random() - 0.5) * 0.3,
          z: z + (random() - 0.5) * 0.5,
          yaw: yaw + turned + (random() - 0.5) * 0.06,
        },
      });
    }
  });
  const still = { lampsOn: false, braking: false };
  return {
    under: (stage) => cars.forEach(({ vehicle, place }) => shadeVehicle(stage, vehicle, place)),
    things: (stage) => cars.forEach(({ vehicle, place }) => drawVehicle(stage, vehicle, place, still)),
  };
}

/** A car park from above: one car leaves its bay, another looks for one, people walk to the station. */
export const carPark: SceneBuilder = (random) => {
  const lines: Marking[] = [];
  for (const { z } of rows)
    for (let bay = 0; bay <= bays; bay++) lines.push(lineAlong(fromX + bay * bayM, 0.11, z - 2.6, z + 2.6));
  const arrow: Marking = (x, z) => {
    for (const [ax, az, way] of [
      [-14, 9.1, 1],
      [8, 9.1, 1],
      [-6, 26.5, -1],
      [14, 26.5, -1],
    ] as const) {
      const [dx, dz] = [(x - ax) * way, Math.abs(z - az)];
      if ((dx > -1.6 && dx < 0.4 && dz < 0.14) || (dx >= 0.4 && dx < 1.5 && dz < (1.5 - dx) * 0.5))
        return true;
    }
    return false;
  };
  const ground = zones(
    [
      { where: (x, z) => Math.abs(z - 17.8) < 0.35 && Math.abs(x) < 23, material: grass(hex('#64823c')) },
      { where: (x, z) => Math.abs(z - 35.2) < 0.35 && Math.abs(x) < 23, material: grass(hex('#64823c')) },
      {
        where: (x, z) => z < 44 && Math.abs(x) < 32,
        material: marked(asphalt({ colour: hex('#6e6d6a') }), [...lines, arrow]),
      },
      { where: (_x, z) => z >= 44 && z < 47, material: concrete(hex('#b5aea0'), 1.2) },
    ],
    grass(hex('#6a8740')),
  );
  const solids: Solid[] = [
    // The station: a long hall with a clock tower.
    box({
      x: -6,
      z: 58,
      w: 64,
      h: 10,
      d: 14,
      material: facade({
        wall: hex('#b5846a'),
        bricks: true,
        bayM: 3.2,
        floorM: 4.6,
        windowW: 1.7,
        windowH: 2.8,
        bands: true,
        foot: 'arcade',
        footM: 4.4,
      }),
      top: concrete(hex('#7d7a74')),
    }),
    box({
      x: 12,
      z: 55,
      w: 7,
      h: 19,
      d: 7,
      material: facade({ wall: hex('#b5846a'), bricks: true, bayM: 3, floorM: 5 }),
      top: concrete(),
    }),
    box({
      x: 12,
      z: 51.45,
      y: 14.6,
      w: 2.6,
      h: 2.6,
      d: 0.1,
      material: (p) => {
        const [u, v] = [p.u - 1.3, p.v - 1.3];
        const out = Math.hypot(u, v);
        p.albedo(out < 1.2 ? hex('#efebdf') : hex('#6f5546'));
        if (
          out < 0.95 &&
          ((Math.abs(u) < 0.07 && v > 0) || (Math.abs(v - u * 0.55) < 0.07 && u < 0 && out < 0.7))
        )
          p.albedo([0.02, 0.02, 0.02]);
      },
    }),
    column({ x: 12, z: 55, y: 19, h: 6, r: 4.6, top: 0.1, sides: 4 }, paint(hex('#5f7d70'))),
    ...[-20, -9, 2, 13, 21].flatMap((x) => tree(random, x, 17.8, 4.6 + random(), hex('#67893a'))),
    ...[-17, -5, 7, 18].flatMap((x) => tree(random, x, 35.2, 4.8 + random(), hex('#5f8236'))),
    ...[-30, 30].flatMap((x) =>
      [6, 18, 30, 42].flatMap((z) => tree(random, x + random() * 2, z, 9, hex('#5a7d36'))),
    ),
    ...[-12, 12].flatMap((x) => streetLamp({ x, z: 17.8, heightM: 7.5, armYaw: 0, on: false }).solids),
    ...[-2].flatMap((x) => streetLamp({ x, z: 35.2, heightM: 7.5, armYaw: Math.PI, on: false }).solids),
    box({ x: 25.2, z: 12, w: 0.7, h: 1.6, d: 0.6, material: paint(hex('#2c5f8a')) }),
  ];
  const car = (body: string) => () => ({ shape: hatchback, body: hex(body), second: hex(body), inside: 0 });
  const bayOut: Vec[] = [
    [bayX(11), 0, 3],
    [bayX(11), 0, 9.1],
    [34, 0, 9.1],
    [60, 0, 9.1],
  ];
  const through: Vec[] = [
    [-60, 0, 9.1],
    [27, 0, 9.1],
    [27, 0, 26.5],
    [-27, 0, 26.5],
    [-60, 0, 26.5],
  ];
  const walkers: Walker[] = [
    {
      way: [
        [-13, 0, 6.4],
        [-13, 0, 12],
        [-8, 0, 47],
        [4, 0, 48],
      ],
      startS: 2,
    },
    {
      way: [
        [5, 0, 49],
        [4.4, 0, 27],
        [6.8, 0, 21],
      ],
      startS: 6,
    },
    {
      way: [
        [18, 0, 29],
        [17, 0, 46],
        [9, 0, 49],
      ],
      startS: 12,
    },
    {
      way: [
        [-28, 0, 45.5],
        [30, 0, 45.5],
      ],
      startS: 0,
    },
    {
      way: [
        [30, 0, 46.2],
        [-30, 0, 46.2],
      ],
      startS: 9,
    },
    {
      way: [
        [-2, 0, 11],
        [-14, 0, 10.4],
        [-15, 0, 6.6],
      ],
      startS: 15,
    },
  ].map(({ way, startS }) => ({
    person: somePerson(random),
    way: way.map(([x = 0, y = 0, z = 0]): Vec => [x, y, z]),
    startS,
    speedMps: 1.4,
  }));
  return {
    view: { from: [-3, 17.5, -17], at: [0, 2.2, 22], fov: 60 },
    environment: {
      sun: [-0.6, 0.62, -0.28],
      sunColour: [1, 0.9, 0.74],
      sunPower: 2.7,
      zenith: hex('#3f7cc4', 0.9),
      horizon: hex('#c2d9ea', 1),
      glow: [0.4, 0.34, 0.26],
      bounce: [0.22, 0.21, 0.19],
      clouds: { cover: 0.45, bright: [1.3, 1.26, 1.2], dark: [0.6, 0.64, 0.7] },
      fog: { colour: hex('#bfd3e2', 0.9), perM: 0.0014 },
      skyline: [{ height: 0.06, colour: hex('#8fa2ae', 0.9), shape: 'town' }],
    },
    look: { ...plainLook, exposure: 0.86, saturation: 1.08 },
    solids,
    ground: { y: 0, material: ground },
    baked: [parked(random)],
    layers: [
      sway(0.7),
      traffic([
        flow(random, {
          points: bayOut,
          starts: [7],
          speedMps: 4.6,
          turnM: 4,
          vehicle: car('#c8a02c'),
          turning: (d) => (d > 0 && d < 8 ? 1 : 0),
        }),
        flow(random, {
          points: through,
          starts: [1, 14],
          speedMps: 7,
          turnM: 5,
          vehicle: (i) => car(i === 0 ? '#8a2a2c' : '#e4e4e0')(),
        }),
      ]),
      crowd(walkers),
    ],
  };
};
