import { hex, plainLook } from '../kit/colour.ts';
import { facade } from '../kit/facades.ts';
import { crowd, flow, traffic } from '../kit/flows.ts';
import { hedge, tree } from '../kit/furniture.ts';
import type { Layer } from '../kit/layers.ts';
import { concrete, grass, paint, rooftiles, zones } from '../kit/materials.ts';
import { Model } from '../kit/model.ts';
import { somePerson } from '../kit/people.ts';
import { fractal2, noise2 } from '../kit/random.ts';
import { asphalt, lineAcross, lineAlong, marked } from '../kit/roads.ts';
import type { SceneBuilder } from '../kit/scene.ts';
import { beam, box, column, gable, type Solid } from '../kit/solids.ts';
import type { Finish } from '../kit/stage.ts';
import type { Material } from '../kit/surface.ts';
import { sway } from '../kit/weather.ts';
import { railLine } from './parts/rail.ts';

const trackZ = 14;
/** Barriers go down, stay, and go up again, seconds of the loop. */
const [downFromS, downToS, upFromS, upToS] = [1, 4, 14, 17];
const closed = (t: number) => t > downFromS - 0.6 && t < upToS - 0.8;
const smooth = (t: number) => (t <= 0 ? 0 : t >= 1 ? 1 : t * t * (3 - 2 * t));
const lowered = (t: number) =>
  smooth((t - downFromS) / (downToS - downFromS)) - smooth((t - upFromS) / (upToS - upFromS));

const ballast: Material = (p) => {
  p.albedo(hex('#8c8378'), 0.6 + 0.6 * noise2(p.x * 9, p.z * 9, 3));
  const sleeper = ((p.x % 0.65) + 0.65) % 0.65 < 0.26 && Math.abs(p.z - trackZ) < 1.3;
  if (sleeper) p.albedo(hex('#6b6158'), 0.9);
};

/** Two half barriers, red and white, with their warning lamps. */
function barriers(): Layer {
  const bar = new Model();
  for (let i = 0; i < 8; i++) bar.box([-0.06, -0.07, i * 0.75], [0.06, 0.07, i * 0.75 + 0.75], i % 2);
  bar.box([-0.16, -0.3, -0.9], [0.16, 0.3, -0.1], 2);
  const palette: Finish[] = [
    { colour: hex('#d23a2c') },
    { colour: hex('#ecebe4') },
    { colour: hex('#3a3d40') },
  ];
  const places = [
    { x: -4.6, z: trackZ - 4.2, yaw: Math.PI / 2 },
    { x: 4.6, z: trackZ + 4.2, yaw: -Math.PI / 2 },
  ];
  return {
    things: (stage) => {
      const raise = (1 - lowered(stage.time)) * 1.45;
      stage.sunlit = 0.8;
      for (const { x, z, yaw } of places) bar.draw(stage, { x, y: 1.05, z, yaw, pitch: raise }, palette);
    },
    over: (stage) => {
      if (!closed(stage.time)) return;
      const left = Math.floor(stage.time * 2) % 2 === 0;
      for (const { x, z } of places)
        for (const side of [-0.32, 0.32]) {
          if (side < 0 !== left) continue;
          stage.glow([x + side, 2.55, z - 0.25], 0.9, [1, 0.08, 0.05]);
        }
    },
  };
}

/** A level crossing in evening light: the barriers close, a train goes by, the road is free again. */
export const levelCrossing: SceneBuilder = (random) => {
  const road = marked(asphalt({ colour: hex('#6f6c66'), tracks: [-2.6, -1.1, 1.1, 2.6] }), [
    lineAlong(0, 0.14, -30, trackZ - 5, 2, 2),
    lineAlong(0, 0.14, trackZ + 5, 160, 2, 2),
    lineAcross(trackZ - 5, 0.35, 0.1, 3.4),
    lineAcross(trackZ + 5, 0.35, -3.4, -0.1),
  ]);
  const field: Material = (p) => {
    const row = Math.abs(((p.x * 0.9 + p.z * 0.2) % 1) - 0.5);
    p.albedo(hex('#c2a35a'), 0.7 + 0.3 * fractal2(p.x * 0.2, p.z * 0.2, 3, 6) + 0.25 * row);
  };
  const ground = zones(
    [
      { where: (x, z) => Math.abs(x) < 3.5 && Math.abs(z - trackZ) > 2.2, material: road },
      {
        where: (x, z) => Math.abs(x) < 4.4 && Math.abs(z - trackZ) <= 2.2,
        material: concrete(hex('#8d8880'), 1.2),
      },
      { where: (_x, z) => Math.abs(z - trackZ) < 2.9, material: ballast },
      { where: (x, z) => x > 12 && z > 34, material: field },
    ],
    grass(hex('#7a7b4a')),
  );
  const steel = paint(hex('#8f8378'), 0.1);
  const solids: Solid[] = [
    ...[-0.75, 0.75].map((off) =>
      box({ x: 0, z: trackZ + off, y: 0, w: 400, h: 0.16, d: 0.08, material: steel }),
    ),
    ...[
      [-4.6, trackZ - 4.2],
      [4.6, trackZ + 4.2],
    ].flatMap(([x = 0, z = 0]) => [
      box({ x, z, w: 0.45, h: 1.2, d: 0.45, material: paint(hex('#55595c')) }),
      column({ x, z, h: 3.3, r: 0.07, sides: 7 }, paint(hex('#c9c9c4'))),
      box({ x, z: z - 0.16, y: 2.35, w: 1.05, h: 0.42, d: 0.08, material: paint(hex('#17181a')) }),
      beam([x - 0.5, 2.85, z - 0.12], [x + 0.5, 3.35, z - 0.12], 0.13, paint(hex('#e8e6de'))),
      beam([x - 0.5, 3.35, z - 0.13], [x + 0.5, 2.85, z - 0.13], 0.13, paint(hex('#c93a2c'))),
    ]),
    // The keeper's house.
    box({
      x: -11.5,
      z: 25,
      w: 8,
      h: 5.4,
      d: 9,
      material: facade({ wall: hex('#b5654a'), bricks: true, lit: 0.15 }),
    }),
    gable({
      x: -11.5,
      z: 25,
      y: 5.4,
      w: 8,
      length: 9.6,
      rise: 3.8,
      material: rooftiles(hex('#5d4a40')),
      ends: paint(hex('#b5654a')),
    }),
    box({ x: -9.8, z: 27, y: 7, w: 0.9, h: 2.8, d: 0.9, material: paint(hex('#8a4f3d')) }),
    box({ x: 24, z: 70, w: 16, h: 7, d: 26, yaw: 0.3, material: facade({ wall: hex('#cfc3a8') }) }),
    gable({
      x: 24,
      z: 70,
      y: 7,
      w: 16,
      length: 26.6,
      rise: 6,
      yaw: 0.3,
      material: rooftiles(hex('#8a4f3c')),
      ends: paint(hex('#cfc3a8')),
    }),
    ...tree(random, -6.5, 34, 10, hex('#7d8a35')),
    ...tree(random, 8, 30, 9, hex('#8a8a35')),
    ...tree(random, 7.5, 46, 10, hex('#6d7f33')),
    ...tree(random, -7.5, 50, 11, hex('#7d8a35')),
    ...tree(random, -19, 38, 12, hex('#6d7f33')),
    ...tree(random, 15, 6, 9, hex('#7d8a35')),
    ...tree(random, -16, 58, 12, hex('#8a8a35')),
    ...tree(random, 9, 66, 11, hex('#7d8a35')),
    ...hedge(-10, 18.6, 9, true, hex('#566b30')),
    ...hedge(10, 20, 10, true, hex('#566b30')),
  ];
  for (const x of [-48, -22, 16, 42]) {
    solids.push(column({ x, z: trackZ + 3.1, h: 7.6, r: 0.15, top: 0.1, sides: 7 }, paint(hex('#5a5f62'))));
    solids.push(beam([x, 7, trackZ + 3.1], [x, 6.6, trackZ - 0.3], 0.09, paint(hex('#5a5f62'))));
  }
  for (const y of [5.3, 6.3])
    solids.push(beam([-150, y, trackZ], [150, y, trackZ], 0.035, paint(hex('#33373a'))));
  const stop = (atM: number) => [{ atM, open: (t: number) => !closed(t) }];
  return {
    view: { from: [7.2, 5.6, -8.5], at: [-1, 2.5, 16], fov: 62 },
    environment: {
      sun: [-0.78, 0.24, 0.36],
      sunColour: [1, 0.62, 0.3],
      sunPower: 3.2,
      sunSize: 0.02,
      zenith: hex('#5b86b5', 0.8),
      horizon: [0.98, 0.7, 0.44],
      glow: [1.2, 0.62, 0.22],
      bounce: [0.2, 0.16, 0.1],
      clouds: { cover: 0.5, bright: [1.15, 0.82, 0.58], dark: [0.5, 0.42, 0.45] },
      fog: { colour: [0.85, 0.62, 0.4], perM: 0.002 },
      skyline: [{ height: 0.09, colour: [0.42, 0.38, 0.32], shape: 'hills' }],
    },
    look: { ...plainLook, exposure: 0.88, saturation: 1.1 },
    solids,
    ground: { y: 0, material: ground },
    layers: [
      sway(1),
      traffic(
        [
          flow(random, {
            points: [
              [1.8, 0, -45],
              [1.8, 0, 130],
            ],
            starts: [0.5, 5, 17.5],
            stops: stop(45 + trackZ - 5),
            speedMps: 11,
          }),
          flow(random, {
            points: [
              [-1.8, 0, 130],
              [-1.8, 0, -40],
            ],
            starts: [4, 11],
            stops: stop(130 - trackZ - 5),
            speedMps: 11,
          }),
        ],
        { dusk: true },
      ),
      railLine({
        x: trackZ,
        fromZ: -190,
        toZ: 190,
        across: true,
        kind: 'train',
        startS: 1.2,
        speedMps: 32,
        cars: 6,
        colours: ['#2f5d7a', '#e8e2cf'],
        y: 0.16,
        lampsOn: true,
      }),
      crowd([
        { person: somePerson(random), way: [[-3.9, 0, 8.4]], yaw: 0.1 },
        { person: somePerson(random, { bag: hex('#7a3b33') }), way: [[4.2, 0, 8.6]], yaw: -0.2, arm: 0.6 },
      ]),
      barriers(),
    ],
  };
};
