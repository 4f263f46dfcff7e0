import { Model } from './model.ts';
import type { Vec } from './view.ts';

/** Finishes of a vehicle's sides, by number. */
export const Slot = {
  body: 0,
  glass: 1,
  trim: 2,
  tyre: 3,
  hub: 4,
  head: 5,
  tail: 6,
  second: 7,
  sign: 8,
} as const;

export interface VehicleModel {
  model: Model;
  length: number;
  width: number;
  height: number;
  /** Where head and tail lamps shine, own coordinates. */
  heads: Vec[];
  tails: Vec[];
}

export function wheels(model: Model, r: number, halfWidth: number, axles: readonly number[]): void {
  for (const z of axles)
    for (const side of [-1, 1]) {
      const disc = (x: number, radius: number, from = 0, to = 12): Vec[] =>
        Array.from({ length: to - from }, (_, i): Vec => {
          const turn = ((i + from) / 12) * 6.2832;
          return [x, r + radius * Math.sin(turn), z + radius * Math.cos(turn)];
        });
      const x = side * halfWidth;
      model.side(disc(x * 1.003, r * 1.18, 0, 7), [side, 0, 0], Slot.trim);
      model.loft([disc(x * 0.78, r), disc(x * 1.005, r)], Slot.tyre, false, false);
      model.side(disc(x * 1.01, r), [side, 0, 0], Slot.tyre);
      model.side(disc(x * 1.02, r * 0.62), [side, 0, 0], Slot.hub);
    }
}

/** Stations along a body: z, half width, sill, belt and crown heights. */
export type Station = readonly [z: number, half: number, sill: number, belt: number, crown: number];
export const section = ([z, w, sill, belt, crown]: Station): Vec[] => [
  [-w * 0.93, sill, z],
  [-w, sill + (belt - sill) * 0.45, z],
  [-w * 0.95, belt, z],
  [-w * 0.62, crown, z],
  [w * 0.62, crown, z],
  [w * 0.95, belt, z],
  [w, sill + (belt - sill) * 0.45, z],
  [w * 0.93, sill, z],
];

/** A house of glass on the body: foot from `z0` to `z1` at the belt, roof from `r0` to `r1`. */
export function cabin(
  model: Model,
  o: { z0: number; z1: number; r0: number; r1: number; half: number; belt: number; roof: number },
): void {
  const top = o.half * 0.8;
  const foot = (s: number, z: number): Vec => [s * o.half * 0.93, o.belt, z];
  const high = (s: number, z: number): Vec => [s * top, o.roof, z];
  const ring = (y: (s: number, z: number) => Vec, a: number, b: number) => [
    y(-1, a),
    y(1, a),
    y(1, b),
    y(-1, b),
  ];
  model.loft([ring(foot, o.z0, o.z1), ring(high, o.r0, o.r1)], Slot.body, false);
  const crown = o.roof + 0.05;
  model.loft(
    [
      ring(high, o.r0, o.r1),
      [
        [-top * 0.7, crown, o.r0 + 0.2],
        [top * 0.7, crown, o.r0 + 0.2],
        [top * 0.7, crown, o.r1 - 0.15],
        [-top * 0.7, crown, o.r1 - 0.15],
      ],
    ],
    Slot.body,
    true,
  );
  const between = (a: Vec, b: Vec, t: number): Vec => [
    a[0] + (b[0] - a[0]) * t,
    a[1] + (b[1] - a[1]) * t,
    a[2] + (b[2] - a[2]) * t,
  ];
  const lift = (p: Vec, n: Vec): Vec => [p[0] + n[0] * 0.012, p[1] + n[1] * 0.012, p[2] + n[2] * 0.012];
  const pane = (a: Vec, b: Vec, c: Vec, d: Vec, n: Vec, e = 0.08) => {
    const low = (t: number) => between(a, b, t);
    const up = (t: number) => between(d, c, t);
    const at = (s: number, t: number) => lift(between(low(s), up(s), t), n);
    model.side([at(e, 0.06), at(1 - e, 0.06), at(1 - e, 0.93), at(e, 0.93)], n, Slot.glass);
  };
  pane(foot(-1, o.z1), foot(1, o.z1), high(1, o.r1), high(-1, o.r1), [0, 0.6, 0.8], 0.05);
  pane(foot(-1, o.z0), foot(1, o.z0), high(1, o.r0), high(-1, o.r0), [0, 0.6, -0.8], 0.07);
  const zm = (o.z0 + o.z1) / 2 - 0.1;
  const rm = (o.r0 + o.r1) / 2 - 0.1;
  for (const s of [-1, 1]) {
    pane(foot(s, zm + 0.05), foot(s, o.z1), high(s, o.r1), high(s, rm + 0.05), [s * 0.9, 0.3, 0], 0.07);
    pane(foot(s, o.z0), foot(s, zm - 0.05), high(s, rm - 0.05), high(s, o.r0), [s * 0.9, 0.3, 0], 0.1);
  }
}

export function lamps(
  model: Model,
  half: number,
  front: number,
  rear: number,
  y: number,
  size = 0.16,
): Pick<VehicleModel, 'heads' | 'tails'> {
  const heads: Vec[] = [];
  const tails: Vec[] = [];
  for (const s of [-1, 1]) {
    const x = s * half * 0.74;
    const quad = (z: number, wide: number, up: number): Vec[] => [
      [x - wide, y - up, z],
      [x + wide, y - up, z],
      [x + wide, y + up, z],
      [x - wide, y + up, z],
    ];
    model.side(quad(front + 0.02, size * 1.2, size * 0.55), [0, 0, 1], Slot.head);
    model.side(quad(rear - 0.02, size * 1.1, size * 0.7), [0, 0, -1], Slot.tail);
    heads.push([x, y, front + 0.06]);
    tails.push([x, y + 0.05, rear - 0.06]);
  }
  return { heads, tails };
}

interface CarShape {
  length: number;
  half: number;
  belt: number;
  roof: number;
  bonnet: number;
  /** Heights of the tail end. */
  boot: number;
  cabin: readonly [z0: number, z1: number, r0: number, r1: number];
}

function car(o: CarShape): VehicleModel {
  const model = new Model();
  const e = o.length / 2;
  const stations: Station[] = [
    [-e, o.half * 0.86, 0.36, o.boot - 0.14, o.boot - 0.08],
    [-e + 0.22, o.half * 0.96, 0.26, o.boot, o.boot + 0.04],
    [-e + 1.1, o.half, 0.24, o.belt, o.belt + 0.03],
    [0.4, o.half, 0.24, o.belt, o.belt + 0.03],
    [e - 1.25, o.half * 0.99, 0.24, o.bonnet + 0.02, o.bonnet + 0.1],
    [e - 0.3, o.half * 0.94, 0.25, o.bonnet - 0.12, o.bonnet - 0.04],
    [e, o.half * 0.82, 0.34, o.bonnet - 0.26, o.bonnet - 0.2],
  ];
  model.loft(stations.map(section), Slot.body);
  const [z0, z1, r0, r1] = o.cabin;
  cabin(model, { z0, z1, r0, r1, half: o.half, belt: o.belt, roof: o.roof });
  const bar = (z: number, y0: number, y1: number, wide: number, out: number): Vec[] =>
    [
      [-wide, y0, z],
      [wide, y0, z],
      [wide, y1, z],
      [-wide, y1, z],
    ].map(([x, y, zz]): Vec => [x as number, y as number, (zz as number) + out]);
  model.side(bar(e, 0.36, 0.5, o.half * 0.7, 0.015), [0, 0, 1], Slot.trim);
  model.side(bar(-e, 0.36, 0.46, o.half * 0.75, -0.015), [0, 0, -1], Slot.trim);
  model.side(bar(-e, 0.56, 0.66, 0.26, -0.02), [0, 0, -1], Slot.hub);
  wheels(model, 0.32, o.half * 0.97, [-e + 0.85, e - 0.85]);
  const lit = lamps(model, o.half, e - 0.04, -e - 0.01, o.bonnet - 0.2);
  return { model, length: o.length, width: o.half * 2, height: o.roof, ...lit };
}

export const hatchback = car({
  length: 4.0,
  half: 0.87,
  belt: 0.9,
  roof: 1.46,
  bonnet: 0.9,
  boot: 0.95,
  cabin: [-1.95, 1.0, -1.45, 0.2],
});
export const saloon = car({
  length: 4.6,
  half: 0.9,
  belt: 0.88,
  roof: 1.42,
  bonnet: 0.86,
  boot: 0.94,
  cabin: [-1.75, 1.05, -1.0, 0.2],
});
export const offroader = car({
  length: 4.5,
  half: 0.95,
  belt: 1.05,
  roof: 1.68,
  bonnet: 1.05,
  boot: 1.05,
  cabin: [-2.15, 1.0, -1.9, 0.3],
});
