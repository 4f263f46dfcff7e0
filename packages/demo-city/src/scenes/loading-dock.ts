import { hex, plainLook } from '../kit/colour.ts';
import type { Lamp } from '../kit/environment.ts';
import { facade } from '../kit/facades.ts';
import { crowd } from '../kit/flows.ts';
import type { Layer } from '../kit/layers.ts';
import { boards, concrete, corrugated, glowing, paint } from '../kit/materials.ts';
import { Model } from '../kit/model.ts';
import { somePerson } from '../kit/people.ts';
import { asphalt, lineAlong, marked } from '../kit/roads.ts';
import { loopS, type SceneBuilder } from '../kit/scene.ts';
import { castShadow } from '../kit/shadows.ts';
import { box, column, type Solid } from '../kit/solids.ts';
import type { Material } from '../kit/surface.ts';
import { boxTruck } from '../kit/large-vehicle-models.ts';
import {
  drawVehicle,
  glowVehicle,
  lightRoad,
  shadeVehicle,
  type Vehicle,
  type VehicleState,
} from '../kit/vehicles.ts';

const dockZ = 17;
const doors = [-13.5, -4.5, 4.5, 13.5];
const smooth = (t: number) => (t <= 0 ? 0 : t >= 1 ? 1 : t * t * (3 - 2 * t));

const roller: Material = (p) => {
  p.albedo(hex('#b9bdbd'), (p.v / 0.22) % 1 < 0.2 ? 0.6 : 0.9);
  p.gloss = 0.15;
  p.rough = 0.1;
};
const stripes: Material = (p) => p.albedo(((p.u + p.v) / 0.3) % 2 < 1 ? hex('#e0b52c') : hex('#1c1c1c'), 0.9);

/** The truck that backs up to its door, waits to be served, and drives off again. */
function backing(vehicle: Vehicle): Layer {
  const far = { x: -9.5, z: -13 };
  const place = (t: number) => {
    const back = smooth((t - 0.5) / 8);
    const away = smooth((t - 16) / 4);
    const at = Math.max(0, back - away);
    // It comes in from the left in a curve and ends square before the door.
    const bend = (1 - at) ** 2;
    const x = -4.5 + (far.x - -4.5) * bend * 1.1 - 3 * (1 - at) * at;
    const z = dockZ - 4.9 + (far.z - (dockZ - 4.9)) * (1 - at);
    return { x, z, yaw: Math.PI + 0.62 * (1 - at) * (0.4 + at) };
  };
  const state = (t: number): VehicleState => ({
    lampsOn: true,
    braking: (t > 7.4 && t < 10) || (t > 15.4 && t < 16),
    reversing: t > 0.4 && t < 8.4,
    turning: t < 9 || t > 15.6 ? 2 : 0,
  });
  return {
    under: (stage) => {
      lightRoad(stage, vehicle, place(stage.time), state(stage.time), 0.6);
      shadeVehicle(stage, vehicle, place(stage.time));
    },
    things: (stage) => drawVehicle(stage, vehicle, place(stage.time), state(stage.time)),
    over: (stage) => glowVehicle(stage, vehicle, place(stage.time), state(stage.time), true),
  };
}

/** A forklift that carries crates along the dock. */
function forklift(): Layer {
  const model = new Model();
  model.box([-0.55, 0.25, -1], [0.55, 0.95, 0.5], 0);
  model.box([-0.5, 0.95, -1], [0.5, 1.25, -0.45], 0);
  for (const x of [-0.5, 0.44])
    for (const z of [-0.85, 0.38]) model.box([x, 0.95, z], [x + 0.06, 2.05, z + 0.06], 1);
  model.box([-0.55, 2.05, -0.9], [0.55, 2.12, 0.5], 1);
  for (const x of [-0.35, 0.25]) {
    model.box([x, 0.1, 0.55], [x + 0.1, 2.3, 0.65], 1);
    model.box([x, 0.3, 0.65], [x + 0.1, 0.36, 1.7], 1);
  }
  for (const x of [-0.58, 0.42])
    for (const z of [-0.8, 0.2]) model.box([x, 0, z], [x + 0.16, 0.45, z + 0.45], 1);
  model.box([-0.45, 0.38, 0.72], [0.45, 1.2, 1.62], 2);
  const palette = [
    { colour: hex('#e09a22'), gloss: 0.2 },
    { colour: [0.03, 0.03, 0.032] as const },
    { colour: hex('#a8875a') },
  ];
  const at = (t: number) => {
    const go = smooth((t - 1) / 7) - smooth((t - 11) / 7);
    return {
      x: 7.5 + 10 * go,
      y: 0,
      z: 12.4,
      yaw:
        t < 9.4
          ? Math.PI / 2
          : t > 18.6
            ? Math.PI / 2
            : Math.PI / 2 + Math.PI * (smooth((t - 9.2) / 1.6) - smooth((t - 18.4) / 1.4)),
    };
  };
  return {
    under: (stage) => {
      stage.lightAt(at(stage.time).x, 0, 12.4);
      castShadow(stage, { ...at(stage.time), w: 1.1, d: 2.6, h: 2 });
    },
    things: (stage) => {
      stage.lightAt(at(stage.time).x, 0, 12.4);
      model.draw(stage, at(stage.time), palette);
    },
    over: (stage) => {
      const { x } = at(stage.time);
      const turn = Math.sin((stage.time / loopS) * 6.2832 * 30);
      if (turn > 0) stage.glow([x, 2.25, 12.4], 0.9, [0.9 * turn, 0.5 * turn, 0.08]);
    },
  };
}

/** Before dawn at the fish hall: a truck backs up to its door under the yard lamps. */
export const loadingDock: SceneBuilder = (random) => {
  const yard = marked(
    asphalt({ colour: hex('#65656a'), wet: 0.36 }),
    doors.flatMap((x) => [lineAlong(x - 2.1, 0.14, 2, dockZ), lineAlong(x + 2.1, 0.14, 2, dockZ)]),
    hex('#d9b93a'),
  );
  const solids: Solid[] = [
    box({
      x: 0,
      z: dockZ + 10,
      w: 52,
      h: 9.5,
      d: 20,
      material: corrugated(hex('#5d7480'), 0.5),
      top: concrete(),
    }),
    box({ x: 0, z: dockZ + 0.1, y: 0, w: 52, h: 1.2, d: 1.2, material: concrete(hex('#9a958c'), 3) }),
    box({ x: 0, z: dockZ - 0.6, y: 5.4, w: 46, h: 0.25, d: 3.4, material: paint(hex('#3f4a50')) }),
    box({
      x: 31,
      z: 12,
      w: 8,
      h: 7,
      d: 22,
      material: facade({ wall: hex('#8f8a80'), lit: 0.4, litPower: 0.9, bayM: 2.4 }),
    }),
    ...[-27].map((x) => box({ x, z: 10, w: 0.3, h: 2.6, d: 40, material: corrugated(hex('#6a6f70')) })),
  ];
  doors.forEach((x, i) => {
    const open = i === 1;
    solids.push(
      box({
        x,
        z: dockZ - 0.02,
        y: 1.2,
        w: 3.3,
        h: 3.5,
        d: 0.12,
        material: open ? glowing([1, 0.9, 0.7], 1.1) : roller,
      }),
    );
    solids.push(box({ x, z: dockZ - 0.55, y: 0.55, w: 3.4, h: 0.5, d: 0.16, material: stripes }));
    for (const side of [-1, 1]) {
      solids.push(
        box({
          x: x + side * 1.8,
          z: dockZ - 0.1,
          y: 1.2,
          w: 0.3,
          h: 3.7,
          d: 0.35,
          material: paint(hex('#26282a')),
        }),
      );
      solids.push(column({ x: x + side * 2.1, z: dockZ - 1.6, h: 1, r: 0.11, sides: 7 }, stripes));
    }
    solids.push(
      box({ x, z: dockZ - 0.12, y: 5.75, w: 0.9, h: 0.9, d: 0.06, material: paint(hex('#e0b52c')) }),
    );
  });
  const lamps: Lamp[] = [];
  for (const x of [-18, -9, 0, 9, 18]) {
    solids.push(
      box({
        x,
        z: dockZ - 1.9,
        y: 5.3,
        w: 1,
        h: 0.12,
        d: 0.35,
        material: glowing([0.9, 0.95, 1], 3),
        blocks: false,
      }),
    );
    lamps.push({
      at: [x, 5.2, dockZ - 1.9],
      colour: [0.86, 0.93, 1],
      power: 24,
      reach: 24,
      narrow: 0.7,
      halo: 1.1,
    });
  }
  lamps.push({ at: [-4.5, 3.2, dockZ - 0.4], colour: [1, 0.85, 0.6], power: 18, reach: 14 });
  lamps.push({ at: [20, 11, -2], colour: hex('#ffb35c'), power: 90, reach: 50, narrow: 0.8, halo: 2 });
  solids.push(column({ x: 20.6, z: -2, h: 11, r: 0.16, top: 0.1, sides: 7 }, paint(hex('#4a4f52'))));
  // Pallets with fish crates.
  for (const [x, z, tiers] of [
    [10.6, 14.4, 3],
    [12.2, 14.6, 2],
    [17.6, 14.2, 4],
    [-9, 14.8, 2],
    [-18.5, 13.5, 4],
    [-19.8, 13.7, 3],
    [-18.9, 12, 2],
  ] as const) {
    solids.push(box({ x, z, w: 1.25, h: 0.15, d: 1.2, material: boards(hex('#9a8056'), 0.14) }));
    for (let i = 0; i < tiers; i++)
      solids.push(
        box({
          x,
          z,
          y: 0.15 + i * 0.42,
          w: 1.1,
          h: 0.38,
          d: 1.05,
          yaw: (random() - 0.5) * 0.12,
          material: paint(i % 2 === 0 ? hex('#3f7fa8') : hex('#c9d2d4'), 0.2),
        }),
      );
  }
  const vest = () =>
    somePerson(random, { coat: hex('#e2e03a'), hat: hex('#e8e4d8'), bag: null, skirt: false });
  const truck: Vehicle = { shape: boxTruck, body: hex('#2f5f80'), second: hex('#dcdcd6'), inside: 0 };
  const rest: Vehicle = { shape: boxTruck, body: hex('#b8b8b4'), second: hex('#8fa3ab'), inside: 0 };
  const resting: Layer = {
    under: (stage) => shadeVehicle(stage, rest, { x: 13.5, z: dockZ - 5, yaw: Math.PI }),
    things: (stage) =>
      drawVehicle(stage, rest, { x: 13.5, z: dockZ - 5, yaw: Math.PI }, { lampsOn: false, braking: false }),
  };
  return {
    view: { from: [9.5, 8.2, -13.5], at: [-1.6, 1.7, 10], fov: 64 },
    environment: {
      sun: [0.2, 0.3, 0.9],
      sunColour: [0.4, 0.5, 0.8],
      sunPower: 0,
      zenith: [0.035, 0.055, 0.13],
      horizon: [0.22, 0.15, 0.16],
      glow: [0.1, 0.05, 0.03],
      bounce: [0.035, 0.038, 0.05],
      clouds: { cover: 0.5, bright: [0.16, 0.12, 0.16], dark: [0.04, 0.05, 0.09] },
      fog: { colour: [0.1, 0.1, 0.14], perM: 0.003 },
      stars: 0.25,
      lamps,
      skyline: [{ height: 0.06, colour: [0.05, 0.05, 0.075], shape: 'town', lit: 0.3 }],
    },
    look: { ...plainLook, noise: 2.6, exposure: 1.5, vignette: 0.38 },
    solids,
    ground: { y: 0, material: yard },
    mirrorY: 0,
    baked: [resting],
    layers: [
      backing(truck),
      forklift(),
      crowd([
        { person: vest(), way: [[-1, 0, 12.6]], yaw: -2.6, arm: 0.9 },
        {
          person: vest(),
          way: [
            [20, 0, 8],
            [8, 0, 10.4],
            [6, 0, 15],
          ],
          startS: 2,
          speedMps: 1.3,
        },
        { person: vest(), way: [[16.2, 0, 9.6]], yaw: 0.3 },
      ]),
    ],
  };
};
