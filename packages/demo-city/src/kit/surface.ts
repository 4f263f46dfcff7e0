import type { Rgb } from './colour.ts';

/** A point on a surface, filled in by the tracer, and what its material makes of it. One is reused for all points. */
export class SurfacePoint {
  x = 0;
  y = 0;
  z = 0;
  nx = 0;
  ny = 1;
  nz = 0;
  /** Along the side and up it, metres from its lower corner, and the side's size. */
  u = 0;
  v = 0;
  lengthU = 1e6;
  lengthV = 1e6;
  seed = 0;
  /** Distance from the viewer, metres: materials drop detail that is finer than a pixel. */
  distance = 0;
  /** Share of light given back, per channel. */
  r = 0.5;
  g = 0.5;
  b = 0.5;
  /** Own light. */
  er = 0;
  eg = 0;
  eb = 0;
  /** How much of a mirror it is, 0 to 1, and how blurred. */
  gloss = 0;
  rough = 0;
  /** Least share that is mirrored straight on, as coated glass does. */
  mirror = 0.06;
  /** What the moving picture does here: see `Kind`. */
  kind = 0;

  albedo(colour: Rgb, share = 1): void {
    this.r = colour[0] * share;
    this.g = colour[1] * share;
    this.b = colour[2] * share;
  }
  blend(colour: Rgb, share: number): void {
    this.r += (colour[0] - this.r) * share;
    this.g += (colour[1] - this.g) * share;
    this.b += (colour[2] - this.b) * share;
  }
  shine(colour: Rgb, power: number): void {
    this.er = colour[0] * power;
    this.eg = colour[1] * power;
    this.eb = colour[2] * power;
  }
  reset(): void {
    this.er = this.eg = this.eb = this.gloss = this.rough = this.kind = 0;
    this.mirror = 0.06;
  }
}

export type Material = (point: SurfacePoint) => void;

/** Kinds of pixels that move by themselves. */
export const Kind = { still: 0, leaves: 1, water: 2, sky: 3 } as const;
