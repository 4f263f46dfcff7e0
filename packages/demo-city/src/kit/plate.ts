import type { Developer } from './colour.ts';
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
    const [dx, dy, dz] = direction as unknown as [number, number, number];
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
    const rays = p.rough > 0.01 ? 3 : 1;
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
      const [ox, oy, oz] = [p.x + p.nx * 0.02, p.y + p.ny * 0.02, p.z + p.nz * 0.02];
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
      const differs = (other: number) =>
        Math.abs((tone[at] as number) - (tone[other] as number)) > edgeContrast ||
        (keys[at] !== keys[other] && Math.abs((tone[at] as number) - (tone[other] as number)) > 4);
      if (!(
        (x > 0 && differs(at - 1)) ||
        (x < width - 1 && differs(at + 1)) ||
        (y > 0 && differs(at - width)) ||
        (y < height - 1 && differs(at + width))
      ))
        continue;
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

/** Light scattered by haze around each lamp that is in sight. */
function addHalos(env: Environment, view: View, plate: Plate, hdr: Float32Array): void {
  const { width, height } = plate;
  for (const lamp of env.lamps) {
    if (!lamp.halo) continue;
    const depth = view.project(...lamp.at);
    if (depth < 1) continue;
    const { sx, sy } = view;
    const radius = (lamp.halo * view.focal) / depth;
    const clear = env.o.fog ? Math.exp(-env.o.fog.perM * depth * 0.6) : 1;
    const x0 = Math.max(0, Math.floor(sx - radius));
    const x1 = Math.min(width - 1, Math.ceil(sx + radius));
    const y0 = Math.max(0, Math.floor(sy - radius));
    const y1 = Math.min(height - 1, Math.ceil(sy + radius));
    for (let y = y0; y <= y1; y++)
      for (let x = x0; x <= x1; x++) {
        const near = Math.hypot(x - sx, y - sy) / radius;
        if (near >= 1) continue;
        const at = y * width + x;
        if ((plate.depth[at] as number) < depth - 1.5) continue;
        const light = (0.5 * (1 - near) ** 2 + 0.6 * (1 - near) ** 8) * clear;
        for (let i = 0; i < 3; i++)
          hdr[at * 3 + i] = (hdr[at * 3 + i] as number) + (lamp.colour[i] as number) * light;
      }
  }
}

/** Spreads very bright spots a little, as lenses do. Works at a quarter of the resolution. */
function addBloom(hdr: Float32Array, width: number, height: number): void {
  const [w, h] = [width >> 2, height >> 2];
  let small = new Float32Array(w * h * 3);
  for (let y = 0; y < h; y++)
    for (let x = 0; x < w; x++)
      for (let i = 0; i < 3; i++) {
        let sum = 0;
        for (let j = 0; j < 4; j++)
          for (let k = 0; k < 4; k++)
            sum += Math.max(0, (hdr[((y * 4 + j) * width + x * 4 + k) * 3 + i] as number) - 0.9);
        small[(y * w + x) * 3 + i] = sum / 16;
      }
  for (const reach of [2, 4, 7]) small = blur(small, w, h, reach);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const from = (Math.min(h - 1, y >> 2) * w + Math.min(w - 1, x >> 2)) * 3;
      const at = (y * width + x) * 3;
      for (let i = 0; i < 3; i++) hdr[at + i] = (hdr[at + i] as number) + 0.5 * (small[from + i] as number);
    }
}

function blur(source: Float32Array, w: number, h: number, reach: number): Float32Array<ArrayBuffer> {
  const pass = (from: Float32Array, lines: number, length: number, lineStep: number, step: number) => {
    const to = new Float32Array(from.length);
    for (let line = 0; line < lines; line++)
      for (let i = 0; i < 3; i++) {
        let sum = 0;
        const get = (k: number) =>
          from[(line * lineStep + Math.min(length - 1, Math.max(0, k)) * step) * 3 + i] as number;
        for (let k = -reach; k <= reach; k++) sum += get(k);
        for (let k = 0; k < length; k++) {
          to[(line * lineStep + k * step) * 3 + i] = sum / (2 * reach + 1);
          sum += get(k + reach + 1) - get(k - reach);
        }
      }
    return to;
  };
  return pass(pass(source, h, w, w, 1), w, h, 1, w);
}

/** Develops the light into 8 bits with vignette and a fine dither against bands in the sky. */
function expose(plate: Plate, hdr: Float32Array, film: Developer): void {
  const { width, height, rgba } = plate;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      const fx = (x / width - 0.5) * 1.25;
      const fy = y / height - 0.5;
      const corner = 1 - film.look.vignette * Math.min(1, (fx * fx + fy * fy) * 1.9) ** 1.5;
      film.develop(
        (hdr[at * 3] as number) * corner,
        (hdr[at * 3 + 1] as number) * corner,
        (hdr[at * 3 + 2] as number) * corner,
      );
      const dither = hash3(x, y, 3) - 0.5;
      rgba[at * 4] = Math.min(255, Math.max(0, film.r + dither + 0.5));
      rgba[at * 4 + 1] = Math.min(255, Math.max(0, film.g + dither + 0.5));
      rgba[at * 4 + 2] = Math.min(255, Math.max(0, film.b + dither + 0.5));
    }
}
