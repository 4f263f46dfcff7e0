import { drawBird } from '../kit/animals.ts';
import { boat, boatPaint, workBoat } from '../kit/boats.ts';
import { hex, plainLook } from '../kit/colour.ts';
import { crowd, passersBy } from '../kit/flows.ts';
import { bench, lantern, railing } from '../kit/furniture.ts';
import { wave, type Layer } from '../kit/layers.ts';
import { brick, glowing, paint, paving, water, zones } from '../kit/materials.ts';
import { somePerson } from '../kit/people.ts';
import { loopS, type SceneBuilder } from '../kit/scene.ts';
import { box, column, type Solid } from '../kit/solids.ts';
import type { Material } from '../kit/surface.ts';
import { mist, ripple } from '../kit/weather.ts';
import type { Vec } from '../kit/view.ts';

const light: Vec = [3.5, 23.4, 92];

/** The lighthouse's beam turns and lights the fog. */
function beam(): Layer {
  return {
    over: (stage) => {
      const turn = (stage.time / loopS) * 6.2832 * 2;
      const depth = stage.view.project(...light);
      const { sx, sy } = stage.view;
      const { frame, view } = stage;
      for (const way of [0, Math.PI]) {
        const [dx, dz] = [Math.sin(turn + way), Math.cos(turn + way)];
        const towards = Math.max(0, -dz) ** 10;
        stage.glow(
          light,
          4 + 22 * towards,
          [0.4 + 0.5 * towards, 0.37 + 0.46 * towards, 0.28 + 0.36 * towards],
          true,
        );
        const slope = 0.06;
        const spread = 0.11 + 0.1 * Math.abs(dz);
        const reach = Math.abs(dx) * view.width * 0.62;
        for (let step = 2; step < reach; step++) {
          const x = Math.round(sx + Math.sign(dx) * step);
          if (x < 0 || x >= view.width) break;
          const share = 0.26 * (1 - step / reach) * Math.abs(dx);
          const half = step * spread * 0.5 + 2;
          const middle = sy + step * slope * (dz > 0 ? -0.2 : 0.6);
          for (let y = Math.max(0, Math.ceil(middle - half)); y <= middle + half && y < view.height; y++) {
            if ((frame.plate.depth[y * view.width + x] as number) < depth * 0.55) continue;
            const soft = 1 - Math.abs(y - middle) / half;
            frame.add((y * view.width + x) * 4, 150 * share * soft, 144 * share * soft, 122 * share * soft);
          }
        }
      }
    },
  };
}

/** A mole in the fog before sunrise: lamps in a row, a lighthouse, gulls. */
export const waterfrontFog: SceneBuilder = (random) => {
  const waterY = -3;
  const stone = brick(hex('#8a867e'), hex('#5d5a55'), 1.4, 0.7);
  const bands: Material = (p) => {
    p.albedo(Math.floor(p.v / 4.4) % 2 === 0 ? hex('#b5392f') : hex('#e4e0d6'), 0.95);
  };
  const solids: Solid[] = [
    box({
      x: 2,
      z: 46,
      y: waterY - 1,
      w: 11,
      h: 4,
      d: 118,
      material: stone,
      top: paving(hex('#8f8a82'), 1.2, 0.8, 0.5),
    }),
    box({ x: 8, z: 46, y: 0, w: 1.2, h: 1.25, d: 118, material: stone }),
    column({ x: light[0], z: light[2], y: 0, h: 20, r: 3.1, top: 2.1, sides: 16 }, bands),
    column({ x: light[0], z: light[2], y: 20, h: 0.5, r: 3.1, sides: 16 }, paint(hex('#2f3438'))),
    column({ x: light[0], z: light[2], y: 22, h: 2.4, r: 1.2, sides: 12 }, glowing([1, 0.92, 0.72], 1.6)),
    column({ x: light[0], z: light[2], y: 24.4, h: 2, r: 1.9, top: 0.1, sides: 14 }, paint(hex('#a3342b'))),
    ...railing([-3.2, 0, -8], [-3.2, 0, 100], 1.1, 2.4),
    ...bench(-1.9, 9, Math.PI / 2),
    ...bench(-1.9, 27, Math.PI / 2),
  ];
  // Rocks at the foot of the mole.
  const rock = paint(hex('#5f5c58'), 0.5);
  for (let i = 0; i < 46; i++)
    for (const row of [0, 1])
      solids.push(
        box({
          x: -4.3 - row * 1.3 - random() * 0.8,
          z: -6 + i * 1.9 + random(),
          y: waterY - 0.6 + (1 - row) * random() * 0.9,
          w: 0.9 + random() * 1.1,
          h: 0.8 + random() * 0.6,
          d: 0.9 + random() * 1.1,
          yaw: random() * 3,
          material: rock,
        }),
      );
  const lanterns = [4, 18, 32, 46, 60, 74].map((z) =>
    lantern({ x: 5.8, z, heightM: 4.6, power: 22, colour: hex('#ffb566') }),
  );
  solids.push(...lanterns.flatMap((one) => one.solids));
  const ground = zones([], water(hex('#46545c'), 0.7));
  return {
    view: { from: [-2.4, 5.2, -11], at: [0.2, 4.6, 24], fov: 60 },
    environment: {
      sun: [-0.5, 0.16, 0.8],
      sunColour: [1, 0.8, 0.66],
      sunPower: 0.25,
      sunSize: 0.4,
      zenith: [0.2, 0.24, 0.32],
      horizon: [0.3, 0.31, 0.35],
      glow: [0.22, 0.12, 0.06],
      bounce: [0.16, 0.17, 0.19],
      fog: { colour: [0.3, 0.31, 0.35], perM: 0.0135 },
      lamps: lanterns.flatMap((one) => one.lamps).map((lamp) => ({ ...lamp, halo: 2.6 })),
    },
    look: { ...plainLook, exposure: 1.05, saturation: 1.05, vignette: 0.36 },
    solids,
    ground: { y: waterY, material: ground },
    mirrorY: 0,
    layers: [
      ripple(1.1, 9),
      boat({
        model: workBoat(11),
        palette: boatPaint('#34505e', '#c9572e', 1.2),
        way: [
          [-60, 0, 46],
          [-22, 0, 40],
          [-9, 0, -14],
        ],
        speedMps: 3.2,
        startS: 2,
        waterY,
        lengthM: 11,
        lamps: true,
      }),
      boat(
        {
          model: workBoat(8),
          palette: boatPaint('#5b2f2a', '#d8d2c2'),
          way: [[-13, 0, 24]],
          speedMps: 0,
          waterY,
          lengthM: 8,
        },
        0.6,
      ),
      crowd([
        {
          person: somePerson(random, { coat: hex('#d9663a'), skirt: false, bag: null }),
          way: [
            [1.4, 0, 84],
            [0.6, 0, -10],
          ],
          speedMps: 3,
          running: 0.85,
          startS: 3,
        },
        ...passersBy(random, { from: [2.6, 0, -6], to: [2.2, 0, 84], spreadM: 0.9, count: 2, speedMps: 1.1 }),
        { person: somePerson(random, { hat: hex('#2a3038') }), way: [[-2.5, 0, 15]], yaw: -1.5 },
      ]),
      {
        things: (stage) => {
          stage.sunlit = 0.4;
          for (let i = 0; i < 6; i++) {
            const turn = (stage.time / loopS) * 6.2832 + i * 1.05;
            const at: Vec = [
              -7 + Math.cos(turn) * (5 + i),
              6 + i * 0.8 + wave(stage, 3, i),
              14 + i * 4 + Math.sin(turn) * 6,
            ];
            drawBird(
              stage,
              at,
              -turn,
              1.25,
              (stage.time / loopS) * 6.2832 * (30 + i * 2),
              [0.62, 0.62, 0.64],
            );
          }
        },
      },
      mist(random, [
        { depthM: 60, y: 1, heightM: 9, share: 0.55, level: 148 },
        { depthM: 28, y: -1.4, heightM: 3.4, share: 0.4, level: 150 },
        { depthM: 14, y: -2.4, heightM: 1.7, share: 0.28, level: 152 },
      ]),
      beam(),
    ],
  };
};
