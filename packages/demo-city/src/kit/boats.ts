import { hex } from './colour.ts';
import { onGround } from './ground.ts';
import { wave, type Layer } from './layers.ts';
import { Model, type Place } from './model.ts';
import type { Stage, Finish } from './stage.ts';
import { onTheWay, Route, steady } from './traffic.ts';
import type { Vec } from './view.ts';

const Part = { hull: 0, deck: 1, house: 2, glass: 3, stripe: 4, mast: 5 } as const;

function hull(model: Model, length: number, half: number, freeboard: number): void {
  const station = (t: number, w: number, sheer: number): Vec[] => {
    const z = (t - 0.5) * length;
    return [
      [-w * 0.55, -0.5, z],
      [-w, freeboard * 0.55, z],
      [-w * 1.02, freeboard + sheer, z],
      [w * 1.02, freeboard + sheer, z],
      [w, freeboard * 0.55, z],
      [w * 0.55, -0.5, z],
    ];
  };
  const rings = [
    station(0, half * 0.86, 0),
    station(0.3, half, 0),
    station(0.6, half * 0.97, 0.08 * freeboard),
    station(0.82, half * 0.68, 0.25 * freeboard),
    station(0.95, half * 0.25, 0.45 * freeboard),
    station(1, 0.03, 0.55 * freeboard),
  ];
  model.loft(rings, Part.hull, false);
}

/** A tug or fishing boat. */
export function workBoat(length = 14): Model {
  const model = new Model();
  const half = length * 0.17;
  const board = length * 0.11;
  hull(model, length, half, board);
  const s = length / 14;
  model.box([-half * 0.62, board * 0.9, -1.5 * s], [half * 0.62, board + 2.3 * s, 2.6 * s], Part.house);
  model.box([-half * 0.64, board + 1.3 * s, -1.2 * s], [half * 0.64, board + 1.95 * s, 2.62 * s], Part.glass);
  model.box([-half * 0.7, board + 2.3 * s, -1.8 * s], [half * 0.7, board + 2.45 * s, 2.9 * s], Part.stripe);
  model.box([-0.3 * s, board + 2.4 * s, -1.2 * s], [0.3 * s, board + 3.9 * s, -0.5 * s], Part.stripe);
  model.box([-0.06, board + 2.4 * s, 0.6 * s], [0.06, board + 5.4 * s, 0.72 * s], Part.mast);
  return model;
}

/** A harbour ferry with two decks of windows. */
export function ferry(length = 30): Model {
  const model = new Model();
  const half = length * 0.13;
  hull(model, length, half, 1.8);
  for (const [y, from, to] of [
    [1.8, -0.42, 0.3],
    [4.4, -0.38, 0.2],
  ] as const) {
    model.box([-half * 0.9, y, from * length], [half * 0.9, y + 2.5, to * length], Part.house);
    model.box(
      [-half * 0.91, y + 0.9, (from + 0.02) * length],
      [half * 0.91, y + 1.8, (to - 0.02) * length],
      Part.glass,
    );
  }
  model.box([-half * 0.5, 6.9, 0.02 * length], [half * 0.5, 9, 0.16 * length], Part.house);
  model.box([-half * 0.51, 7.7, 0.03 * length], [half * 0.51, 8.6, 0.165 * length], Part.glass);
  model.box([-0.8, 6.9, -0.2 * length], [0.8, 9.6, -0.12 * length], Part.stripe);
  return model;
}

/** A sailing boat under sail. */
export function sailBoat(length = 9): Model {
  const model = new Model();
  hull(model, length, length * 0.15, length * 0.1);
  const mast = length * 1.35;
  model.box([-0.05, 0.8, 0.05 * length], [0.05, mast, 0.05 * length + 0.1], Part.mast);
  model.side(
    [
      [0, 1.6, 0],
      [0, 1.6, -0.42 * length],
      [0, mast * 0.97, 0],
    ],
    [1, 0, 0],
    Part.house,
  );
  model.side(
    [
      [0.01, 1.6, 0],
      [0.01, 1.6, -0.42 * length],
      [0.01, mast * 0.97, 0],
    ],
    [-1, 0, 0],
    Part.house,
  );
  model.side(
    [
      [0, 1.2, 0.1 * length],
      [0, 1.2, 0.47 * length],
      [0, mast * 0.8, 0.1 * length],
    ],
    [1, 0, 0],
    Part.house,
  );
  model.side(
    [
      [0.01, 1.2, 0.1 * length],
      [0.01, 1.2, 0.47 * length],
      [0.01, mast * 0.8, 0.1 * length],
    ],
    [-1, 0, 0],
    Part.house,
  );
  return model;
}

export const boatPaint = (hullColour: string, stripe = '#b3382c', lit = 0): Finish[] => [
  { colour: hex(hullColour), gloss: 0.2 },
  { colour: hex('#9a8a6c') },
  { colour: hex('#ecebe4') },
  lit > 0 ? { colour: [1, 0.85, 0.55], glow: lit } : { colour: [0.03, 0.04, 0.05], gloss: 0.8 },
  { colour: hex(stripe) },
  { colour: hex('#55504a') },
];

export interface BoatOptions {
  model: Model;
  palette: readonly Finish[];
  way: readonly Vec[];
  speedMps: number;
  startS?: number;
  /** Height of the water. */
  waterY: number;
  lengthM: number;
  lamps?: boolean;
}

/** A boat on its way, rocking, with a wake. One point: at anchor. */
export function boat(o: BoatOptions, yaw = 0): Layer {
  const route = o.way.length > 1 ? new Route(o.way, 10) : null;
  const journey = route ? steady(o.startS ?? 0, route.length, o.speedMps) : null;
  const each = (stage: Stage, visit: (place: Place) => void) => {
    const rock = wave(stage, 3, o.lengthM) * 0.025;
    const heave = wave(stage, 4, o.lengthM * 2) * 0.06;
    if (!route || !journey) {
      const [x, , z] = o.way[0] as Vec;
      visit({ x, y: o.waterY + heave, z, yaw, roll: rock });
      return;
    }
    for (const { distance } of onTheWay(journey, stage.time, stage.loopS)) {
      const { x, z, yaw: heading } = route.place(distance);
      visit({ x, y: o.waterY + heave, z, yaw: heading, roll: rock });
    }
  };
  return {
    under: (stage) =>
      each(stage, (place) => {
        mirrorBoat(stage, o, place);
        if (route) drawWake(stage, o, place);
      }),
    things: (stage) => each(stage, (place) => o.model.draw(stage, place, o.palette)),
    over: (stage) => {
      if (o.lamps)
        each(stage, ({ x, z }) => {
          stage.glow([x, o.waterY + o.lengthM * 0.35, z], 1.2, [0.8, 0.75, 0.6]);
        });
    },
  };
}

/** The dark mirror of the hull in the water right below it. */
function mirrorBoat(stage: Stage, o: BoatOptions, place: Place): void {
  const [fx, fz] = [Math.sin(place.yaw), Math.cos(place.yaw)];
  const half = o.lengthM * 0.52;
  const reach = o.lengthM * 0.28;
  const towards = Math.atan2(stage.view.from[0] - place.x, stage.view.from[2] - place.z);
  const [vx, vz] = [Math.sin(towards), Math.cos(towards)];
  const ring: Vec[] = [
    [-1, -0.3],
    [1, -0.3],
    [1, 1],
    [-1, 1],
  ].map(([end = 0, near = 0]): Vec => [
    place.x + fx * half * end + vx * reach * 1.6 * near,
    o.waterY,
    place.z + fz * half * end + vz * reach * 1.6 * near,
  ]);
  const { rgba } = stage.frame;
  onGround(stage, ring, o.waterY, 0.5, (pixel, x, z) => {
    const ahead = ((x - place.x) * fx + (z - place.z) * fz) / half;
    const near = Math.abs((x - place.x) * fz - (z - place.z) * fx) / (reach + o.lengthM * 0.12);
    const share = Math.max(0, 1 - ahead * ahead) * Math.max(0, 1 - near) * 0.55;
    for (let i = 0; i < 3; i++) rgba[pixel * 4 + i] = (rgba[pixel * 4 + i] as number) * (1 - share);
  });
}

function drawWake(stage: Stage, o: BoatOptions, place: Place): void {
  const [fx, fz] = [Math.sin(place.yaw), Math.cos(place.yaw)];
  const length = o.lengthM * 2.2 * Math.min(1.3, o.speedMps / 4);
  const wide = o.lengthM * 0.42;
  const ring = [
    [-1, 0],
    [1, 0],
    [1, 1],
    [-1, 1],
  ].map(([side = 0, end = 0]): Vec => {
    const back = end === 0 ? -o.lengthM * 0.5 : length;
    return [place.x - fx * back + fz * side * wide, o.waterY, place.z - fz * back - fx * side * wide];
  });
  const { frame, time, loopS } = stage;
  const turn = (time / loopS) * 6.2832;
  onGround(
    stage,
    ring,
    o.waterY,
    0,
    (pixel, x, z) => {
      const back = -((x - place.x) * fx + (z - place.z) * fz);
      const side = Math.abs((x - place.x) * fz - (z - place.z) * fx);
      const t = (back + o.lengthM * 0.5) / (length + o.lengthM * 0.5);
      if (t < 0 || t > 1) return;
      const arm = Math.abs(side - (0.12 * o.lengthM + wide * 0.8 * t)) / (0.35 + 0.9 * t);
      const trail = back > o.lengthM * 0.45 ? Math.max(0, 1 - side / (o.lengthM * 0.13)) : 0;
      const froth = 0.65 + 0.35 * Math.sin(x * 3.1 + Math.sin(z * 2.3 + turn * 9) * 2);
      const share = (Math.max(0, 1 - arm) * 0.42 + trail * 0.5) * (1 - t) * froth;
      if (share < 0.02) return;
      for (const o of [pixel * 4, pixel * 4 + 4]) frame.add(o, 95 * share, 98 * share, 100 * share);
    },
    2,
  );
}
