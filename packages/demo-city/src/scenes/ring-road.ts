import { hex, plainLook } from '../kit/colour.ts';
import type { Lamp } from '../kit/environment.ts';
import { facade, glassWall } from '../kit/facades.ts';
import { flow, traffic } from '../kit/flows.ts';
import { concrete, glowing, grass, paint, zones } from '../kit/materials.ts';
import { asphalt, lineAlong, marked } from '../kit/roads.ts';
import type { SceneBuilder } from '../kit/scene.ts';
import { beam, box, column, prism, type Solid } from '../kit/solids.ts';
import type { Material } from '../kit/surface.ts';

const lanes = [-11.2, -7.7, -4.2, 4.2, 7.7, 11.2];

/** A gantry sign: blue panels with white arrows and bars, no words. */
const guide: Material = (p) => {
  p.albedo(hex('#1d4f9c'));
  p.shine(hex('#1d4f9c'), 0.5);
  const [x, y] = [p.u, p.v];
  const rim = Math.min(x, p.lengthU - x, y, p.lengthV - y);
  const arrow =
    Math.abs(x - 1) < 0.1 + Math.max(0, 0.5 - Math.abs(y - 1.9)) * (y > 1.6 ? 0.7 : 0) && y > 0.5 && y < 2.3;
  const bars =
    x > 2 &&
    x < p.lengthU - 0.6 &&
    (Math.abs(y - 1.9) < 0.18 || (Math.abs(y - 1.1) < 0.14 && x < p.lengthU - 1.6));
  if (rim < 0.09 || arrow || bars) p.shine([0.9, 0.92, 0.95], 0.75);
};

/** The ring road at night from a bridge above it: white light comes, red light goes. */
export const ringRoad: SceneBuilder = (random) => {
  const road = marked(asphalt({ colour: hex('#4a4a4c'), tracks: lanes.flatMap((x) => [x - 0.8, x + 0.8]) }), [
    ...[-9.45, -5.95, 5.95, 9.45].map((x) => lineAlong(x, 0.16, -20, 400, 4, 8)),
    ...[-13.1, -2.3, 2.3, 13.1].map((x) => lineAlong(x, 0.22, -20, 400)),
  ]);
  const solids: Solid[] = [
    prism({
      outline: [
        [-0.35, 0],
        [0.35, 0],
        [0.12, 0.9],
        [-0.12, 0.9],
      ],
      x: 0,
      z: 190,
      length: 400,
      material: concrete(hex('#8d8a84'), 4),
    }),
    ...[-16.4, 16.4].map((x) =>
      box({ x, z: 190, w: 0.3, h: 3.6, d: 400, material: concrete(hex('#6f6d68'), 4) }),
    ),
    // A second bridge farther on, and the sign gantry.
    box({ x: 0, z: 118, y: 6.4, w: 90, h: 1.6, d: 11, material: concrete(hex('#77736c'), 6) }),
    box({ x: 0, z: 112.6, y: 8, w: 90, h: 1, d: 0.2, material: paint(hex('#4a4f52')) }),
    ...[-15, 0, 15].map((x) => column({ x, z: 118, h: 6.5, r: 0.8 }, concrete())),
    beam([-16, 7.6, 52], [16, 7.6, 52], 0.4, paint(hex('#50565a'))),
    beam([-16, 6.4, 52], [16, 6.4, 52], 0.4, paint(hex('#50565a'))),
    ...[-16, 16].map((x) => beam([x, 0, 52], [x, 8, 52], 0.5, paint(hex('#50565a')))),
    box({ x: 4.4, z: 51.6, y: 5.6, w: 5.6, h: 2.8, d: 0.2, material: guide, blocks: false }),
    box({ x: 11, z: 51.6, y: 5.6, w: 5.6, h: 2.8, d: 0.2, material: guide, blocks: false }),
    box({
      x: -44,
      z: 90,
      w: 26,
      h: 26,
      d: 60,
      material: facade({ wall: hex('#55504a'), lit: 0.3, litPower: 0.5 }),
    }),
    box({
      x: 46,
      z: 70,
      w: 30,
      h: 42,
      d: 26,
      material: glassWall({ lit: 0.4, litPower: 0.42, paneM: 1.2, floorM: 3.3 }),
    }),
    box({
      x: 52,
      z: 150,
      w: 34,
      h: 58,
      d: 34,
      material: glassWall({ lit: 0.4, litPower: 0.42, paneM: 1.2, floorM: 3.3 }),
    }),
    box({
      x: -60,
      z: 190,
      w: 40,
      h: 48,
      d: 50,
      material: facade({ wall: hex('#4c4a4a'), lit: 0.35, litPower: 0.5 }),
    }),
  ];
  const lamps: Lamp[] = [];
  for (const z of [14, 46, 78, 110, 142, 176, 214]) {
    solids.push(column({ x: 0, z, h: 11, r: 0.16, top: 0.09, sides: 7 }, paint(hex('#55595c'))));
    for (const side of [-1, 1]) {
      solids.push(beam([0, 10.8, z], [side * 2.6, 11.2, z], 0.1, paint(hex('#55595c'))));
      const lamp = box({
        x: side * 2.7,
        z,
        y: 11.1,
        w: 0.9,
        h: 0.1,
        d: 0.34,
        material: glowing(hex('#ffb059'), 8),
        blocks: false,
      });
      solids.push(lamp);
      lamps.push({
        at: [side * 2.7, 11, z],
        colour: hex('#ff9d45'),
        power: 80,
        reach: 46,
        narrow: 0.6,
        halo: 1.6,
      });
    }
  }
  const stream = (x: number, way: 1 | -1, starts: number[], speedMps: number) =>
    flow(random, {
      points:
        way > 0
          ? [
              [x, 0, -30],
              [x, 0, 330],
            ]
          : [
              [x, 0, 330],
              [x, 0, -30],
            ],
      starts,
      speedMps,
    });
  const ground = zones(
    [
      { where: (x) => Math.abs(x) < 13.6, material: road },
      { where: (x) => Math.abs(x) < 16.4, material: concrete(hex('#6a6762')) },
    ],
    grass(hex('#3f4d30')),
  );
  return {
    view: { from: [5.2, 9.4, -12], at: [-0.6, 1.4, 34], fov: 58 },
    environment: {
      sun: [0.3, 0.8, 0.4],
      sunColour: [0.5, 0.6, 1],
      sunPower: 0.0,
      zenith: [0.012, 0.018, 0.045],
      horizon: [0.1, 0.062, 0.052],
      bounce: [0.03, 0.025, 0.022],
      fog: { colour: [0.085, 0.058, 0.045], perM: 0.0021 },
      stars: 0.35,
      lamps,
      skyline: [
        { height: 0.17, colour: [0.022, 0.02, 0.03], shape: 'town', lit: 0.3 },
        { height: 0.09, colour: [0.03, 0.026, 0.032], shape: 'town', lit: 0.25 },
      ],
    },
    look: { ...plainLook, noise: 2, exposure: 1.75, saturation: 1.08, vignette: 0.36 },
    solids,
    ground: { y: 0, material: ground },
    layers: [
      traffic(
        [
          stream(lanes[3] as number, 1, [0.5, 2.6, 5.2, 8.4, 11.1, 13.2, 15.5, 18.1], 27),
          stream(lanes[4] as number, 1, [1.8, 4.6, 8.2, 11.6, 14.4, 18.4], 24),
          stream(lanes[5] as number, 1, [3, 10.6, 16.2], 20),
          stream(lanes[2] as number, -1, [0.9, 3.1, 5.2, 8.1, 10.3, 13, 15, 18.2], 27),
          stream(lanes[1] as number, -1, [0.2, 3.4, 6.2, 9.1, 12.2, 14.9, 17.6], 24),
          stream(lanes[0] as number, -1, [2.6, 7.6, 15.5], 20),
        ],
        { night: true, beam: 0.6 },
      ),
    ],
  };
};
