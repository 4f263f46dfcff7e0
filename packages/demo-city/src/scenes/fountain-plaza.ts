import { drawBird } from '../kit/animals.ts';
import { hex, plainLook } from '../kit/colour.ts';
import { facade } from '../kit/facades.ts';
import { crowd, passersBy, type Walker } from '../kit/flows.ts';
import { bench, lantern, planter, tree } from '../kit/furniture.ts';
import type { Layer } from '../kit/layers.ts';
import { concrete, paint, paving, water } from '../kit/materials.ts';
import { ball } from '../kit/model.ts';
import { somePerson } from '../kit/people.ts';
import { hash3, noise2, type Random } from '../kit/random.ts';
import { loopS, type SceneBuilder } from '../kit/scene.ts';
import { box, column, gable, type Solid } from '../kit/solids.ts';
import type { Material } from '../kit/surface.ts';
import type { Vec } from '../kit/view.ts';
import { ripple, sway } from '../kit/weather.ts';

const centre: Vec = [-1, 0, 13];

/** Jets of water: drops on their arcs, and the white column in the middle. */
function jets(random: Random): Layer {
  const drops = Array.from({ length: 900 }, (_, i) => ({
    jet: i % 16 > 12 ? 0 : i % 16,
    shift: random(),
    spread: random() - 0.5,
    turns: 17 + Math.floor(random() * 4),
  }));
  return {
    over: (stage) => {
      const { view, frame, time } = stage;
      const gust = 0.9 + 0.1 * Math.sin((time / loopS) * 6.2832 * 3);
      for (const { jet, shift, spread, turns } of drops) {
        const age = ((time / loopS) * turns + shift) % 1;
        const middle = jet === 0;
        const turn = ((jet - 1) / 12) * 6.2832 + spread * 0.1;
        const start = middle ? 0 : 3.1;
        const reach = middle ? spread * 0.55 * age : start - age * 2.1;
        const rise = middle
          ? 5.2 * gust * (1 - (2 * age - 1) ** 2) + 1.4
          : 0.45 + 2.1 * gust * (1 - (2 * age - 1) ** 2);
        const x = centre[0] + (middle ? reach * Math.cos(turns * 7 + shift * 40) : Math.cos(turn) * reach);
        const z = centre[2] + (middle ? reach * Math.sin(turns * 7 + shift * 40) : Math.sin(turn) * reach);
        const depth = view.project(x, rise, z);
        const radius = Math.max(0.9, ((0.06 + 0.08 * age) * view.focal) / depth);
        frame.disc(view.sx, view.sy, radius, 246, 250, 255, middle ? 0.5 : 0.42);
      }
    },
  };
}

/** Pigeons that peck on the paving, take off together, wheel round and land again. */
function pigeons(): Layer {
  const flock = Array.from({ length: 22 }, (_, i) => ({
    x: 5 + hash3(i, 1, 1) * 5.5,
    z: 5 + hash3(i, 2, 1) * 5,
    turn: hash3(i, 3, 1) * 6.28,
    lag: hash3(i, 4, 1) * 0.7,
    high: hash3(i, 5, 1),
  }));
  const smooth = (t: number) => (t <= 0 ? 0 : t >= 1 ? 1 : t * t * (3 - 2 * t));
  return {
    things: (stage) => {
      flock.forEach(({ x, z, turn, lag, high }, i) => {
        stage.sunlit = 0.8;
        const t = stage.time - 6 - lag;
        const flight = smooth(t / 1.4) - smooth((t - 8.2) / 1.6);
        const grey = 0.12 + 0.16 * high;
        if (flight < 0.02) {
          const peck =
            Math.sin(stage.time * 6.2832 * (0.5 + Math.floor(high * 3) * 0.5) + i) > 0.4 ? 0.07 : 0.13;
          ball(stage, [x, 0.1, z], 0.11, { colour: [grey, grey, grey * 1.1] }, 0.8, 5);
          ball(
            stage,
            [x + Math.sin(turn) * 0.12, peck, z + Math.cos(turn) * 0.12],
            0.05,
            { colour: [grey * 0.6, grey * 0.7, grey * 0.7] },
            1,
            4,
          );
          return;
        }
        const round = t * 0.78 + turn * 0.1;
        const [ox, oz] = [Math.cos(round) * (9 + high * 3) - 8, Math.sin(round) * (7 + high * 2) + 8];
        const at: Vec = [
          x + (ox + 2 - x * 0.6) * flight,
          0.15 + flight * (5 + high * 2.5),
          z + (oz + 4 - z * 0.6) * flight,
        ];
        drawBird(stage, at, -round, 0.62, stage.time * 6.2832 * 4 + i, [grey * 1.3, grey * 1.3, grey * 1.4]);
      });
    },
  };
}

/** The town hall: steps, columns, a pediment. */
function townHall(): Solid[] {
  const stone = hex('#d3c6a8');
  const list: Solid[] = [
    box({
      x: -2,
      z: 52,
      w: 48,
      h: 17,
      d: 16,
      material: facade({
        wall: stone,
        bayM: 3.4,
        floorM: 6,
        windowW: 1.5,
        windowH: 3.4,
        bands: true,
        footM: 3.4,
      }),
      top: concrete(),
    }),
    box({ x: -2, z: 42.5, y: 13.4, w: 22, h: 1.6, d: 5, material: paint(stone) }),
    gable({
      x: -2,
      z: 42.5,
      y: 15,
      w: 22,
      length: 5,
      rise: 4.6,
      eaves: 0.3,
      material: paint(hex('#8f9a94')),
      ends: paint(stone),
    }),
    box({
      x: -2,
      z: 54,
      y: 17,
      w: 9,
      h: 5,
      d: 9,
      material: facade({ wall: stone, bayM: 2.2, floorM: 4.4, windowH: 2.6 }),
    }),
    column({ x: -2, z: 54, y: 22, h: 6, r: 4.2, top: 1.1, sides: 14 }, paint(hex('#6f9484'))),
    column({ x: -2, z: 54, y: 28, h: 3.4, r: 0.5, top: 0.05, sides: 8 }, paint(hex('#c9a24a'))),
  ];
  for (let i = 0; i < 6; i++) {
    list.push(
      column(
        { x: -11 + i * 3.6, z: 40.8, y: 2.1, h: 11.3, r: 0.72, top: 0.6, sides: 14 },
        paint(stone, 0.18),
      ),
    );
    list.push(box({ x: -11 + i * 3.6, z: 40.8, y: 13, w: 1.7, h: 0.5, d: 1.7, material: paint(stone) }));
  }
  for (let step = 0; step < 6; step++)
    list.push(
      box({
        x: -2,
        z: 42 - step * 0.3,
        y: 0,
        w: 26 + (5 - step) * 0.2,
        h: 2.1 - step * 0.35,
        d: 5 + step * 0.9,
        material: paint(hex('#c9bda2'), 0.2),
      }),
    );
  return list;
}

/** A sunny square with a fountain in front of the town hall. */
export const fountainPlaza: SceneBuilder = (random) => {
  const stone = paint(hex('#c4b79c'), 0.25);
  const pool = water(hex('#3d7f8c'), 0.55);
  const ringed: Material = (p) => {
    const out = Math.hypot(p.x - centre[0], p.z - centre[2]);
    paving(hex('#c2b59a'), 0.9)(p);
    if (out < 14 && Math.floor(out / 1.75) % 3 === 1)
      p.blend(hex('#9a7f66'), 0.55 + 0.2 * noise2(p.x, p.z, 2));
  };
  const solids: Solid[] = [
    ...townHall(),
    column({ x: centre[0], z: centre[2], h: 0.62, r: 5.2, sides: 28 }, stone, pool),
    ...Array.from({ length: 28 }, (_, i) => {
      const turn = (i / 28) * 6.2832;
      return box({
        x: centre[0] + Math.cos(turn) * 5.2,
        z: centre[2] + Math.sin(turn) * 5.2,
        w: 0.5,
        h: 0.8,
        d: 1.24,
        yaw: -turn,
        material: stone,
      });
    }),
    column({ x: centre[0], z: centre[2], y: 0.5, h: 0.9, r: 0.5, top: 0.4, sides: 12 }, stone),
    column({ x: centre[0], z: centre[2], y: 1.3, h: 0.4, r: 0.5, top: 1.7, sides: 18 }, stone, pool),
    box({
      x: -42,
      z: 30,
      w: 24,
      h: 17,
      d: 52,
      material: facade({ wall: hex('#c9a87c'), foot: 'arcade', bands: true }),
    }),
    box({
      x: 38,
      z: 34,
      w: 24,
      h: 20,
      d: 52,
      material: facade({ wall: hex('#b98f6a'), foot: 'shops', shopLight: 0.1, bands: true }),
    }),
    ...[8, 19, 30].flatMap((z) => tree(random, -19.5, z, 8.5, hex('#5f8436'))),
    ...[14, 25, 36].flatMap((z) => tree(random, 18.5, z, 8.5, hex('#688a38'))),
    ...planter(random, -10, 3),
    ...planter(random, 9.5, 20),
    ...planter(random, -11, 25),
    ...bench(-8.3, 7.5, 2.2),
    ...bench(6.6, 19, -2.4),
    ...bench(-9, 18.5, 1.2),
  ];
  const lanterns = [
    [-13, 10],
    [11, 9],
    [-13, 27],
    [12, 27],
  ].map(([x = 0, z = 0]) => lantern({ x, z, on: false }));
  solids.push(...lanterns.flatMap((one) => one.solids));
  const around = (r: number, turn: number): Vec => [
    centre[0] + Math.cos(turn) * r,
    0,
    centre[2] + Math.sin(turn) * r,
  ];
  const standing: Walker[] = [3.8, 4.3, 5.6, 0.4, 2.2].map((turn) => ({
    person: somePerson(random),
    way: [around(6.3 + random(), turn)],
    yaw: Math.atan2(-Math.cos(turn), -Math.sin(turn)),
    arm: random() < 0.5 ? 0.8 : 0,
  }));
  return {
    view: { from: [6, 8.8, -11], at: [-1.4, 3.6, 17], fov: 62 },
    environment: {
      sun: [0.62, 0.68, -0.32],
      sunColour: [1, 0.94, 0.82],
      sunPower: 2.8,
      zenith: hex('#2f6cc0', 0.95),
      horizon: hex('#b9d6ee', 1),
      glow: [0.4, 0.36, 0.3],
      bounce: [0.28, 0.25, 0.2],
      clouds: { cover: 0.4, bright: [1.35, 1.33, 1.3], dark: [0.68, 0.72, 0.78] },
      fog: { colour: hex('#bcd2e4', 0.9), perM: 0.0012 },
    },
    look: { ...plainLook, exposure: 0.76, saturation: 1.1 },
    solids,
    ground: { y: 0, material: ringed },
    layers: [
      sway(0.9),
      ripple(0.5, 20),
      crowd([
        ...standing,
        ...passersBy(random, { from: [-24, 0, 4], to: [26, 0, 1], spreadM: 2, count: 8 }),
        ...passersBy(random, { from: [8, 0, -10], to: [4, 0, 40], spreadM: 2, count: 5 }),
        ...passersBy(random, { from: [-16, 0, -4], to: [-12, 0, 40], spreadM: 1.4, count: 5 }),
        ...passersBy(random, { from: [-20, 0, 24], to: [22, 0, 27], spreadM: 2, count: 6 }),
      ]),
      pigeons(),
      jets(random),
    ],
  };
};
