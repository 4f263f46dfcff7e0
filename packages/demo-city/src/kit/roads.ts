import { hex, type Rgb } from './colour.ts';
import { soak } from './materials.ts';
import { fractal2, hash3, noise2 } from './random.ts';
import type { Material, SurfacePoint } from './surface.ts';

export interface AsphaltOptions {
  colour?: Rgb;
  wet?: number;
  /** Tracks worn by wheels: centres across the lanes (x), metres. */
  tracks?: readonly number[];
}

/** Asphalt with patches, cracks and stones. */
export function asphalt({ colour = hex('#6a6966'), wet = 0, tracks = [] }: AsphaltOptions = {}): Material {
  return (p) => {
    const large = fractal2(p.x * 0.13, p.z * 0.13, 3, 81);
    const fine = noise2(p.x * 14, p.z * 14, 82);
    p.albedo(colour, 0.78 + 0.3 * large + 0.14 * (fine - 0.5));
    const crack = Math.abs(fractal2(p.x * 0.5 + 9, p.z * 0.5, 3, 83) - 0.5);
    if (crack < 0.0022 && large > 0.55 && p.distance < 35) p.albedo(colour, 0.66);
    const patch = hash3(Math.floor(p.x / 3.1), Math.floor(p.z / 5.3), 84);
    if (patch > 0.93) p.albedo(colour, 0.72);
    for (const track of tracks) {
      const off = Math.abs(p.x - track);
      if (off < 0.45) p.blend([0.05, 0.05, 0.055], 0.22 * (1 - off / 0.45));
    }
    soak(p, wet);
  };
}

/** A painted shape on the ground. */
export type Marking = (x: number, z: number) => boolean;

/** A line along z at `x`; with `dash` and `gap`, broken. */
export const lineAlong =
  (x: number, width: number, from: number, to: number, dash = 0, gap = 0): Marking =>
  (px, pz) =>
    Math.abs(px - x) < width / 2 &&
    pz > from &&
    pz < to &&
    (dash === 0 || (((pz - from) % (dash + gap)) + dash + gap) % (dash + gap) < dash);
/** A line across, along x at `z`. */
export const lineAcross =
  (z: number, width: number, from: number, to: number, dash = 0, gap = 0): Marking =>
  (px, pz) =>
    lineAlong(z, width, from, to, dash, gap)(pz, px);
/** Zebra stripes whose bars run along z, over a band of x. */
export const zebra =
  (fromX: number, toX: number, fromZ: number, toZ: number, across = true): Marking =>
  (px, pz) =>
    px > fromX &&
    px < toX &&
    pz > fromZ &&
    pz < toZ &&
    (across ? ((px % 1) + 1) % 1 < 0.5 : ((pz % 1) + 1) % 1 < 0.5);

/** Paints markings over a ground, worn here and there. */
export function marked(base: Material, markings: readonly Marking[], colour: Rgb = hex('#d9d7cf')): Material {
  return (p: SurfacePoint) => {
    base(p);
    for (const marking of markings)
      if (marking(p.x, p.z)) {
        const wear = noise2(p.x * 5, p.z * 5, 91) * 0.5 + noise2(p.x * 0.7, p.z * 0.7, 92) * 0.5;
        p.blend(colour, wear > 0.72 ? 0.35 : 0.88);
        return;
      }
  };
}

/** Rails in the street: pairs of grooves along z. */
export const rails =
  (base: Material, centres: readonly number[], gauge = 1.435): Material =>
  (p) => {
    base(p);
    for (const centre of centres) {
      const off = Math.abs(Math.abs(p.x - centre) - gauge / 2);
      if (off < 0.06) {
        p.albedo([0.32, 0.32, 0.34]);
        p.gloss = Math.max(p.gloss, 0.5);
        p.rough = 0.05;
      } else if (off < 0.11) p.albedo([0.03, 0.03, 0.03]);
    }
  };
