import { hex, plainLook } from '../kit/colour.ts';
import type { Lamp } from '../kit/environment.ts';
import { flow, traffic } from '../kit/flows.ts';
import { wave } from '../kit/layers.ts';
import { concrete, glowing, paint } from '../kit/materials.ts';
import { panel } from '../kit/model.ts';
import { hash3 } from '../kit/random.ts';
import { asphalt, lineAlong, marked } from '../kit/roads.ts';
import type { SceneBuilder } from '../kit/scene.ts';
import { beam, box, prism, type Solid } from '../kit/solids.ts';
import type { Material } from '../kit/surface.ts';

const half = 5.8;
const long = 260;

/** Glazed tiles with a dark band, dusty towards the road. */
const tiles: Material = (p) => {
  const row = Math.floor(p.v / 0.3);
  const tile = Math.floor(p.u / 0.6);
  const tone = 0.88 + 0.12 * hash3(tile, row, p.seed);
  const dust = Math.max(0, 1 - p.v / 1.6);
  p.albedo(row === 7 ? hex('#2f6a7a') : hex('#cfd0c8'), tone * (1 - 0.45 * dust));
  p.gloss = row === 7 ? 0.3 : 0.4;
  p.rough = 0.12;
  if (p.distance < 34 && (p.v % 0.3 < 0.02 || p.u % 0.6 < 0.02)) p.albedo(hex('#8f908a'));
};

/** A road tunnel under the river: two rows of lamps that run into the distance. */
export const tunnel: SceneBuilder = (random) => {
  const road = marked(asphalt({ colour: hex('#5b5c5c'), tracks: [-2.8, -1.2, 1.2, 2.8] }), [
    lineAlong(0, 0.16, -20, 260, 3, 6),
    lineAlong(-3.9, 0.18, -20, 260),
    lineAlong(3.9, 0.18, -20, 260),
  ]);
  const vault = concrete(hex('#8f8b83'), 5);
  const z = long / 2 - 20;
  const solids: Solid[] = [
    ...[-1, 1].flatMap((side) => [
      box({ x: side * (half + 0.5), z, y: 0, w: 1, h: 3.6, d: long, material: tiles }),
      box({
        x: side * (half - 0.6),
        z,
        y: 0,
        w: 1.3,
        h: 0.32,
        d: long,
        material: concrete(hex('#a8a49a'), 2),
      }),
      prism({
        outline: [
          [side * half, 3.6],
          [side * (half + 1.5), 3.6],
          [side * (half + 1.5), 6.4],
          [side * 3.6, 6],
        ],
        x: 0,
        z,
        length: long,
        material: vault,
      }),
      beam(
        [side * (half - 0.15), 3.2, -20],
        [side * (half - 0.15), 3.2, long - 20],
        0.14,
        paint(hex('#6a6d70')),
      ),
    ]),
    box({ x: 0, z, y: 6, w: 9, h: 1, d: long, material: vault }),
  ];
  const lamps: Lamp[] = [];
  for (let i = 0; i < 24; i++) {
    const at = 4 + i * 9;
    for (const side of [-1, 1]) {
      const warm = hex('#ffc27a');
      solids.push(
        box({
          x: side * 2.9,
          z: at,
          y: 5.82,
          w: 0.42,
          h: 0.12,
          d: 2.6,
          material: glowing(warm, 5),
          blocks: false,
        }),
      );
      if (i < 15)
        lamps.push({
          at: [side * 2.9, 5.7, at],
          colour: hex('#ffb05c'),
          power: 15,
          reach: 17,
          narrow: 0.5,
          halo: i < 9 ? 0.9 : 0,
        });
    }
  }
  // Fans, emergency doors, lane signs.
  for (const at of [40, 104])
    for (const side of [-1.3, 1.3])
      solids.push(
        prism({
          outline: [
            [-0.55, 0],
            [0.55, 0],
            [0.75, 0.5],
            [0.55, 1],
            [-0.55, 1],
            [-0.75, 0.5],
          ],
          x: side,
          y: 4.9,
          z: at,
          length: 3.4,
          material: paint(hex('#9a9c9e')),
          ends: paint(hex('#26282a')),
        }),
      );
  for (const at of [22, 70, 118]) {
    solids.push(
      box({ x: half - 0.04, z: at, y: 0.3, w: 0.12, h: 2.3, d: 1.3, material: paint(hex('#2f8a55')) }),
    );
    solids.push(
      box({
        x: half - 0.5,
        z: at,
        y: 2.9,
        w: 0.9,
        h: 0.4,
        d: 0.12,
        material: glowing(hex('#3fd88a'), 0.9),
        blocks: false,
      }),
    );
    lamps.push({ at: [half - 0.9, 2.7, at], colour: hex('#4fe09a'), power: 3, reach: 7 });
  }
  solids.push(beam([-half, 5.4, 54], [half, 5.4, 54], 0.2, paint(hex('#55585a'))));
  for (const x of [-2, 2])
    solids.push(box({ x, z: 53.8, y: 4.55, w: 1, h: 0.9, d: 0.2, material: paint(hex('#101112')) }));
  const stream = (x: number, starts: number[], speedMps: number) =>
    flow(random, {
      points: [
        [x, 0, -26],
        [x, 0, 226],
      ],
      starts,
      speedMps,
    });
  return {
    view: { from: [-3.7, 4.9, -6.2], at: [0.5, 1.7, 18], fov: 64 },
    environment: {
      sun: [0, 1, 0],
      sunColour: [0, 0, 0],
      sunPower: 0,
      zenith: [0.03, 0.026, 0.02],
      horizon: [0.12, 0.085, 0.05],
      bounce: [0.1, 0.075, 0.045],
      fog: { colour: [0.3, 0.2, 0.11], perM: 0.0055 },
      lamps,
    },
    look: { ...plainLook, noise: 2.4, exposure: 1.35, saturation: 1.02, vignette: 0.4 },
    solids,
    ground: { y: 0, material: road },
    layers: [
      traffic([stream(-2, [0.8, 4.2, 7.1, 11.6, 15.2, 18], 19), stream(2, [2.2, 8.6, 13.1, 16.9], 16)], {
        night: true,
        beam: 0.5,
      }),
      {
        // Green arrows over both lanes.
        things: (stage) => {
          stage.sunlit = 0;
          for (const x of [-2, 2]) {
            const y = 5;
            panel(
              stage,
              [
                [x - 0.09, y + 0.3, 53.66],
                [x + 0.09, y + 0.3, 53.66],
                [x + 0.09, y - 0.1, 53.66],
                [x - 0.09, y - 0.1, 53.66],
              ],
              { colour: [0.2, 1, 0.5], glow: 2 },
            );
            panel(
              stage,
              [
                [x - 0.3, y - 0.05, 53.66],
                [x + 0.3, y - 0.05, 53.66],
                [x, y - 0.36, 53.66],
              ],
              { colour: [0.2, 1, 0.5], glow: 2 },
            );
          }
        },
        over: (stage) => {
          for (const x of [-2, 2]) stage.glow([x, 5, 53.5], 0.9, [0.1, 0.5, 0.25]);
          const beat = 0.5 + 0.5 * wave(stage, 20);
          stage.glow([half - 0.3, 3.7, 70], 0.7, [0.7 * beat, 0.4 * beat, 0.05]);
        },
      },
    ],
  };
};
