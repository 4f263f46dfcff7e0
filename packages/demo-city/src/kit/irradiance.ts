import type { Environment } from './environment.ts';
import { hash3 } from './random.ts';
import type { Tracer } from './tracer.ts';
import { SurfacePoint } from './surface.ts';
import type { View } from './view.ts';

const skyRays = 4;
/** Beyond this a wall no longer darkens its neighbour, metres. */
const occlusionReachM = 14;
const skyKey = -2;
/** Fainter lamp light than this is left out. */
const leastLampShare = 0.01;

/** Light that falls onto what the camera sees, at half the picture's resolution. */
export interface LightField {
  width: number;
  height: number;
  /** Solid times 16 plus side; −1 ground; −2 sky: light is never blended across different keys. */
  keys: Int32Array;
  /** Per cell: red, green, blue, share of the sun that arrives. */
  light: Float32Array;
}

export const keyOf = (tracer: Tracer) =>
  tracer.hitSolid < 0 ? tracer.hitSolid : tracer.hitSolid * 16 + tracer.hitFace;

function castSun(env: Environment, tracer: Tracer, p: SurfacePoint, noise: number): number {
  const { sun } = env;
  const facing = p.nx * sun[0] + p.ny * sun[1] + p.nz * sun[2];
  if (facing <= 0 || env.o.sunPower <= 0) return 0;
  const size = env.o.sunSize ?? 0.012;
  const rays = size > 0.05 ? 3 : 2;
  let lit = 0;
  for (let i = 0; i < rays; i++) {
    const turn = (noise + i / rays) * 6.2832;
    const radius = size * Math.sqrt((i + noise) / rays);
    const dx = sun[0] + Math.cos(turn) * radius;
    const dy = Math.max(0.01, sun[1] + Math.sin(turn) * radius * 0.7);
    const dz = sun[2] + Math.sin(turn) * radius;
    if (!tracer.blocked(p.x + p.nx * 0.02, p.y + p.ny * 0.02, p.z + p.nz * 0.02, dx, dy, dz)) lit++;
  }
  return (lit / rays) * facing;
}

function castSky(env: Environment, tracer: Tracer, p: SurfacePoint, noise: number, out: Float64Array): void {
  const { bounce } = env.o;
  const helper = Math.abs(p.ny) > 0.9 ? 1 : 0;
  let tx = helper ? 1 - p.nx * p.nx : p.nz;
  let ty = helper ? -p.nx * p.ny : 0;
  let tz = helper ? -p.nx * p.nz : -p.nx;
  const length = Math.hypot(tx, ty, tz) || 1;
  tx /= length;
  ty /= length;
  tz /= length;
  const bx = p.ny * tz - p.nz * ty;
  const by = p.nz * tx - p.nx * tz;
  const bz = p.nx * ty - p.ny * tx;
  let r = 0;
  let g = 0;
  let b = 0;
  for (let i = 0; i < skyRays; i++) {
    const turn = (noise + i * 0.618034) * 6.2832;
    const radius = Math.sqrt((i + 0.5 + (noise - 0.5) * 0.8) / skyRays);
    const a = Math.cos(turn) * radius;
    const c = Math.sin(turn) * radius;
    const n = Math.sqrt(Math.max(0, 1 - radius * radius));
    const dx = tx * a + bx * c + p.nx * n;
    const dy = ty * a + by * c + p.ny * n;
    const dz = tz * a + bz * c + p.nz * n;
    if (
      dy <= 0 ||
      tracer.blocked(p.x + p.nx * 0.02, p.y + p.ny * 0.02, p.z + p.nz * 0.02, dx, dy, dz, occlusionReachM)
    ) {
      const open = dy <= 0 ? 1 : 0.55;
      r += bounce[0] * open;
      g += bounce[1] * open;
      b += bounce[2] * open;
    } else {
      env.baseSky(dx, dy, dz);
      r += env.r;
      g += env.g;
      b += env.b;
    }
  }
  out[0] = r / skyRays;
  out[1] = g / skyRays;
  out[2] = b / skyRays;
}

function castLamps(env: Environment, tracer: Tracer, p: SurfacePoint, out: Float64Array): void {
  for (const lamp of env.lamps) {
    const share = env.lampShare(lamp, p.x, p.y, p.z, p.nx, p.ny, p.nz);
    if (share < leastLampShare) continue;
    const x = p.x + p.nx * 0.03;
    const y = p.y + p.ny * 0.03;
    const z = p.z + p.nz * 0.03;
    if (tracer.blocked(x, y, z, lamp.at[0] - x, lamp.at[1] - y, lamp.at[2] - z, 0.97)) continue;
    out[0] = (out[0] as number) + lamp.colour[0] * share;
    out[1] = (out[1] as number) + lamp.colour[1] * share;
    out[2] = (out[2] as number) + lamp.colour[2] * share;
  }
}

/** Works out the light field of a view: soft sun shadows, light of the open sky, lamps with shadows, then smoothed. */
export function castLight(tracer: Tracer, env: Environment, view: View): LightField {
  const width = Math.ceil(view.width / 2);
  const height = Math.ceil(view.height / 2);
  const keys = new Int32Array(width * height);
  const light = new Float32Array(width * height * 4);
  const direction = new Float64Array(3);
  const sum = new Float64Array(3);
  const point = new SurfacePoint();
  const [ox, oy, oz] = view.from;
  const { sunColour, sunPower } = env.o;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      view.direction(2 * x + 1, 2 * y + 1, direction);
      const dx = direction[0] as number;
      const dy = direction[1] as number;
      const dz = direction[2] as number;
      if (!tracer.closest(ox, oy, oz, dx, dy, dz)) {
        keys[at] = skyKey;
        continue;
      }
      keys[at] = keyOf(tracer);
      tracer.describe(point, ox, oy, oz, dx, dy, dz);
      const noise = hash3(x, y, 77);
      const sunlit = castSun(env, tracer, point, noise);
      castSky(env, tracer, point, noise, sum);
      castLamps(env, tracer, point, sum);
      light[at * 4] = (sum[0] as number) + sunColour[0] * sunPower * sunlit;
      light[at * 4 + 1] = (sum[1] as number) + sunColour[1] * sunPower * sunlit;
      light[at * 4 + 2] = (sum[2] as number) + sunColour[2] * sunPower * sunlit;
      light[at * 4 + 3] = sunlit;
    }
  let field: LightField = { width, height, keys, light };
  for (const step of [1, 2]) field = smooth(field, step);
  return field;
}

/** Averages each cell with its neighbours of the same side. */
function smooth({ width, height, keys, light }: LightField, step: number): LightField {
  const out = new Float32Array(light.length);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      const key = keys[at] as number;
      if (key === skyKey) continue;
      let r = 0;
      let g = 0;
      let b = 0;
      let s = 0;
      let total = 0;
      for (let j = -2; j <= 2; j++) {
        const yy = y + j * step;
        if (yy < 0 || yy >= height) continue;
        for (let i = -2; i <= 2; i++) {
          const xx = x + i * step;
          if (xx < 0 || xx >= width) continue;
          const other = yy * width + xx;
          if (keys[other] !== key) continue;
          const weight = 1 / (1 + i * i + j * j);
          r += weight * (light[other * 4] as number);
          g += weight * (light[other * 4 + 1] as number);
          b += weight * (light[other * 4 + 2] as number);
          s += weight * (light[other * 4 + 3] as number);
          total += weight;
        }
      }
      out[at * 4] = r / total;
      out[at * 4 + 1] = g / total;
      out[at * 4 + 2] = b / total;
      out[at * 4 + 3] = s / total;
    }
  return { width, height, keys, light: out };
}

/** Reads the field at a picture point from the cells of the same side; false where the field has none (thin things). */
export function readLight(
  field: LightField,
  px: number,
  py: number,
  key: number,
  out: Float64Array,
): boolean {
  const fx = px / 2 - 0.5;
  const fy = py / 2 - 0.5;
  const x0 = Math.floor(fx);
  const y0 = Math.floor(fy);
  let total = 0;
  let r = 0;
  let g = 0;
  let b = 0;
  let s = 0;
  for (let reach = 0; reach < 2 && total === 0; reach++)
    for (let j = -reach; j <= 1 + reach; j++)
      for (let i = -reach; i <= 1 + reach; i++) {
        const x = Math.min(field.width - 1, Math.max(0, x0 + i));
        const y = Math.min(field.height - 1, Math.max(0, y0 + j));
        const at = y * field.width + x;
        if (field.keys[at] !== key) continue;
        const weight = Math.max(0.02, (1 - Math.abs(fx - x0 - i)) * (1 - Math.abs(fy - y0 - j)));
        r += weight * (field.light[at * 4] as number);
        g += weight * (field.light[at * 4 + 1] as number);
        b += weight * (field.light[at * 4 + 2] as number);
        s += weight * (field.light[at * 4 + 3] as number);
        total += weight;
      }
  if (total === 0) return false;
  out[0] = r / total;
  out[1] = g / total;
  out[2] = b / total;
  out[3] = s / total;
  return true;
}
