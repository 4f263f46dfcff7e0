import type { Developer } from './colour.ts';
import { addBloom, addHalos, expose } from './darkroom.ts';
import type { Environment } from './environment.ts';
import { castLight, keyOf, readLight, type LightField } from './irradiance.ts';
import { hash3 } from './random.ts';
import { Kind, SurfacePoint } from './surface.ts';
import type { Tracer } from './tracer.ts';
import type { View } from './view.ts';

/** The unmoving picture of a scene with what the moving things need to know about it. */
export interface Plate {
  width: number;
  height: number;
  /** Red, green, blue, 255. */
  rgba: Uint8Array;
  /** Distance along the line of sight, metres; sky is far. */
  depth: Float32Array;
  /** How much of a mirror the ground is here, 0 to 255. */
  gloss: Uint8Array;
  /** Share of sunlight in what is seen, 0 to 255: how much a moving shadow takes away. */
  sunlit: Uint8Array;
  kind: Uint8Array;
}

/** Highest light a single sample may add, so that one spark does not whiten a pixel's edge. */
const brightest = 6;
const mirroredBrightest = 2.5;
/** Fainter mirror images than this share are left out. */
const leastMirrored = 0.025;
const skyDepthM = 1e7;
/** Neighbours that differ by more than this (0 to 255) are sampled again. */
const edgeContrast = 14;

class Painter {
  r = 0;
  g = 0;
  b = 0;
  depth = 0;
  key = 0;
  sunlit = 0;
  /** Rays for a blurred mirror image; fewer when several samples of a pixel are averaged anyway. */
  mirrorRays = 3;
  readonly point = new SurfacePoint();
  private readonly mirror = new SurfacePoint();
  private readonly direction = new Float64Array(3);
  private readonly light = new Float64Array(4);
  private readonly tracer: Tracer;
  private readonly env: Environment;
  private readonly view: View;
  private readonly field: LightField;

  constructor(tracer: Tracer, env: Environment, view: View, field: LightField) {
    this.tracer = tracer;
    this.env = env;
    this.view = view;
    this.field = field;
  }

  /** Light that arrives through a picture point. */
  sample(px: number, py: number): void {
    const { tracer, env, view, direction } = this;
    const [ox, oy, oz] = view.from;
    view.direction(px, py, direction);
    const dx = direction[0] as number;
    const dy = direction[1] as number;
    const dz = direction[2] as number;
    const length = Math.hypot(dx, dy, dz);
    if (!tracer.closest(ox, oy, oz, dx, dy, dz)) {
      env.sky(dx / length, dy / length, dz / length);
      this.take(skyDepthM, -2, 0);
      this.point.kind = Kind.sky;
      this.point.gloss = 0;
      return;
    }
    const depth = tracer.hitT;
    const key = keyOf(tracer);
    const { point, light } = this;
    point.distance = depth * length;
    tracer.describe(point, ox, oy, oz, dx, dy, dz);
    if (!readLight(this.field, px, py, key, light)) {
      env.light(point.x, point.y, point.z, point.nx, point.ny, point.nz, 1);
      light[0] = env.r;
      light[1] = env.g;
      light[2] = env.b;
      light[3] = 0.3;
    }
    let r = point.r * (light[0] as number) + point.er;
    let g = point.g * (light[1] as number) + point.eg;
    let b = point.b * (light[2] as number) + point.eb;
    if (point.gloss > 0) {
      const facing = -(point.nx * dx + point.ny * dy + point.nz * dz) / length;
      const share = point.gloss * (point.mirror + (1 - point.mirror) * Math.max(0, 1 - facing) ** 3);
      if (share > leastMirrored) {
        this.reflect(dx / length, dy / length, dz / length, px, py);
        r += (this.r - r) * share;
        g += (this.g - g) * share;
        b += (this.b - b) * share;
      }
    }
    env.r = r;
    env.g = g;
    env.b = b;
    env.addFog(point.distance);
    this.take(depth, key, light[3] as number);
  }

  private take(depth: number, key: number, sunlit: number): void {
    const { env } = this;
    this.r = Math.min(brightest, env.r);
    this.g = Math.min(brightest, env.g);
    this.b = Math.min(brightest, env.b);
    this.depth = depth;
    this.key = key;
    this.sunlit = sunlit;
  }

  /** What the surface mirrors, into `r`, `g`, `b`: blurred by a few rays, longer along the line of sight. */
  private reflect(dx: number, dy: number, dz: number, px: number, py: number): void {
    const { point: p, mirror: m, env, tracer } = this;
    const rays = p.rough > 0.01 ? this.mirrorRays : 1;
    let r = 0;
    let g = 0;
    let b = 0;
    const noise = hash3(px * 2, py * 2, 31);
    for (let i = 0; i < rays; i++) {
      const spread = p.rough * ((i + noise) / rays - 0.5) * 2;
      const sideways = p.rough * 0.25 * (hash3(px * 2, py * 2, i) - 0.5);
      const nx = p.nx + dx * spread * 0.5 - dz * sideways;
      const nz = p.nz + dz * spread * 0.5 + dx * sideways;
      const ny = p.ny;
      const size = Math.hypot(nx, ny, nz);
      const twice = (2 * (nx * dx + ny * dy + nz * dz)) / (size * size);
      const rx = dx - nx * twice;
      const ry = p.ny > 0.5 ? Math.abs(dy - ny * twice) : dy - ny * twice;
      const rz = dz - nz * twice;
      const ox = p.x + p.nx * 0.02;
      const oy = p.y + p.ny * 0.02;
      const oz = p.z + p.nz * 0.02;
      if (tracer.closest(ox, oy, oz, rx, ry, rz)) {
        m.distance = p.distance + tracer.hitT;
        tracer.describe(m, ox, oy, oz, rx, ry, rz);
        env.light(m.x, m.y, m.z, m.nx, m.ny, m.nz, 0.6);
        env.r = m.r * env.r + m.er;
        env.g = m.g * env.g + m.eg;
        env.b = m.b * env.b + m.eb;
        env.addFog(tracer.hitT);
      } else env.sky(rx, Math.max(0.001, ry), rz);
      r += Math.min(mirroredBrightest, env.r);
      g += Math.min(mirroredBrightest, env.g);
      b += Math.min(mirroredBrightest, env.b);
    }
    this.r = r / rays;
    this.g = g / rays;
    this.b = b / rays;
  }
}

/** Traces the unmoving part of a scene. */
export function paintPlate(tracer: Tracer, env: Environment, view: View, film: Developer): Plate {
  const { width, height } = view;
  const size = width * height;
  const plate: Plate = {
    width,
    height,
    rgba: new Uint8Array(size * 4).fill(255),
    depth: new Float32Array(size),
    gloss: new Uint8Array(size),
    sunlit: new Uint8Array(size),
    kind: new Uint8Array(size),
  };
  const hdr = new Float32Array(size * 3);
  const keys = new Int32Array(size);
  const tone = new Uint8Array(size);
  const painter = new Painter(tracer, env, view, castLight(tracer, env, view));
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      painter.sample(x + 0.5, y + 0.5);
      hdr[at * 3] = painter.r;
      hdr[at * 3 + 1] = painter.g;
      hdr[at * 3 + 2] = painter.b;
      keys[at] = painter.key;
      plate.depth[at] = painter.depth;
      const { point } = painter;
      plate.kind[at] = point.kind;
      plate.gloss[at] = point.ny > 0.8 && point.kind !== Kind.water ? Math.min(255, point.gloss * 255) : 0;
      plate.sunlit[at] = point.ny > 0.5 ? Math.min(255, painter.sunlit * 255) : 0;
      film.develop(painter.r, painter.g, painter.b);
      tone[at] = 0.3 * film.r + 0.6 * film.g + 0.1 * film.b;
    }
  painter.mirrorRays = 1;
  soften(painter, plate, hdr, keys, tone);
  addHalos(env, view, plate, hdr);
  addBloom(hdr, width, height);
  expose(plate, hdr, film);
  return plate;
}

/** Samples the edges again at three more points each. */
function soften(painter: Painter, plate: Plate, hdr: Float32Array, keys: Int32Array, tone: Uint8Array): void {
  const { width, height } = plate;
  const offsets = [
    [0.15, 0.35],
    [0.65, 0.15],
    [0.85, 0.7],
    [0.3, 0.85],
  ] as const;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      // What rough wet ground mirrors is uneven from pixel to pixel: that alone is no edge.
      const limit = (plate.gloss[at] as number) > 0 ? edgeContrast * 3 : edgeContrast;
      const here = tone[at] as number;
      const key = keys[at] as number;
      let edge = false;
      for (let side = 0; side < 4 && !edge; side++) {
        const nx = side === 0 ? x - 1 : side === 1 ? x + 1 : x;
        const ny = side === 2 ? y - 1 : side === 3 ? y + 1 : y;
        if (nx < 0 || ny < 0 || nx >= width || ny >= height) continue;
        const other = ny * width + nx;
        const contrast = Math.abs(here - (tone[other] as number));
        edge = contrast > limit || (contrast > 4 && keys[other] !== key);
      }
      if (!edge) continue;
      let r = 0;
      let g = 0;
      let b = 0;
      for (const [ox, oy] of offsets) {
        painter.sample(x + ox, y + oy);
        r += Math.min(2.5, painter.r);
        g += Math.min(2.5, painter.g);
        b += Math.min(2.5, painter.b);
      }
      hdr[at * 3] = r / 4;
      hdr[at * 3 + 1] = g / 4;
      hdr[at * 3 + 2] = b / 4;
    }
}
