import { hex, plainLook } from '../kit/colour.ts';
import { facade } from '../kit/facades.ts';
import { crowd, flow, passersBy, traffic } from '../kit/flows.ts';
import { bareTree, streetLamp } from '../kit/furniture.ts';
import { paint, snow, zones } from '../kit/materials.ts';
import { fractal2, noise2 } from '../kit/random.ts';
import type { SceneBuilder } from '../kit/scene.ts';
import { beam, box, column, gable, prism, type Solid } from '../kit/solids.ts';
import type { Material } from '../kit/surface.ts';
import type { Vec } from '../kit/view.ts';
import { snowfall } from '../kit/weather.ts';

/** The road swings to the left up the hill. */
const roadX = (z: number) => 1.5 - 0.0042 * Math.max(0, z - 8) ** 2 * (z < 90 ? 1 : 1);
const points = (from: number, to: number, off: number): Vec[] =>
  Array.from({ length: 13 }, (_, i): Vec => {
    const z = from + ((to - from) * i) / 12;
    return [roadX(z) + off, 0, z];
  });

const slushy: Material = (p) => {
  const off = p.x - roadX(p.z);
  const large = fractal2(p.x * 0.3, p.z * 0.22, 3, 17);
  p.albedo([0.74, 0.76, 0.8], 0.8 + 0.2 * large);
  for (const track of [-2.6, -1.1, 1.1, 2.6]) {
    const near = Math.abs(off - track) / 0.42;
    if (near < 1)
      p.blend([0.16, 0.16, 0.17], (1 - near * near) * (0.55 + 0.4 * noise2(p.x * 2, p.z * 0.6, 5)));
  }
  p.gloss = 0.12;
  p.rough = 0.1;
};

function house(x: number, z: number, y: number, yaw: number, wall: string): Solid[] {
  const cover = snow();
  const colour = hex(wall);
  return [
    box({
      x,
      z,
      y: y > 3 ? y - 2 : 0,
      w: 9,
      h: y > 3 ? 8 : 6 + y,
      d: 10,
      yaw,
      material: facade({
        wall: colour,
        lit: 0.45,
        litPower: 1.5,
        bayM: 2.4,
        foot: 'plain',
        footM: 0.6,
        floorM: 2.9,
      }),
    }),
    gable({
      x,
      z,
      y: y + 6,
      w: 9,
      length: 10.6,
      rise: 4.6,
      yaw,
      eaves: 0.7,
      material: cover,
      ends: paint(colour),
    }),
    box({ x: x + 2, z: z + 2, y: y + 7.4, w: 1, h: 3.2, d: 1, yaw, material: paint(hex('#7a4a3c')) }),
    box({ x: x + 2, z: z + 2, y: y + 10.6, w: 1.15, h: 0.25, d: 1.15, yaw, material: cover }),
  ];
}

/** A fir under snow: cones on a stem. */
function fir(x: number, z: number, y: number, h: number): Solid[] {
  const green: Material = (p) => {
    const white = noise2(p.x * 2.4, p.y * 3 + p.z * 2.4, 9) + p.ny * 0.55;
    p.albedo(hex('#23382c'), 0.8 + 0.4 * noise2(p.x * 5, p.y * 7 + p.z * 3, 4));
    if (white > 0.62) p.blend([0.84, 0.87, 0.92], Math.min(1, (white - 0.62) * 4));
  };
  return [0, 1, 2, 3].map((i) =>
    column(
      { x, z, y: y + h * (0.08 + i * 0.21), h: h * 0.36, r: h * (0.25 - i * 0.052), top: 0.02, sides: 9 },
      green,
    ),
  );
}

/** A village road below a hill while it snows: houses with lit windows, slow cars, firs. */
export const hillRoad: SceneBuilder = (random) => {
  const field = snow();
  const ground = zones(
    [
      { where: (x, z) => Math.abs(x - roadX(z)) < 3.7 && z > -30, material: slushy },
      { where: (x, z) => Math.abs(x - roadX(z) - 5.2) < 1, material: snow(0.35) },
    ],
    field,
  );
  const solids: Solid[] = [
    // Banks of cleared snow along the road.
    ...Array.from({ length: 26 }, (_, i) => {
      const z = -8 + i * 3.2;
      const yaw = Math.atan2(roadX(z + 3.2) - roadX(z), 3.2);
      return [-4.2, 4.1].map((side) => {
        const h = 0.35 + random() * 0.25;
        return prism({
          outline: [
            [-0.85, 0],
            [0.8, 0],
            [0.5, h * 0.75],
            [0.05, h],
            [-0.45, h * 0.8],
          ],
          x: roadX(z + 1.6) + side,
          z: z + 1.6,
          length: 3.5,
          yaw,
          material: field,
        });
      });
    }).flat(),
    // The hill behind, in steps that snow makes soft.
    prism({
      outline: [
        [-90, 0],
        [60, 0],
        [30, 13],
        [-40, 26],
      ],
      x: 40,
      z: 110,
      length: 46,
      yaw: 0.25,
      material: field,
    }),
    prism({
      outline: [
        [-120, 0],
        [120, 0],
        [60, 30],
        [-20, 52],
        [-60, 44],
      ],
      x: -20,
      z: 170,
      length: 60,
      yaw: -0.1,
      material: field,
    }),
    ...house(17, 24, 0, -0.12, '#b5654a'),
    ...house(19, 42, 0.4, -0.1, '#d8b46a'),
    ...house(16, 60, 0, 0.1, '#8fa5a8'),
    ...house(-14, 20, 0, 0.2, '#c9bda6'),
    ...house(-24, 36, 0.5, 0.5, '#a9573f'),
    ...house(30, 86, 9, 0.1, '#cfc3a0'),
    ...house(8, 92, 7, -0.2, '#7d8f86'),
    ...house(46, 98, 13, 0.2, '#b8826a'),
    ...bareTree(random, -8, 12, 9),
    ...bareTree(random, 10.5, 15, 8),
    ...bareTree(random, 11, 52, 9),
  ];
  for (let i = 0; i < 26; i++) {
    const x = -70 + random() * 150;
    const z = 104 + random() * 34;
    solids.push(...fir(x, z, 6 + random() * 14, 9 + random() * 6));
  }
  for (const [x, z] of [
    [24, 31],
    [26, 50],
    [-20, 28],
    [23, 70],
    [-32, 48],
    [12, 76],
  ] as const)
    solids.push(...fir(x, z, 0, 8 + random() * 4));
  const lamps = [8, 26, 44, 60].map((z) =>
    streetLamp({
      x: roadX(z) + 6.4,
      z,
      armYaw: -Math.PI / 2,
      heightM: 6.5,
      power: 9,
      halo: 1.1,
      colour: hex('#ffc583'),
    }),
  );
  solids.push(...lamps.flatMap((one) => one.solids));
  for (let i = 0; i < 9; i++) {
    const z = 6 + i * 4;
    solids.push(beam([-6.6, 0, z], [-6.6, 1, z], 0.1, paint(hex('#5a4634'))));
    if (i > 0)
      for (const y of [0.45, 0.85])
        solids.push(beam([-6.6, y, z - 4], [-6.6, y, z], 0.08, paint(hex('#5a4634'))));
  }
  return {
    view: { from: [-3.6, 6.6, -14], at: [2.6, 3.2, 22], fov: 60 },
    environment: {
      sun: [0.4, 0.8, -0.2],
      sunColour: [0.85, 0.92, 1],
      sunPower: 0.35,
      sunSize: 0.5,
      zenith: hex('#a9b6c4', 0.85),
      horizon: hex('#c9d2da', 0.85),
      bounce: [0.3, 0.32, 0.36],
      fog: { colour: hex('#c3ccd5', 0.78), perM: 0.0055 },
      lamps: lamps.flatMap((one) => one.lamps),
      skyline: [{ height: 0.3, colour: hex('#b3bec9', 0.72), shape: 'hills' }],
    },
    look: { ...plainLook, exposure: 0.86, saturation: 1.05, tint: [0.985, 1, 1.02] },
    solids,
    ground: { y: 0, material: ground },
    layers: [
      traffic(
        [
          flow(random, { points: points(-26, 96, 1.85), turnM: 3, starts: [1, 9.5], speedMps: 7 }),
          flow(random, { points: points(96, -26, -1.85), turnM: 3, starts: [4, 14], speedMps: 6.5 }),
        ],
        { dusk: true },
      ),
      crowd(
        passersBy(random, {
          from: [roadX(0) + 5.3, 0, -4],
          to: [roadX(50) + 6.5, 0, 50],
          spreadM: 0.4,
          count: 3,
          speedMps: 1.1,
        }),
      ),
      snowfall(random, 1),
    ],
  };
};
