import { hex, plainLook } from '../kit/colour.ts';
import { facade, glassWall } from '../kit/facades.ts';
import { wave, type Layer } from '../kit/layers.ts';
import { concrete, glowing, paint } from '../kit/materials.ts';
import { panel } from '../kit/model.ts';
import { hash3, pick, type Random } from '../kit/random.ts';
import { loopS, type SceneBuilder } from '../kit/scene.ts';
import { box, column, gable, type Solid } from '../kit/solids.ts';
import { Kind } from '../kit/surface.ts';
import { rooftiles } from '../kit/materials.ts';
import type { Vec } from '../kit/view.ts';
import { drawBird } from '../kit/animals.ts';

interface Block {
  x: number;
  z: number;
  w: number;
  h: number;
  d: number;
}

/** Windows that are switched on and off, each at its own times of the loop. */
function switching(random: Random, blocks: readonly Block[]): Layer {
  const windows = Array.from({ length: 150 }, () => {
    const b = pick(random, blocks);
    const left = random() < 0.5;
    const floors = Math.floor(b.h / 3.4) - 1;
    const y = 1.4 + 3.4 * Math.floor(random() * floors);
    const x = left
      ? b.x + (b.x > 0 ? -1 : 1) * (b.w / 2 + 0.05)
      : b.x - b.w / 2 + 1.5 + 2.6 * Math.floor(random() * ((b.w - 3) / 2.6));
    const z = left
      ? b.z - b.d / 2 + 1.5 + 2.6 * Math.floor(random() * ((b.d - 3) / 2.6))
      : b.z - b.d / 2 - 0.05;
    const on = random() * loopS;
    return { x, y, z, left, on, off: on + 4 + random() * 12, warm: random() };
  });
  return {
    things: (stage) => {
      for (const { x, y, z, left, on, off, warm } of windows) {
        const since = (((stage.time - on) % loopS) + loopS) % loopS;
        if (since > off - on) continue;
        const ring: Vec[] = left
          ? [
              [x, y, z],
              [x, y, z + 1.3],
              [x, y + 1.7, z + 1.3],
              [x, y + 1.7, z],
            ]
          : [
              [x, y, z],
              [x + 1.3, y, z],
              [x + 1.3, y + 1.7, z],
              [x, y + 1.7, z],
            ];
        panel(stage, ring, { colour: [1, 0.62 + 0.22 * warm, 0.28 + 0.4 * warm], glow: 0.95 });
      }
    },
  };
}

/** Clouds that drift: two pictures of the sky fade into one another, each moved by the wind. */
function driftingSky(): Layer {
  const shiftPx = 34;
  return {
    under: ({ frame, time }) => {
      const { plate, rgba, width, height } = frame;
      const turn = time / loopS;
      const a = Math.round((turn - 0.5) * shiftPx * 2);
      const b = Math.round((((turn + 0.5) % 1) - 0.5) * shiftPx * 2);
      const share = Math.abs(turn - 0.5) * 2;
      const source = plate.rgba;
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++) {
          const at = y * width + x;
          if (plate.kind[at] !== Kind.sky) continue;
          const xa = Math.min(width - 1, Math.max(0, x - a));
          const xb = Math.min(width - 1, Math.max(0, x - b));
          const pa = plate.kind[y * width + xa] === Kind.sky ? y * width + xa : at;
          const pb = plate.kind[y * width + xb] === Kind.sky ? y * width + xb : at;
          for (let i = 0; i < 3; i++)
            rgba[at * 4 + i] =
              (source[pa * 4 + i] as number) * (1 - share) + (source[pb * 4 + i] as number) * share;
        }
    },
  };
}

/** Blinking lights: masts, an aircraft, traffic in the street below. */
function lights(masts: readonly Vec[]): Layer {
  return {
    over: (stage) => {
      const { time } = stage;
      masts.forEach((at, index) => {
        const on = 0.5 + 0.5 * wave(stage, 10, index);
        stage.glow(at, 2.6, [0.9 * on, 0.06 * on, 0.05 * on]);
      });
      const t = time / loopS;
      const plane: Vec = [-420 + 900 * t, 205 + 20 * t, 620];
      stage.glow(plane, 3, [0.5, 0.5, 0.55]);
      if (Math.floor(time * 2) % 2 === 0) stage.glow([plane[0] - 5, plane[1], 620], 4, [0.9, 0.1, 0.1]);
      for (let i = 0; i < 26; i++) {
        const away = i % 2 === 0;
        const along = (hash3(i, 2, 1) + t * (1 + (i % 3))) % 1;
        const z = away ? 60 + along * 380 : 440 - along * 380;
        const at: Vec = [away ? 3.2 : -3.2, 0.8, z];
        stage.glow(at, 2.1, away ? [0.75, 0.07, 0.05] : [0.8, 0.74, 0.6]);
      }
    },
  };
}

/** Over the roofs at dusk: windows light up, clouds drift, an aircraft comes in. */
export const skyline: SceneBuilder = (random) => {
  const solids: Solid[] = [];
  const blocks: Block[] = [];
  const walls = ['#6f655c', '#8a7464', '#5c5f66', '#7c6a58', '#90826f', '#4f545c'].map((text) => hex(text));
  for (let row = 0; row < 9; row++)
    for (let column_ = -6; column_ <= 6; column_++) {
      if (column_ === 0) continue;
      const x = column_ * 34 - Math.sign(column_) * 8 + (random() - 0.5) * 5;
      const z = 52 + row * 40 + (random() - 0.5) * 8;
      const tall = random() ** 2.2;
      const h = 13 + tall * 52 * (row > 2 ? 1 : 0.3) + (row > 5 ? 10 : 0);
      const [w, d] = [22 + random() * 7, 24 + random() * 8];
      const wall = pick(random, walls);
      const material =
        random() < 0.32
          ? glassWall({ lit: 0.2, litPower: 0.65, floorM: 3.3, paneM: 1.1 })
          : facade({ wall, lit: 0.22, litPower: 0.8, bayM: 2.6, floorM: 3.4 });
      solids.push(box({ x, z, w, h, d, material, top: concrete(hex('#5d5a57'), 4) }));
      blocks.push({ x, z, w, h, d });
      if (random() < 0.6)
        solids.push(
          box({
            x: x + (random() - 0.5) * 8,
            z: z + (random() - 0.5) * 8,
            y: h,
            w: 5,
            h: 3,
            d: 5,
            material: concrete(hex('#66625e')),
          }),
        );
      if (random() < 0.25)
        solids.push(
          column(
            { x: x - 5, z: z - 5, y: h, h: 4, r: 2, top: 2.1, sides: 12 },
            paint(hex('#5b4a3d')),
            paint(hex('#3d342d')),
          ),
        );
      if (h < 24 && random() < 0.4)
        solids.push(
          gable({
            x,
            z,
            y: h,
            w,
            length: d,
            rise: 6,
            material: rooftiles(hex('#5f3d31')),
            ends: paint(wall),
          }),
        );
    }
  // Three towers make the skyline, and our own roof edge is in front.
  const towers: [number, number, number, number][] = [
    [-62, 190, 128, 24],
    [48, 250, 152, 26],
    [112, 210, 104, 30],
  ];
  const masts: Vec[] = [];
  for (const [x, z, h, w] of towers) {
    solids.push(
      box({ x, z, w, h, d: w, material: glassWall({ lit: 0.24, litPower: 0.7, floorM: 3.3, paneM: 1.1 }) }),
    );
    solids.push(box({ x, z, y: h, w: w * 0.6, h: 7, d: w * 0.6, material: glassWall({ lit: 0.1 }) }));
    solids.push(column({ x, z, y: h + 7, h: 22, r: 0.6, top: 0.15, sides: 6 }, paint(hex('#7d8084'))));
    masts.push([x, h + 29, z]);
  }
  solids.push(
    box({ x: 0, z: 3, y: 36, w: 60, h: 4.2, d: 1.2, material: concrete(hex('#7b736a'), 3) }),
    box({ x: 0, z: 3, y: 40.2, w: 60, h: 0.3, d: 1.8, material: concrete(hex('#8a8278'), 3) }),
    box({ x: -14, z: 7, y: 36, w: 7, h: 6.6, d: 5, material: paint(hex('#6a6d70'), 0.3) }),
    column({ x: 15.5, z: 6, y: 36, h: 8.6, r: 0.12, sides: 6 }, paint(hex('#45484a'))),
    box({ x: 15.5, z: 6, y: 44.4, w: 1.6, h: 0.1, d: 0.1, material: paint(hex('#45484a')) }),
    box({ x: 0, z: 250, y: 0, w: 15, h: 0.02, d: 480, material: paint(hex('#3a3838')) }),
    ...[70, 130, 190, 250, 310, 370].flatMap((z) =>
      [-8, 8].map((x) =>
        box({ x, z, y: 7, w: 0.8, h: 0.4, d: 0.8, material: glowing(hex('#ffb768'), 6), blocks: false }),
      ),
    ),
  );
  return {
    view: { from: [2, 47, -18], at: [1, 45, 60], fov: 66 },
    environment: {
      sun: [-0.52, 0.075, 0.84],
      sunColour: [1, 0.45, 0.22],
      sunPower: 1.1,
      sunSize: 0.05,
      zenith: [0.07, 0.1, 0.25],
      horizon: [0.6, 0.27, 0.15],
      glow: [1.0, 0.42, 0.16],
      bounce: [0.075, 0.06, 0.07],
      clouds: { cover: 0.55, bright: [0.72, 0.32, 0.28], dark: [0.14, 0.11, 0.19], scale: 0.9 },
      fog: { colour: [0.3, 0.16, 0.15], perM: 0.0009 },
      skyline: [
        { height: 0.06, colour: [0.23, 0.14, 0.16], shape: 'hills' },
        { height: 0.035, colour: [0.17, 0.11, 0.13], shape: 'town', lit: 0.35 },
      ],
      lamps: [70, 130, 190, 250].map((z) => ({
        at: [0, 9, z] as Vec,
        colour: hex('#ffa850'),
        power: 60,
        reach: 40,
      })),
    },
    look: { ...plainLook, exposure: 1.05, saturation: 1.1, vignette: 0.34 },
    solids,
    ground: { y: 0, material: paint(hex('#3f3c3b')) },
    layers: [
      driftingSky(),
      switching(random, blocks.slice(0, 60)),
      lights(masts),
      {
        things: (stage) => {
          stage.sunlit = 0.5;
          for (let i = 0; i < 7; i++) {
            const turn = (stage.time / loopS) * 6.2832 * (i % 2 === 0 ? 1 : 2) + i * 0.7;
            const at: Vec = [
              Math.cos(turn) * (16 + i) - 8,
              52 + i * 0.9 + Math.sin(turn * 2) * 1.5,
              50 + Math.sin(turn) * 14,
            ];
            drawBird(stage, at, -turn, 1.5, (stage.time / loopS) * 6.2832 * (36 + i), [0.03, 0.03, 0.035]);
          }
        },
      },
    ],
  };
};
