import type { Developer } from './colour.ts';
import type { Environment } from './environment.ts';
import type { Plate } from './plate.ts';
import { hash3 } from './random.ts';
import type { View } from './view.ts';

/** Light scattered by haze around each lamp that is in sight. */
export function addHalos(env: Environment, view: View, plate: Plate, hdr: Float32Array): void {
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
export function addBloom(hdr: Float32Array, width: number, height: number): void {
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
export function expose(plate: Plate, hdr: Float32Array, film: Developer): void {
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
