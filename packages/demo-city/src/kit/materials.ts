import { hex, mix, type Rgb } from './colour.ts';
import { fractal2, hash3, noise2 } from './random.ts';
import { Kind, type Material, type SurfacePoint } from './surface.ts';

const rustColour = hex('#6b4a35');
const sunnyLeaf = hex('#c8cc7a');
const slush = hex('#6f6a66');

/** A plain painted surface with a little unevenness. */
export function paint(colour: Rgb, uneven = 0.12): Material {
  return (p) => {
    const grain = noise2(p.u * 1.3 + p.seed, p.v * 1.3, 3) * 0.6 + noise2(p.u * 7, p.v * 7, 4) * 0.4;
    p.albedo(colour, 1 - uneven / 2 + uneven * grain);
  };
}

/** Gives its own light. */
export const glowing =
  (colour: Rgb, power: number): Material =>
  (p) => {
    p.albedo(colour, 0.5);
    p.shine(colour, power);
  };

/** Smooth metal or varnish that mirrors a little. */
export const polished =
  (colour: Rgb, gloss: number, rough = 0.05): Material =>
  (p) => {
    p.albedo(colour);
    p.gloss = gloss;
    p.rough = rough;
  };

/** Concrete with stains that run down, joints every few metres. */
export function concrete(colour: Rgb = hex('#a09c94'), joint = 3): Material {
  return (p) => {
    const stain = fractal2(p.u * 0.5 + p.seed, p.v * 0.15, 3, 8);
    const grain = noise2(p.u * 6, p.v * 6, 2);
    p.albedo(colour, 0.72 + 0.3 * stain + 0.1 * grain);
    if (joint > 0 && p.distance < 90) {
      const line = Math.min(p.u % joint, p.v % joint);
      if (line < 0.03) p.albedo(colour, 0.5);
    }
  };
}

/** Bricks or stones in a bond, with mortar; far away only their mean. */
export function brick(colour: Rgb, mortar: Rgb = hex('#8d867c'), w = 0.5, h = 0.18): Material {
  return (p) => {
    const row = Math.floor(p.v / h);
    const shift = (row & 1) * 0.5;
    const stone = Math.floor(p.u / w + shift);
    const tone = hash3(stone, row, p.seed);
    const large = noise2(p.u * 0.4, p.v * 0.4, p.seed);
    p.albedo(colour, 0.72 + 0.34 * tone + 0.2 * (large - 0.5));
    const fine = Math.max(0, 1 - p.distance / 45);
    if (fine > 0) {
      const fu = (p.u / w + shift) % 1;
      const fv = (p.v / h) % 1;
      if (fu < 0.06 || fv < 0.12) p.blend(mortar, 0.7 * fine);
    }
  };
}

/** Overlapping rows of tiles or slates. */
export function rooftiles(colour: Rgb): Material {
  return (p) => {
    const row = Math.floor(p.v / 0.32);
    const stone = Math.floor(p.u / 0.28 + (row & 1) * 0.5);
    const edge = (p.v / 0.32) % 1;
    p.albedo(colour, (0.7 + 0.35 * hash3(stone, row, p.seed)) * (edge < 0.16 && p.distance < 70 ? 0.6 : 1));
  };
}

/** Boards that run along `u`. */
export function boards(colour: Rgb, width = 0.2): Material {
  return (p) => {
    const board = Math.floor(p.v / width);
    const grain = noise2(p.u * 0.8 + board * 9, p.v * 14, 6);
    p.albedo(colour, (0.75 + 0.3 * hash3(board, 2, p.seed)) * (0.85 + 0.25 * grain));
    if ((p.v / width) % 1 < 0.1 && p.distance < 60) p.albedo(colour, 0.4);
  };
}

/** Corrugated sheet, as on containers and sheds. */
export function corrugated(colour: Rgb, pitch = 0.28): Material {
  return (p) => {
    const wave = Math.abs(((((p.u / pitch) % 1) + 1) % 1) - 0.5) * 2;
    const fine = Math.max(0, 1 - p.distance / 160);
    const rust = fractal2(p.u * 0.7 + p.seed, p.v * 0.5, 3, 4);
    p.albedo(colour, 0.85 + (wave - 0.5) * 0.4 * fine);
    if (rust > 0.66) p.blend(rustColour, (rust - 0.66) * 2.2);
    if (p.v < 0.14 || p.v > p.lengthV - 0.14 || p.u < 0.12 || p.u > p.lengthU - 0.12) p.albedo(colour, 0.62);
  };
}

/** Grass, cut or rough. */
export function grass(colour: Rgb = hex('#5d7a3a')): Material {
  const dry = mix(colour, hex('#a09a55'), 0.6);
  return (p) => {
    const patch = fractal2(p.x * 0.12, p.z * 0.12, 3, 21);
    const blade = noise2(p.x * 5, p.z * 5, 22) * 0.6 + noise2(p.x * 17, p.z * 17, 23) * 0.4;
    p.albedo(colour, 0.62 + 0.6 * blade);
    p.blend(dry, Math.max(0, patch - 0.5) * 1.1);
  };
}

/** Leaves of a tree. */
export function foliage(colour: Rgb): Material {
  return (p) => {
    const grain = noise2(p.x * 5 + p.z * 3, p.y * 5 - p.z * 4, 31);
    const tone = hash3(p.seed, 3, 1);
    p.albedo(colour, 0.55 + 0.55 * grain + 0.25 * tone);
    if (p.ny > 0.3) p.blend(sunnyLeaf, 0.12);
    p.kind = Kind.leaves;
  };
}

/** Snow, with blue in its hollows. */
export function snow(trodden = 0): Material {
  return (p) => {
    const drift = fractal2(p.x * 0.35, p.z * 0.35, 4, 41);
    const fine = noise2(p.x * 6, p.z * 6, 42);
    p.albedo([0.86, 0.88, 0.92], 0.82 + 0.16 * drift + 0.05 * fine);
    if (trodden > 0) p.blend(slush, trodden * noise2(p.x * 2.2, p.z * 2.2, 43));
  };
}

/** Open water: waves that mirror the sky; `calm` 1 is glass. */
export function water(colour: Rgb = hex('#1f3a44'), calm = 0.6): Material {
  return (p) => {
    const size = (1 - calm) * 0.5 + 0.02;
    const near = Math.min(1, 40 / (p.distance + 5));
    const a = fractal2(p.x * 0.35, p.z * 0.55, 3, 51) - 0.5;
    const b = fractal2(p.x * 0.9 + 40, p.z * 1.5, 3, 52) - 0.5;
    p.albedo(colour, 0.8 + 0.4 * a);
    p.nx += (a * 0.6 + b) * size * (0.35 + 0.65 * near);
    p.nz += (b * 0.7 - a) * size * 1.4 * (0.35 + 0.65 * near);
    p.gloss = 0.95;
    p.kind = Kind.water;
  };
}

/** A material by place: the first zone that contains the point decides, `rest` otherwise. */
export function zones(
  list: readonly { where: (x: number, z: number) => boolean; material: Material }[],
  rest: Material,
): Material {
  return (p: SurfacePoint) => {
    for (const { where, material } of list)
      if (where(p.x, p.z)) {
        material(p);
        return;
      }
    rest(p);
  };
}

/** Paving of square or oblong stones. */
export function paving(colour: Rgb, w = 0.6, d = w, wet = 0): Material {
  return (p) => {
    const row = Math.floor(p.z / d);
    const stone = Math.floor(p.x / w + (row & 1) * 0.5);
    const tone = hash3(stone, row, 61);
    const large = fractal2(p.x * 0.25, p.z * 0.25, 3, 62);
    const fine = Math.max(0, 1 - p.distance / 60);
    p.albedo(colour, 0.8 + 0.26 * (tone - 0.5) * (0.4 + 0.6 * fine) + 0.35 * (large - 0.5));
    const gap = 0.02 + 0.02 * fine;
    const fu = (((p.x / w + (row & 1) * 0.5) % 1) + 1) % 1;
    const fv = (((p.z / d) % 1) + 1) % 1;
    if (fu < gap / w || fv < gap / d) p.albedo(colour, 0.82 - 0.3 * fine);
    soak(p, wet);
  };
}

/** Makes level ground wet: darker, and a mirror where puddles stand. */
export function soak(p: SurfacePoint, wet: number): void {
  if (wet <= 0) return;
  const puddle = fractal2(p.x * 0.16, p.z * 0.16, 4, 71);
  const deep = Math.min(1, Math.max(0, (puddle - 0.56 + wet * 0.1) * 9));
  const dark = 1 - 0.45 * wet;
  p.r *= dark;
  p.g *= dark;
  p.b *= dark;
  p.gloss = wet * (0.55 + 0.45 * deep);
  p.rough = (1 - deep) * 0.13 + 0.012;
  const ripple = (noise2(p.x * 3, p.z * 3, 72) - 0.5) * 0.03;
  p.nx += ripple * (1 - deep);
  p.nz += ripple * (1 - deep * 0.7);
}

/** A neon sign: glowing strokes that look like writing in no language, on a dark panel with a bright rim. */
export function neon(colour: Rgb, power: number): Material {
  return (p) => {
    p.albedo([0.02, 0.02, 0.025]);
    const upright = p.lengthV > p.lengthU;
    const short = upright ? p.lengthU : p.lengthV;
    const along = upright ? p.lengthV - p.v : p.u;
    const across = (upright ? p.u : p.v) / short;
    const edge = Math.min(p.u, p.lengthU - p.u, p.v, p.lengthV - p.v) / short;
    if (edge < 0.07) {
      p.shine(colour, power * 1.4);
      return;
    }
    const cellM = short * 0.86;
    const cell = Math.floor(along / cellM);
    const fx = (along / cellM) % 1;
    p.shine(colour, 0.12 * power);
    if (fx < 0.14 || fx > 0.86 || across < 0.2 || across > 0.8) return;
    const x = (fx - 0.14) / 0.72;
    const y = (across - 0.2) / 0.6;
    const dice = (n: number) => hash3(cell, n, p.seed) > 0.42;
    const pen = 0.16;
    const lit =
      (dice(1) && x < pen) ||
      (dice(2) && x > 1 - pen) ||
      (dice(3) && y < pen) ||
      (dice(4) && y > 1 - pen) ||
      (dice(5) && Math.abs(y - 0.5) < pen / 2) ||
      (dice(6) && Math.abs(x - 0.5) < pen / 2);
    if (lit) p.shine(colour, power * 2.2);
  };
}
