import { cross, dot, minus, normalize, type Vec } from './view.ts';
import type { Material } from './surface.ts';

/** One flat side of a convex body. `u` runs level along it, `v` up it (or away from the viewer on a level side). */
export interface Face {
  normal: Vec;
  /** The plane is where normal · point = offset; the body is where it is less. */
  offset: number;
  tangentU: Vec;
  tangentV: Vec;
  minU: number;
  maxU: number;
  minV: number;
  maxV: number;
  material: Material;
}

export interface Solid {
  faces: Face[];
  min: Vec;
  max: Vec;
  /** For a round body: its upright axis, so that light runs smoothly around it. */
  axis: { x: number; z: number } | null;
  /** For foliage: a ball of leaves instead of the faces. */
  leaves: { centre: Vec; radius: number; density: number; material: Material } | null;
  seed: number;
  /** False for what gives light and must not block it, such as a lamp's glass. */
  blocks: boolean;
}

let count = 0;
const nextSeed = () => (count = (count * 7 + 13) % 9973);
/** Call before building a scene: the seeds of its solids then depend on nothing but their order. */
export function restartSeeds(): void {
  count = 0;
}

function faceOf(points: readonly Vec[], inside: Vec, material: Material): Face {
  const [a, b, c] = points as [Vec, Vec, Vec];
  let normal = normalize(cross(minus(b, a), minus(c, a)));
  if (dot(normal, minus(inside, a)) > 0) normal = [-normal[0], -normal[1], -normal[2]];
  const level = Math.abs(normal[1]) > 0.9;
  const tangentU: Vec = level ? [1, 0, 0] : normalize([-normal[2], 0, normal[0]]);
  const tangentV: Vec = level ? [0, 0, 1] : cross(tangentU, normal);
  const up: Vec = tangentV[1] < 0 ? [-tangentV[0], -tangentV[1], -tangentV[2]] : tangentV;
  const us = points.map((point) => dot(point, tangentU));
  const vs = points.map((point) => dot(point, up));
  return {
    normal,
    offset: dot(normal, a),
    tangentU,
    tangentV: up,
    minU: Math.min(...us),
    maxU: Math.max(...us),
    minV: Math.min(...vs),
    maxV: Math.max(...vs),
    material,
  };
}

/** A convex body from its sides; each side a list of corners in any turn. */
function convex(sides: readonly { points: readonly Vec[]; material: Material }[]): Solid {
  const all = sides.flatMap(({ points }) => points);
  const axis = (index: 0 | 1 | 2) => all.map((point) => point[index]);
  const min: Vec = [Math.min(...axis(0)), Math.min(...axis(1)), Math.min(...axis(2))];
  const max: Vec = [Math.max(...axis(0)), Math.max(...axis(1)), Math.max(...axis(2))];
  const sum = all.reduce<Vec>((s, p) => [s[0] + p[0], s[1] + p[1], s[2] + p[2]], [0, 0, 0]);
  const inside: Vec = [sum[0] / all.length, sum[1] / all.length, sum[2] / all.length];
  const faces = sides.map(({ points, material }) => faceOf(points, inside, material));
  return { faces, min, max, axis: null, leaves: null, seed: nextSeed(), blocks: true };
}

/** Turns a point about the upright axis by `yaw` radians (clockwise seen from above: 0 looks along z). */
export function turned(x: number, y: number, z: number, yaw: number): Vec {
  const c = Math.cos(yaw);
  const s = Math.sin(yaw);
  return [x * c + z * s, y, z * c - x * s];
}

export interface BoxOptions {
  /** Middle of the foot. */
  x: number;
  z: number;
  y?: number;
  /** Width along x, height, depth along z, metres. */
  w: number;
  h: number;
  d: number;
  yaw?: number;
  material: Material;
  top?: Material;
  /** The side towards −z, and the side towards −x or +x, where they differ. */
  front?: Material;
  left?: Material;
  right?: Material;
  blocks?: boolean;
}

/** An upright box. */
export function box({ x, z, y = 0, w, h, d, yaw = 0, material, ...more }: BoxOptions): Solid {
  const at = (sx: number, sy: number, sz: number): Vec => {
    const [tx, , tz] = turned((sx * w) / 2, 0, (sz * d) / 2, yaw);
    return [x + tx, y + sy * h, z + tz];
  };
  const side = (points: Vec[], own?: Material) => ({ points, material: own ?? material });
  const solid = convex([
    side([at(-1, 0, -1), at(1, 0, -1), at(1, 1, -1), at(-1, 1, -1)], more.front),
    side([at(-1, 0, 1), at(1, 0, 1), at(1, 1, 1), at(-1, 1, 1)]),
    side([at(-1, 0, -1), at(-1, 0, 1), at(-1, 1, 1), at(-1, 1, -1)], more.left),
    side([at(1, 0, -1), at(1, 0, 1), at(1, 1, 1), at(1, 1, -1)], more.right),
    side([at(-1, 1, -1), at(1, 1, -1), at(1, 1, 1), at(-1, 1, 1)], more.top),
    side([at(-1, 0, -1), at(1, 0, -1), at(1, 0, 1), at(-1, 0, 1)]),
  ]);
  solid.blocks = more.blocks ?? true;
  return solid;
}

export interface PrismOptions {
  /** Corners of the convex outline, [across, up], metres. */
  outline: readonly (readonly [number, number])[];
  x: number;
  y?: number;
  z: number;
  /** Length along its own z. */
  length: number;
  yaw?: number;
  material: Material;
  /** The two ends, where they differ. */
  ends?: Material;
}

/** A convex outline drawn out along z: roofs, ramps, kerbs, arches' stones. */
export function prism({ outline, x, y = 0, z, length, yaw = 0, material, ends }: PrismOptions): Solid {
  const at = (corner: readonly [number, number], end: number): Vec => {
    const [tx, , tz] = turned(corner[0], 0, (end * length) / 2, yaw);
    return [x + tx, y + corner[1], z + tz];
  };
  const sides = outline.map((corner, index) => {
    const next = outline[(index + 1) % outline.length] ?? corner;
    return { points: [at(corner, -1), at(next, -1), at(next, 1), at(corner, 1)], material };
  });
  for (const end of [-1, 1])
    sides.push({ points: outline.map((corner) => at(corner, end)), material: ends ?? material });
  return convex(sides);
}

/** A gabled roof over a box of the same foot; the ridge runs along its own z. */
export function gable(o: Omit<PrismOptions, 'outline'> & { w: number; rise: number; eaves?: number }): Solid {
  const half = o.w / 2 + (o.eaves ?? 0.3);
  return prism({
    ...o,
    outline: [
      [-half, 0],
      [half, 0],
      [0, o.rise],
    ],
  });
}

/** A straight bar between two points, square in section. */
export function beam(a: Vec, b: Vec, thickness: number, material: Material, thicknessY = thickness): Solid {
  const dir = normalize(minus(b, a));
  const side = normalize(Math.abs(dir[1]) > 0.95 ? cross([1, 0, 0], dir) : cross([0, 1, 0], dir));
  const up = cross(dir, side);
  const at = (end: Vec, s: number, t: number): Vec => [
    end[0] + (side[0] * s * thickness + up[0] * t * thicknessY) / 2,
    end[1] + (side[1] * s * thickness + up[1] * t * thicknessY) / 2,
    end[2] + (side[2] * s * thickness + up[2] * t * thicknessY) / 2,
  ];
  const ring = (end: Vec) => [at(end, -1, -1), at(end, 1, -1), at(end, 1, 1), at(end, -1, 1)] as const;
  const from = ring(a);
  const to = ring(b);
  const sides: { points: Vec[]; material: Material }[] = [
    { points: [...from], material },
    { points: [...to], material },
  ];
  for (let i = 0; i < 4; i++) {
    const j = (i + 1) % 4;
    sides.push({ points: [from[i] as Vec, from[j] as Vec, to[j] as Vec, to[i] as Vec], material });
  }
  return convex(sides);
}

/** An upright round post, drum or cone. */
export function column(
  o: { x: number; z: number; y?: number; h: number; r: number; top?: number; sides?: number },
  material: Material,
  lid: Material = material,
): Solid {
  const { x, z, y = 0, h, r, top = r, sides = 10 } = o;
  const at = (turn: number, radius: number, height: number): Vec => [
    x + radius * Math.cos((turn * 2 * Math.PI) / sides),
    y + height,
    z + radius * Math.sin((turn * 2 * Math.PI) / sides),
  ];
  const faces: { points: Vec[]; material: Material }[] = [];
  const upper = Math.max(top, 0.001);
  for (let i = 0; i < sides; i++)
    faces.push({ points: [at(i, r, 0), at(i + 1, r, 0), at(i + 1, upper, h), at(i, upper, h)], material });
  const rim = Array.from({ length: sides }, (_, i) => i);
  faces.push({ points: rim.map((i) => at(i, upper, h)), material: lid });
  faces.push({ points: rim.map((i) => at(i, r, 0)), material });
  const solid = convex(faces);
  solid.axis = { x, z };
  return solid;
}

/** A ball of leaves; `density` 0.4 is airy, 1 is a hedge. */
export function leafBall(centre: Vec, radius: number, material: Material, density = 0.7): Solid {
  return {
    faces: [],
    min: [centre[0] - radius, centre[1] - radius, centre[2] - radius],
    max: [centre[0] + radius, centre[1] + radius, centre[2] + radius],
    axis: null,
    leaves: { centre, radius, density, material },
    seed: nextSeed(),
    blocks: true,
  };
}
