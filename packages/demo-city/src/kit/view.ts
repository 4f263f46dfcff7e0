/** A point or direction: x to the right, y up, z away from the viewer, metres. */
export type Vec = readonly [number, number, number];

export const normalize = (v: Vec): Vec => {
  const length = Math.hypot(v[0], v[1], v[2]) || 1;
  return [v[0] / length, v[1] / length, v[2] / length];
};
export const cross = (a: Vec, b: Vec): Vec => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
export const dot = (a: Vec, b: Vec): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
export const minus = (a: Vec, b: Vec): Vec => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];

export interface ViewOptions {
  from: Vec;
  at: Vec;
  /** Horizontal field of view, degrees. */
  fov: number;
  /** Pixels. */
  width: number;
  height: number;
}

/** Nearest depth that is projected, metres. */
export const nearM = 0.3;

/** A pinhole camera. */
export class View {
  readonly width: number;
  readonly height: number;
  readonly from: Vec;
  readonly right: Vec;
  readonly up: Vec;
  readonly forward: Vec;
  /** Pixels per unit of slope. */
  readonly focal: number;
  /** Result of the last `project`. */
  sx = 0;
  sy = 0;

  constructor({ from, at, fov, width, height }: ViewOptions) {
    this.width = width;
    this.height = height;
    this.from = from;
    this.forward = normalize(minus(at, from));
    this.right = normalize(cross([0, 1, 0], this.forward));
    this.up = cross(this.forward, this.right);
    this.focal = width / 2 / Math.tan((fov * Math.PI) / 360);
  }

  /** Depth along the line of sight, metres. */
  depth(x: number, y: number, z: number): number {
    const f = this.forward;
    return (x - this.from[0]) * f[0] + (y - this.from[1]) * f[1] + (z - this.from[2]) * f[2];
  }

  /** Projects a point into `sx`, `sy` (pixels) and returns its depth; at or behind the lens the result is meaningless. */
  project(x: number, y: number, z: number): number {
    const dx = x - this.from[0];
    const dy = y - this.from[1];
    const dz = z - this.from[2];
    const depth = dx * this.forward[0] + dy * this.forward[1] + dz * this.forward[2];
    const scale = this.focal / depth;
    this.sx = this.width / 2 + scale * (dx * this.right[0] + dy * this.right[1] + dz * this.right[2]);
    this.sy = this.height / 2 - scale * (dx * this.up[0] + dy * this.up[1] + dz * this.up[2]);
    return depth;
  }

  /** The direction through a picture point, not normalised: its depth along the line of sight is 1. */
  direction(px: number, py: number, out: Float64Array): void {
    const a = (px - this.width / 2) / this.focal;
    const b = (this.height / 2 - py) / this.focal;
    for (let i = 0; i < 3; i++)
      out[i] = (this.forward[i] as number) + a * (this.right[i] as number) + b * (this.up[i] as number);
  }
}
