import type { Finish, Stage } from './stage.ts';
import { turned } from './solids.ts';
import { cross, dot, minus, normalize, type Vec } from './view.ts';

interface Side {
  points: Vec[];
  normals: Vec[];
  /** Which finish of the palette. */
  slot: number;
}

export interface Place {
  x: number;
  y?: number;
  z: number;
  /** Radians about the upright axis, 0 looks along z. */
  yaw: number;
  /** Nose up, radians. */
  pitch?: number;
  roll?: number;
  scale?: number;
}

const middleOf = (points: readonly Vec[]): Vec => {
  const sum = points.reduce<Vec>((s, p) => [s[0] + p[0], s[1] + p[1], s[2] + p[2]], [0, 0, 0]);
  return [sum[0] / points.length, sum[1] / points.length, sum[2] / points.length];
};

/** A thing built of flat or rounded sides in its own coordinates: x to its right, y up, z ahead. */
export class Model {
  private readonly sides: Side[] = [];

  /** One side; `outward` tells which way it looks. */
  side(points: Vec[], outward: Vec, slot: number): this {
    const [a, b, c] = points as [Vec, Vec, Vec];
    let normal = normalize(cross(minus(b, a), minus(c, a)));
    if (dot(normal, outward) < 0) normal = [-normal[0], -normal[1], -normal[2]];
    this.sides.push({ points, normals: points.map(() => normal), slot });
    return this;
  }

  /** Skins rings of equally many corners; with `smooth`, light runs round the edges. */
  loft(rings: readonly (readonly Vec[])[], slot: number, smooth = true, caps = true): this {
    const centre = middleOf(rings.flat());
    const count = (rings[0] as readonly Vec[]).length;
    const normalAt = (ring: number, corner: number): Vec => {
      const here = rings[ring] as readonly Vec[];
      const p = here[((corner % count) + count) % count] as Vec;
      const before = here[(corner - 1 + count) % count] as Vec;
      const after = here[(corner + 1) % count] as Vec;
      const down = (rings[Math.max(0, ring - 1)] as readonly Vec[])[corner % count] as Vec;
      const on = (rings[Math.min(rings.length - 1, ring + 1)] as readonly Vec[])[corner % count] as Vec;
      const normal = normalize(cross(minus(after, before), minus(on, down)));
      const hub = middleOf(here);
      return dot(normal, minus(p, hub)) < 0 ? [-normal[0], -normal[1], -normal[2]] : normal;
    };
    for (let r = 0; r + 1 < rings.length; r++)
      for (let i = 0; i < count; i++) {
        const j = (i + 1) % count;
        const a = rings[r] as readonly Vec[];
        const b = rings[r + 1] as readonly Vec[];
        const points = [a[i] as Vec, a[j] as Vec, b[j] as Vec, b[i] as Vec];
        const hub = middleOf([...a, ...b]);
        this.side(points, minus(middleOf(points), hub), slot);
        if (smooth) {
          const made = this.sides.at(-1) as Side;
          made.normals = [normalAt(r, i), normalAt(r, j), normalAt(r + 1, j), normalAt(r + 1, i)];
        }
      }
    if (caps)
      for (const ring of [rings[0], rings.at(-1)] as const) {
        const points = [...(ring as readonly Vec[])];
        this.side(points, minus(middleOf(points), centre), slot);
      }
    return this;
  }

  /** A box from its two opposite corners. */
  box(a: Vec, b: Vec, slot: number): this {
    const at = (x: number, y: number, z: number): Vec => [x ? b[0] : a[0], y ? b[1] : a[1], z ? b[2] : a[2]];
    const ring = (y: number) => [at(0, y, 0), at(1, y, 0), at(1, y, 1), at(0, y, 1)];
    return this.loft([ring(0), ring(1)], slot, false);
  }

  /** Draws it; `palette` gives the finishes by slot. */
  draw(stage: Stage, place: Place, palette: readonly Finish[]): void {
    const { x, y = 0, z, yaw, pitch = 0, roll = 0, scale = 1 } = place;
    const [cy, sy] = [Math.cos(yaw), Math.sin(yaw)];
    const [cp, sp] = [Math.cos(pitch), Math.sin(pitch)];
    const [cr, sr] = [Math.cos(roll), Math.sin(roll)];
    const m00 = cr * cy + sr * sp * sy;
    const m01 = -sr * cy + cr * sp * sy;
    const m02 = cp * sy;
    const m10 = sr * cp;
    const m11 = cr * cp;
    const m12 = sp;
    const m20 = -cr * sy + sr * sp * cy;
    const m21 = sr * sy + cr * sp * cy;
    const m22 = cp * cy;
    const [ex, realY, ez] = stage.view.from;
    const ey = stage.mirrorY === null ? realY : 2 * stage.mirrorY - realY;
    for (const { points, normals, slot } of this.sides) {
      const p = points[0] as Vec;
      const n = normals[0] as Vec;
      const px = x + scale * (m00 * p[0] + m01 * p[1] + m02 * p[2]);
      const py = y + scale * (m10 * p[0] + m11 * p[1] + m12 * p[2]);
      const pz = z + scale * (m20 * p[0] + m21 * p[1] + m22 * p[2]);
      const nx = m00 * n[0] + m01 * n[1] + m02 * n[2];
      const ny = m10 * n[0] + m11 * n[1] + m12 * n[2];
      const nz = m20 * n[0] + m21 * n[1] + m22 * n[2];
      if ((ex - px) * nx + (ey - py) * ny + (ez - pz) * nz < -0.6 * scale) continue;
      for (let i = 0; i < points.length; i++) {
        const q = points[i] as Vec;
        const o = normals[i] as Vec;
        stage.corner(
          x + scale * (m00 * q[0] + m01 * q[1] + m02 * q[2]),
          y + scale * (m10 * q[0] + m11 * q[1] + m12 * q[2]),
          z + scale * (m20 * q[0] + m21 * q[1] + m22 * q[2]),
          m00 * o[0] + m01 * o[1] + m02 * o[2],
          m10 * o[0] + m11 * o[1] + m12 * o[2],
          m20 * o[0] + m21 * o[1] + m22 * o[2],
        );
      }
      stage.fill(palette[slot] as Finish);
    }
  }
}

/** A point of a model's own coordinates in the world. */
export function placed(place: Place, local: Vec): Vec {
  const scale = place.scale ?? 1;
  const [tx, , tz] = turned(local[0] * scale, 0, local[2] * scale, place.yaw);
  return [place.x + tx, (place.y ?? 0) + local[1] * scale, place.z + tz];
}

/** Draws a round limb, stem or bar from `a` to `b`. */
export function tube(stage: Stage, a: Vec, b: Vec, ra: number, rb: number, finish: Finish, sides = 6): void {
  const axis = normalize(minus(b, a));
  const u = normalize(Math.abs(axis[1]) > 0.95 ? cross([1, 0, 0], axis) : cross([0, 1, 0], axis));
  const w = cross(axis, u);
  for (let i = 0; i < sides; i++) {
    const t0 = (i / sides) * 6.2832;
    const t1 = ((i + 1) / sides) * 6.2832;
    const n0: Vec = [
      u[0] * Math.cos(t0) + w[0] * Math.sin(t0),
      u[1] * Math.cos(t0) + w[1] * Math.sin(t0),
      u[2] * Math.cos(t0) + w[2] * Math.sin(t0),
    ];
    const toX = stage.view.from[0] - a[0];
    const toY = (stage.mirrorY === null ? stage.view.from[1] : 2 * stage.mirrorY - stage.view.from[1]) - a[1];
    const toZ = stage.view.from[2] - a[2];
    const half = (t0 + t1) / 2;
    const [ch, sh] = [Math.cos(half), Math.sin(half)];
    const faces =
      (u[0] * ch + w[0] * sh) * toX + (u[1] * ch + w[1] * sh) * toY + (u[2] * ch + w[2] * sh) * toZ;
    if (faces < -0.05) continue;
    const n1: Vec = [
      u[0] * Math.cos(t1) + w[0] * Math.sin(t1),
      u[1] * Math.cos(t1) + w[1] * Math.sin(t1),
      u[2] * Math.cos(t1) + w[2] * Math.sin(t1),
    ];
    stage.corner(a[0] + n0[0] * ra, a[1] + n0[1] * ra, a[2] + n0[2] * ra, ...n0);
    stage.corner(a[0] + n1[0] * ra, a[1] + n1[1] * ra, a[2] + n1[2] * ra, ...n1);
    stage.corner(b[0] + n1[0] * rb, b[1] + n1[1] * rb, b[2] + n1[2] * rb, ...n1);
    stage.corner(b[0] + n0[0] * rb, b[1] + n0[1] * rb, b[2] + n0[2] * rb, ...n0);
    stage.fill(finish);
  }
}

const fineRows = [-1.5708, -0.75, 0, 0.75, 1.5708];
const coarseRows = [-1.5708, 0, 1.5708];

/** Draws a ball, flattened by `squash`. */
export function ball(stage: Stage, c: Vec, r: number, finish: Finish, squash = 1, sides = 7): void {
  const rows = sides < 6 ? coarseRows : fineRows;
  const toX = stage.view.from[0] - c[0];
  const toZ = stage.view.from[2] - c[2];
  const distance = Math.hypot(toX, toZ) || 1;
  for (let row = 0; row + 1 < rows.length; row++)
    for (let i = 0; i < sides; i++) {
      const middle = ((i + 0.5) / sides) * 6.2832;
      const level = (Math.cos(middle) * toX + Math.sin(middle) * toZ) / distance;
      if (level < -0.3 && row < rows.length - 2) continue;
      for (const [e, k] of [
        [row, i],
        [row, i + 1],
        [row + 1, i + 1],
        [row + 1, i],
      ] as const) {
        const lift = rows[e] as number;
        const turn = (k / sides) * 6.2832;
        const n: Vec = [Math.cos(lift) * Math.cos(turn), Math.sin(lift), Math.cos(lift) * Math.sin(turn)];
        stage.corner(c[0] + n[0] * r, c[1] + n[1] * r * squash, c[2] + n[2] * r, ...n);
      }
      stage.fill(finish);
    }
}

/** Draws one flat panel, seen from both sides. */
export function panel(stage: Stage, points: readonly Vec[], finish: Finish): void {
  const [a, b, c] = points as readonly [Vec, Vec, Vec];
  let n = normalize(cross(minus(b, a), minus(c, a)));
  if (dot(n, minus(stage.view.from, a)) < 0) n = [-n[0], -n[1], -n[2]];
  for (const p of points) stage.corner(...p, ...n);
  stage.fill(finish);
}
