import { drawBeast, shadeBeast } from '../kit/animals.ts';
import type { EnvironmentOptions } from '../kit/environment.ts';
import { hex, plainLook } from '../kit/colour.ts';
import { facade } from '../kit/facades.ts';
import { railing } from '../kit/furniture.ts';
import type { Layer } from '../kit/layers.ts';
import { boards, brick, concrete, glowing, paint, paving } from '../kit/materials.ts';
import { hash3 } from '../kit/random.ts';
import { loopS, type SceneBuilder } from '../kit/scene.ts';
import { beam, box, column, leafBall, type Solid } from '../kit/solids.ts';
import { Route } from '../kit/traffic.ts';

const wide = 3.1;

/** Whether the lamp is out: it stutters twice in the loop. */
const out = (t: number) =>
  (t > 5 && t < 6.4 && hash3(Math.floor(t * 15), 1, 3) > 0.45) ||
  (t > 14.6 && t < 15.5 && hash3(Math.floor(t * 15), 2, 3) > 0.4) ||
  (t > 15.5 && t < 16.3);

/** A cat that comes along the wall, sits, looks, and slips away. */
function cat(): Layer {
  const coat = { backM: 0.27, coat: [0.1, 0.095, 0.09] as const, cat: true };
  const route = new Route(
    [
      [-2.4, 0, 21],
      [-1.6, 0, 11],
      [-0.5, 0, 6.6],
      [1.2, 0, 4.2],
      [2.7, 0, 1],
    ],
    0.8,
  );
  const smooth = (t: number) => (t <= 0 ? 0 : t >= 1 ? 1 : t * t * (3 - 2 * t));
  const at = (t: number) => {
    const [first, whole] = [14.9, route.length];
    const distance = first * Math.min(1, t / 9.4) + (whole - first) * Math.max(0, (t - 13.2) / 5.2);
    const sits = t > 9.4 && t < 13.2;
    return { distance: Math.min(whole, distance), sits, seen: t < 18.4 };
  };
  const pose = (t: number) => {
    const { distance, sits, seen } = at(t);
    const place = route.place(distance);
    const look = sits ? smooth((t - 9.6) / 0.8) - smooth((t - 12.4) / 0.8) : 0;
    return {
      seen,
      pose: { x: place.x, z: place.z, yaw: place.yaw + look * 0.9, walked: sits ? null : distance },
    };
  };
  return {
    under: (stage) => {
      const { seen, pose: p } = pose(stage.time);
      if (seen) shadeBeast(stage, coat, p);
    },
    things: (stage) => {
      const { seen, pose: p } = pose(stage.time);
      if (seen) drawBeast(stage, coat, p);
    },
    over: (stage) => {
      const { seen, pose: p } = pose(stage.time);
      if (!seen || p.walked !== null) return;
      // Eyes shine back at the infrared lamp.
      const [sx, sz] = [Math.sin(p.yaw), Math.cos(p.yaw)];
      if (sz > -0.2) return;
      for (const side of [-0.025, 0.025])
        stage.glow([p.x + sx * 0.29 + sz * side, 0.34, p.z + sz * 0.29 - sx * side], 0.07, [0.9, 0.9, 0.9]);
    },
  };
}

/** Steam from a grating. */
function steam(): Layer {
  const puffs = Array.from({ length: 16 }, (_, i) => ({ shift: i / 16, side: hash3(i, 1, 1) - 0.5 }));
  return {
    over: (stage) => {
      const { view, frame, time } = stage;
      for (const { shift, side } of puffs) {
        const age = ((time / loopS) * 4 + shift) % 1;
        const depth = view.project(
          1.6 + side * 0.3 + age * age * 0.9 + 0.2 * Math.sin(age * 5 + side * 9),
          0.1 + age * 2.9,
          13,
        );
        const radius = ((0.18 + age * 0.75) * view.focal) / depth;
        frame.disc(view.sx, view.sy, radius, 178, 180, 178, 0.17 * (1 - age) * Math.min(1, age * 6));
      }
    },
  };
}

/** A back alley at night through an infrared camera: a stuttering lamp, steam, a cat. */
export const alley: SceneBuilder = () => {
  const wallA = brick(hex('#8a6a58'), hex('#6b625a'));
  const iron = paint(hex('#43474a'), 0.2);
  const solids: Solid[] = [
    box({
      x: -wide - 5,
      z: 20,
      w: 10,
      h: 15,
      d: 56,
      material: wallA,
      right: facade({
        wall: hex('#8a6a58'),
        bricks: true,
        bayM: 4.6,
        floorM: 3.8,
        lit: 0.08,
        litPower: 0.5,
        foot: 'plain',
        footM: 3,
      }),
    }),
    box({
      x: wide + 5,
      z: 20,
      w: 10,
      h: 13,
      d: 56,
      material: wallA,
      left: facade({
        wall: hex('#77706a'),
        bricks: true,
        bayM: 5.2,
        floorM: 3.6,
        lit: 0.05,
        litPower: 0.5,
        foot: 'plain',
        footM: 3.2,
      }),
    }),
    box({
      x: 0,
      z: 56,
      w: 30,
      h: 18,
      d: 8,
      material: facade({ wall: hex('#9a948a'), lit: 0.15, litPower: 0.6 }),
    }),
    // A door with its step, crates, bins, pallets, a drain pipe.
    box({ x: -wide, z: 10.6, y: 0.15, w: 0.16, h: 2.2, d: 1.1, material: boards(hex('#5a4a3c'), 0.18) }),
    box({ x: -wide + 0.3, z: 10.6, w: 0.7, h: 0.16, d: 1.5, material: concrete() }),
    box({ x: -wide + 0.25, z: 10.6, y: 2.6, w: 0.9, h: 0.1, d: 1.8, material: iron }),
    ...[4.4, 5.8].map((z) =>
      box({
        x: wide - 0.75,
        z,
        w: 1.2,
        h: 1.25,
        d: 1.1,
        material: paint(hex('#55605a'), 0.3),
        top: paint(hex('#3c4440')),
      }),
    ),
    column({ x: -wide + 0.5, z: 6.2, h: 1, r: 0.33, top: 0.36, sides: 10 }, iron, paint(hex('#5b6064'))),
    column({ x: -wide + 0.55, z: 7.1, h: 0.95, r: 0.32, top: 0.35, sides: 10 }, iron, paint(hex('#6a6f72'))),
    ...[0, 1, 2].map((i) =>
      box({
        x: wide - 0.7,
        z: 16.4,
        y: i * 0.18,
        w: 1.1,
        h: 0.13,
        d: 1.2,
        yaw: i * 0.05,
        material: boards(hex('#8a7454'), 0.16),
      }),
    ),
    ...[0, 1].map((i) =>
      box({
        x: -wide + 0.5,
        z: 14 + i * 0.8,
        y: 0,
        w: 0.75,
        h: 0.5 + i * 0.1,
        d: 0.65,
        yaw: 0.1 * i,
        material: boards(hex('#94805c'), 0.12),
      }),
    ),
    box({
      x: -wide + 0.5,
      z: 14.3,
      y: 0.55,
      w: 0.6,
      h: 0.4,
      d: 0.6,
      yaw: 0.3,
      material: boards(hex('#94805c'), 0.12),
    }),
    ...[2.6, 20].map((z) => column({ x: wide - 0.12, z, h: 13, r: 0.09, sides: 6 }, iron)),
    leafBall([-wide + 0.5, 0.3, 17.6], 0.42, paint(hex('#2a2c2e'), 0.4), 1.5),
    leafBall([-wide + 0.95, 0.25, 18], 0.36, paint(hex('#303234'), 0.4), 1.5),
  ];
  // Fire stairs on the right wall.
  for (const [y, z] of [
    [4, 19],
    [7.6, 19],
  ] as const) {
    solids.push(box({ x: wide - 0.7, z, y, w: 1.3, h: 0.1, d: 6, material: iron }));
    solids.push(...railing([wide - 1.3, y + 0.1, z - 3], [wide - 1.3, y + 0.1, z + 3], 1, 1, iron));
    solids.push(beam([wide - 0.7, y, z + 2.6], [wide - 0.7, y + 3.6, z - 1.8], 0.1, iron, 0.5));
  }
  solids.push(
    beam([wide - 0.4, 4, 16.2], [wide - 0.4, 1, 16.2], 0.06, iron),
    beam([wide - 0.9, 4, 16.2], [wide - 0.9, 1, 16.2], 0.06, iron),
  );
  for (let z = 3; z < 40; z += 9) solids.push(beam([-wide, 8 + (z % 4), z], [wide, 7.2, z + 3], 0.03, iron));
  const head = box({ x: -wide + 0.55, z: 10.6, y: 3.5, w: 0.5, h: 0.22, d: 0.4, material: iron });
  const bulb = column(
    { x: -wide + 0.6, z: 10.6, y: 3.32, h: 0.18, r: 0.16, sides: 8 },
    glowing([1, 0.95, 0.85], 2.5),
  );
  bulb.blocks = false;
  head.blocks = false;
  solids.push(head, bulb, beam([-wide, 3.7, 10.6], [-wide + 0.55, 3.62, 10.6], 0.06, iron));
  const fixed = {
    sun: [0.1, 0.5, -0.8] as const,
    sunColour: [1, 1, 1] as const,
    // The camera's own infrared lamp lights what is near.
    sunPower: 0,
    zenith: [0.012, 0.013, 0.015] as const,
    horizon: [0.05, 0.05, 0.055] as const,
    bounce: [0.02, 0.02, 0.021] as const,
    fog: { colour: [0.035, 0.035, 0.037] as const, perM: 0.012 },
  };
  const own = {
    at: [0.6, 4.9, -6] as const,
    colour: [1, 1, 1] as const,
    power: 46,
    reach: 44,
    narrow: 1.8,
    toward: [-0.02, -0.16, 0.985] as const,
  };
  const far = { at: [0, 7, 44] as const, colour: [1, 1, 1] as const, power: 30, reach: 26, halo: 1.6 };
  const lamp = {
    at: [-wide + 0.62, 3.2, 10.6] as const,
    colour: [1, 0.96, 0.9] as const,
    power: 13,
    reach: 20,
    halo: 0.8,
  };
  const lit: EnvironmentOptions = { ...fixed, lamps: [own, far, lamp] };
  const dark: EnvironmentOptions = { ...fixed, lamps: [own, far] };
  return {
    view: { from: [0.5, 4.6, -5.6], at: [-0.15, 1.5, 9], fov: 66 },
    environment: lit,
    others: { environments: [dark], which: (t) => (out(t) ? 1 : 0) },
    look: {
      ...plainLook,
      noise: 5,
      exposure: 2.4,
      saturation: 0,
      tint: [0.94, 1, 0.96],
      vignette: 0.5,
      lift: 0.03,
    },
    solids,
    ground: { y: 0, material: paving(hex('#7d786f'), 0.34, 0.24, 0.3) },
    mirrorY: 0,
    layers: [cat(), steam()],
  };
};
