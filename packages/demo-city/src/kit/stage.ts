import type { Developer, Rgb } from './colour.ts';
import type { Environment } from './environment.ts';
import type { Frame } from './frame.ts';
import type { Tracer } from './tracer.ts';
import { nearM, type Vec, type View } from './view.ts';

const mostCorners = 16;
/** Sides smaller than this (in a picture 1280 wide) have one shade. */
const flatPx = 14;

/** What a side of a moving thing is made of. */
export interface Finish {
  colour: Rgb;
  /** Own light, times the colour. */
  glow?: number;
  /** Mirrors the sky a little, as varnish and glass do. */
  gloss?: number;
}

/** Where moving things are drawn: knows the camera, the light and the film of a scene. */
export class Stage {
  readonly view: View;
  readonly env: Environment;
  readonly film: Developer;
  readonly frame: Frame;
  readonly tracer: Tracer;
  /** Time in the loop, seconds, and the loop's length. */
  time = 0;
  readonly loopS: number;
  /** Height of the mirror while mirrored pictures are drawn, null otherwise. */
  mirrorY: number | null = null;
  /** Share of sun on the thing being drawn. */
  sunlit = 1;
  private readonly c = new Float64Array(mostCorners * 6);
  private readonly eye = new Float64Array(mostCorners * 7);
  private readonly clipped = new Float64Array(mostCorners * 6);
  private corners = 0;

  constructor(parts: {
    view: View;
    env: Environment;
    film: Developer;
    frame: Frame;
    tracer: Tracer;
    loopS: number;
  }) {
    this.view = parts.view;
    this.env = parts.env;
    this.film = parts.film;
    this.frame = parts.frame;
    this.tracer = parts.tracer;
    this.loopS = parts.loopS;
  }

  /** Finds out what light there is at a point: call before drawing a thing there. Several points are averaged. */
  lightAt(x: number, y: number, z: number): void {
    this.env.chooseLamps(x, y + 1, z);
    if (this.env.o.sunPower <= 0) {
      this.sunlit = 0;
      return;
    }
    const { sun } = this.env;
    let lit = 0;
    for (const [ox, oz] of [
      [0, 0],
      [0.7, 0.5],
      [-0.6, 0.7],
      [0.4, -0.8],
    ] as const)
      if (!this.tracer.blocked(x + ox, y + 0.9, z + oz, sun[0], sun[1], sun[2])) lit++;
    this.sunlit = lit / 4;
  }

  /** Adds a corner of the side being drawn, with the outward direction there. */
  corner(x: number, y: number, z: number, nx: number, ny: number, nz: number): void {
    if (this.corners >= mostCorners) return;
    const at = this.corners++ * 7;
    const { eye } = this;
    eye[at] = x;
    eye[at + 1] = y;
    eye[at + 2] = z;
    eye[at + 3] = nx;
    eye[at + 4] = ny;
    eye[at + 5] = nz;
    eye[at + 6] = 0;
  }

  /** Draws the side whose corners were added. */
  fill(finish: Finish): void {
    const n = this.corners;
    this.corners = 0;
    if (n < 3) return;
    const { eye, c, view, mirrorY } = this;
    let behind = 0;
    for (let i = 0; i < n; i++) {
      const y = eye[i * 7 + 1] as number;
      const seenY = mirrorY === null ? y : 2 * mirrorY - y;
      const depth = view.project(eye[i * 7] as number, seenY, eye[i * 7 + 2] as number);
      eye[i * 7 + 6] = depth;
      if (depth < nearM) behind++;
      c[i * 6] = view.sx;
      c[i * 6 + 1] = view.sy;
      c[i * 6 + 2] = 1 / depth;
    }
    if (behind === n) return;
    if (behind === 0 && this.outside(n)) return;
    if (behind === 0 && this.isSmall(n)) this.shadeOnce(n, finish);
    else this.shade(n, finish);
    if (behind > 0) return this.fillClipped(n);
    for (let i = 2; i < n; i++) this.frame.triangle(c, 0, (i - 1) * 6, i * 6);
  }

  private outside(n: number): boolean {
    const { c, view } = this;
    let left = 0;
    let right = 0;
    let above = 0;
    let below = 0;
    for (let i = 0; i < n; i++) {
      const x = c[i * 6] as number;
      const y = c[i * 6 + 1] as number;
      if (x < 0) left++;
      else if (x > view.width) right++;
      if (y < 0) above++;
      else if (y > view.height) below++;
    }
    return left === n || right === n || above === n || below === n;
  }

  /** Whether a side is so small in the picture that one shade is enough for it. */
  private isSmall(n: number): boolean {
    const { c } = this;
    const limit = (flatPx * this.view.width) / 1280;
    for (let i = 1; i < n; i++)
      if (
        Math.abs((c[i * 6] as number) - (c[0] as number)) > limit ||
        Math.abs((c[i * 6 + 1] as number) - (c[1] as number)) > limit
      )
        return false;
    return true;
  }

  private shadeOnce(n: number, finish: Finish): void {
    const { eye, c } = this;
    const far = (n >> 1) * 7;
    for (let k = 3; k < 6; k++) eye[k] = ((eye[k] as number) + (eye[far + k] as number)) / 2;
    this.shade(1, finish);
    for (let i = 1; i < n; i++) for (let k = 3; k < 6; k++) c[i * 6 + k] = c[k] as number;
  }

  private shade(n: number, { colour, glow = 0, gloss = 0 }: Finish): void {
    const { eye, c, env, film, view } = this;
    for (let i = 0; i < n; i++) {
      const x = eye[i * 7] as number;
      const y = eye[i * 7 + 1] as number;
      const z = eye[i * 7 + 2] as number;
      const nx = eye[i * 7 + 3] as number;
      const ny = eye[i * 7 + 4] as number;
      const nz = eye[i * 7 + 5] as number;
      env.light(x, y, z, nx, ny, nz, this.sunlit);
      let r = colour[0] * (env.r + glow);
      let g = colour[1] * (env.g + glow);
      let b = colour[2] * (env.b + glow);
      const dx = x - view.from[0];
      const dy = y - view.from[1];
      const dz = z - view.from[2];
      const distance = Math.hypot(dx, dy, dz) || 1;
      if (gloss > 0) {
        const facing = -(nx * dx + ny * dy + nz * dz) / distance;
        const share = gloss * (0.12 + 0.88 * (1 - Math.min(1, Math.abs(facing))) ** 3);
        const twice = -2 * facing * distance;
        const ry = (dy - ny * twice) / distance;
        env.baseSky((dx - nx * twice) / distance, ry, (dz - nz * twice) / distance);
        const open = ry > 0 ? 1 : 0.35;
        r += (env.r * open - r) * share;
        g += (env.g * open - g) * share;
        b += (env.b * open - b) * share;
        const spark = this.sunlit * Math.max(0, this.mirrorSun(dx, dy, dz, nx, ny, nz, distance)) ** 60;
        r += spark * gloss * 4 * env.o.sunPower * env.o.sunColour[0];
        g += spark * gloss * 4 * env.o.sunPower * env.o.sunColour[1];
        b += spark * gloss * 4 * env.o.sunPower * env.o.sunColour[2];
      }
      env.r = r;
      env.g = g;
      env.b = b;
      env.addFog(distance);
      film.develop(env.r, env.g, env.b);
      c[i * 6 + 3] = film.r;
      c[i * 6 + 4] = film.g;
      c[i * 6 + 5] = film.b;
    }
  }

  private mirrorSun(
    dx: number,
    dy: number,
    dz: number,
    nx: number,
    ny: number,
    nz: number,
    distance: number,
  ): number {
    const { sun } = this.env;
    const inward = 2 * (nx * dx + ny * dy + nz * dz);
    return (
      ((dx - nx * inward) * sun[0] + (dy - ny * inward) * sun[1] + (dz - nz * inward) * sun[2]) / distance
    );
  }

  /** Cuts off what lies behind the lens, then fills. */
  private fillClipped(n: number): void {
    const { eye, c, clipped, view, mirrorY } = this;
    let m = 0;
    for (let i = 0; i < n && m < mostCorners - 1; i++) {
      const j = (i + 1) % n;
      const di = eye[i * 7 + 6] as number;
      const dj = eye[j * 7 + 6] as number;
      if (di >= nearM) {
        for (let k = 0; k < 6; k++) clipped[m * 6 + k] = c[i * 6 + k] as number;
        m++;
      }
      if (di >= nearM === dj >= nearM) continue;
      const share = (nearM - di) / (dj - di);
      const at = (k: number) =>
        (eye[i * 7 + k] as number) + ((eye[j * 7 + k] as number) - (eye[i * 7 + k] as number)) * share;
      const y = at(1);
      view.project(at(0), mirrorY === null ? y : 2 * mirrorY - y, at(2));
      clipped[m * 6] = view.sx;
      clipped[m * 6 + 1] = view.sy;
      clipped[m * 6 + 2] = 1 / nearM;
      for (let k = 3; k < 6; k++)
        clipped[m * 6 + k] =
          (c[i * 6 + k] as number) + ((c[j * 6 + k] as number) - (c[i * 6 + k] as number)) * share;
      m++;
    }
    for (let i = 2; i < m; i++) this.frame.triangle(clipped, 0, (i - 1) * 6, i * 6);
  }

  /** A glow in the air around a light at a point. `light` is its colour as developed brightness, 0 to 1. */
  glow(at: Vec, radiusM: number, light: Rgb, always = false): void {
    const { view, frame, env } = this;
    const depth = view.project(at[0], at[1], at[2]);
    if (depth < 0.5) return;
    const { sx, sy } = view;
    const radius = (radiusM * view.focal) / depth;
    if (sx < -radius || sy < -radius || sx > view.width + radius || sy > view.height + radius) return;
    let seen = 0;
    for (const [ox, oy] of [
      [0, 0],
      [0.12, 0],
      [-0.12, 0],
      [0, 0.12],
      [0, -0.12],
    ] as const)
      if (always || frame.seen(sx + ox * radius, sy + oy * radius, depth)) seen++;
    if (seen === 0) return;
    const clear = (seen / 5) * (env.o.fog ? Math.exp(-env.o.fog.perM * depth * 0.7) : 1);
    const grey = this.film.look.saturation < 0.1;
    const mean = (light[0] + light[1] + light[2]) / 3;
    const scale = 255 * clear;
    frame.glow(
      sx,
      sy,
      Math.max(2.2 * (view.width / 1280), radius),
      (grey ? mean : light[0]) * scale,
      (grey ? mean : light[1]) * scale,
      (grey ? mean : light[2]) * scale,
    );
  }

  /** The streak a light draws on wet ground below it. */
  wetStreak(at: Vec, groundY: number, light: Rgb, lengthM = 5): void {
    const { view, frame } = this;
    const depth = view.project(at[0], 2 * groundY - at[1], at[2]);
    if (depth < 1) return;
    const { sx, sy } = view;
    const half = (lengthM * view.focal) / depth;
    const wide = Math.max(1.5, (0.32 * view.focal) / depth);
    const x0 = Math.max(0, Math.ceil(sx - wide));
    const x1 = Math.min(view.width - 1, Math.floor(sx + wide));
    const y0 = Math.max(0, Math.ceil(sy - half));
    const y1 = Math.min(view.height - 1, Math.floor(sy + half));
    for (let y = y0; y <= y1; y++) {
      const fy = 1 - Math.abs(y - sy) / half;
      for (let x = x0; x <= x1; x++) {
        const gloss = frame.plate.gloss[y * view.width + x] as number;
        if (gloss === 0 || frame.covered(x, y)) continue;
        const fx = 1 - Math.abs(x - sx) / wide;
        const share = fx * fy * fy * gloss;
        frame.add((y * view.width + x) * 4, light[0] * share, light[1] * share, light[2] * share);
      }
    }
  }
}
