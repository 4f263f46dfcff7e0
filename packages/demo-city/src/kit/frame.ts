import type { Plate } from './plate.ts';

/** Samples per pixel in each direction: moving things have smooth edges. */
const fine = 2;
const tilePx = 8;
/** Moving things this much farther (share of the distance) than what stands there still show: wheels on a road. */
const tolerance = 1.004;

/** The picture being drawn: a copy of the plate with moving things laid over it, hidden by what stands before them. */
export class Frame {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8Array;
  /** The same bytes; what is written is kept within 0 to 255. */
  readonly clamped: Uint8ClampedArray;
  plate: Plate;
  /** Only what a mirrored picture needs is filled: every other row of samples. */
  coarse = false;
  private readonly samples: Uint32Array;
  private readonly nearness: Float32Array;
  private readonly tilesX: number;
  private readonly dirty: Uint8Array;
  private standing = new Float32Array(0);
  private standingOf: Plate | null = null;

  constructor(plate: Plate) {
    this.plate = plate;
    this.width = plate.width;
    this.height = plate.height;
    this.clamped = new Uint8ClampedArray(this.width * this.height * 4);
    this.rgba = new Uint8Array(this.clamped.buffer);
    this.samples = new Uint32Array(this.width * this.height * fine * fine);
    this.nearness = new Float32Array(this.samples.length);
    this.tilesX = Math.ceil(this.width / tilePx);
    this.dirty = new Uint8Array(this.tilesX * Math.ceil(this.height / tilePx));
  }

  /** Starts a picture from a plate; `rgba` is its picture with noise, if it has any. */
  begin(plate: Plate, rgba: Uint8Array = plate.rgba): void {
    this.plate = plate;
    this.rgba.set(rgba);
    this.clear();
    if (this.standingOf !== plate) {
      this.standing = Float32Array.from(plate.depth, (depth) => 1 / (depth * tolerance));
      this.standingOf = plate;
    }
  }

  private clear(): void {
    const { dirty, tilesX, width, height, nearness } = this;
    const wide = width * fine;
    for (let tile = 0; tile < dirty.length; tile++) {
      if (dirty[tile] === 0) continue;
      // Neighbours in the same row of tiles are cleared together.
      const column = tile % tilesX;
      let run = 0;
      while (column + run < tilesX && dirty[tile + run] === 1) dirty[tile + run++] = 0;
      const x0 = column * tilePx * fine;
      const x1 = Math.min(wide, x0 + run * tilePx * fine);
      const y0 = Math.floor(tile / tilesX) * tilePx * fine;
      const y1 = Math.min(height * fine, y0 + tilePx * fine);
      for (let y = y0; y < y1; y++) nearness.fill(0, y * wide + x0, y * wide + x1);
      tile += run - 1;
    }
  }

  /**
   * Fills a triangle. `c` holds corners of six numbers: x, y (pixels), 1/depth, red, green, blue (0 to 255).
   * @param a offset of the first corner in `c`; `b` and `d` those of the others
   */
  triangle(c: Float64Array, a: number, b: number, d: number): void {
    let swap: number;
    if ((c[b + 1] as number) < (c[a + 1] as number)) {
      swap = a;
      a = b;
      b = swap;
    }
    if ((c[d + 1] as number) < (c[a + 1] as number)) {
      swap = a;
      a = d;
      d = swap;
    }
    if ((c[d + 1] as number) < (c[b + 1] as number)) {
      swap = b;
      b = d;
      d = swap;
    }
    const ax = (c[a] as number) * fine;
    const ay = (c[a + 1] as number) * fine;
    const bx = (c[b] as number) * fine - ax;
    const by = (c[b + 1] as number) * fine - ay;
    const dx = (c[d] as number) * fine - ax;
    const dy = (c[d + 1] as number) * fine - ay;
    const area = bx * dy - dx * by;
    const wide = this.width * fine;
    const y0 = Math.max(0, Math.ceil(ay - 0.5));
    const y1 = Math.min(this.height * fine - 1, Math.ceil(ay + dy - 0.5) - 1);
    if (y0 > y1 || area === 0) return;
    const x0 = Math.max(0, Math.ceil(ax + Math.min(0, bx, dx) - 0.5));
    const x1 = Math.min(wide - 1, Math.ceil(ax + Math.max(0, bx, dx) - 0.5) - 1);
    if (x0 > x1) return;
    this.mark(x0, y0, x1, y1);
    const kx = dy / area;
    const lx = -by / area;
    const ky = -dx / area;
    const ly = bx / area;
    const za = c[a + 2] as number;
    const ra = c[a + 3] as number;
    const ga = c[a + 4] as number;
    const ba = c[a + 5] as number;
    const zb = (c[b + 2] as number) - za;
    const rb = (c[b + 3] as number) - ra;
    const gb = (c[b + 4] as number) - ga;
    const bb = (c[b + 5] as number) - ba;
    const zd = (c[d + 2] as number) - za;
    const rd = (c[d + 3] as number) - ra;
    const gd = (c[d + 4] as number) - ga;
    const bd = (c[d + 5] as number) - ba;
    const zx = zb * kx + zd * lx;
    const zy = zb * ky + zd * ly;
    const rx = rb * kx + rd * lx;
    const ry = rb * ky + rd * ly;
    const gx = gb * kx + gd * lx;
    const gy = gb * ky + gd * ly;
    const blx = bb * kx + bd * lx;
    const bly = bb * ky + bd * ly;
    const flat = rb === 0 && gb === 0 && bb === 0 && rd === 0 && gd === 0 && bd === 0;
    const colour = (ra & 255) | ((ga & 255) << 8) | ((ba & 255) << 16);
    const slopeLong = dx / dy;
    const slopeUp = by > 0 ? bx / by : 0;
    const slopeDown = dy > by ? (dx - bx) / (dy - by) : 0;
    const bulgesRight = area > 0;
    const { samples, nearness } = this;
    const rowStep = this.coarse ? 2 : 1;
    for (let y = this.coarse ? y0 + (y0 & 1) : y0; y <= y1; y += rowStep) {
      const down = y + 0.5 - ay;
      const long = ax + slopeLong * down;
      const short = ax + (down < by ? slopeUp * down : bx + slopeDown * (down - by));
      const from = Math.max(x0, Math.ceil((bulgesRight ? long : short) - 0.5));
      const to = Math.min(x1, Math.ceil((bulgesRight ? short : long) - 0.5) - 1);
      if (from > to) continue;
      const across = from + 0.5 - ax;
      const end = y * wide + to;
      let z = za + zx * across + zy * down;
      if (flat) {
        for (let at = y * wide + from; at <= end; at++) {
          if (z > (nearness[at] as number)) {
            nearness[at] = z;
            samples[at] = colour;
          }
          z += zx;
        }
        continue;
      }
      let r = ra + rx * across + ry * down;
      let g = ga + gx * across + gy * down;
      let bl = ba + blx * across + bly * down;
      // Samples lie inside the triangle, so that their colours lie between those of its corners.
      for (let at = y * wide + from; at <= end; at++) {
        if (z > (nearness[at] as number)) {
          nearness[at] = z;
          samples[at] = (r & 255) | ((g & 255) << 8) | ((bl & 255) << 16);
        }
        z += zx;
        r += rx;
        g += gx;
        bl += blx;
      }
    }
  }

  private mark(x0: number, y0: number, x1: number, y1: number): void {
    const size = tilePx * fine;
    const tx1 = Math.floor(x1 / size);
    const ty1 = Math.floor(y1 / size);
    for (let ty = Math.floor(y0 / size); ty <= ty1; ty++)
      for (let tx = Math.floor(x0 / size); tx <= tx1; tx++) this.dirty[ty * this.tilesX + tx] = 1;
  }

  /** Lays the triangles drawn so far over the picture. `mirrored`: only as strongly as the ground mirrors, then forgets them. */
  resolve(mirrored = false): void {
    const { dirty, tilesX, width, height } = this;
    for (let tile = 0; tile < dirty.length; tile++) {
      if (dirty[tile] === 0) continue;
      const x0 = (tile % tilesX) * tilePx;
      const y0 = Math.floor(tile / tilesX) * tilePx;
      const x1 = Math.min(width, x0 + tilePx);
      const y1 = Math.min(height, y0 + tilePx);
      if (mirrored) this.mirrorTile(x0, y0, x1, y1);
      else this.layTile(x0, y0, x1, y1);
    }
    if (mirrored) this.clear();
  }

  private layTile(x0: number, y0: number, x1: number, y1: number): void {
    const { rgba, samples, nearness, standing, width } = this;
    const wide = width * fine;
    for (let y = y0; y < y1; y++)
      for (let x = x0; x < x1; x++) {
        const at = y * width + x;
        const first = y * fine * wide + x * fine;
        const limit = standing[at] as number;
        let r = 0;
        let g = 0;
        let b = 0;
        let n = 0;
        for (let k = 0; k < 4; k++) {
          const s = first + (k & 1) + (k >> 1) * wide;
          if ((nearness[s] as number) <= limit) continue;
          const colour = samples[s] as number;
          r += colour & 255;
          g += (colour >> 8) & 255;
          b += colour >> 16;
          n++;
        }
        if (n === 0) continue;
        const o = at * 4;
        const rest = 4 - n;
        rgba[o] = (r + rest * (rgba[o] as number)) >> 2;
        rgba[o + 1] = (g + rest * (rgba[o + 1] as number)) >> 2;
        rgba[o + 2] = (b + rest * (rgba[o + 2] as number)) >> 2;
      }
  }

  /** Makes what was drawn so far part of the plate, with its distance, so that it hides what moves behind it. */
  bake(): void {
    const { plate, dirty, tilesX, width, height, nearness, standing } = this;
    const wide = width * fine;
    for (let tile = 0; tile < dirty.length; tile++) {
      if (dirty[tile] === 0) continue;
      const x0 = (tile % tilesX) * tilePx;
      const y0 = Math.floor(tile / tilesX) * tilePx;
      for (let y = y0; y < Math.min(height, y0 + tilePx); y++)
        for (let x = x0; x < Math.min(width, x0 + tilePx); x++) {
          const near = nearness[y * fine * wide + x * fine] as number;
          const at = y * width + x;
          if (near <= (standing[at] as number)) continue;
          plate.depth[at] = 1 / near;
          plate.gloss[at] = 0;
          plate.kind[at] = 0;
        }
    }
    plate.rgba.set(this.rgba);
    this.standingOf = null;
  }

  private mirrorTile(x0: number, y0: number, x1: number, y1: number): void {
    const { rgba, samples, nearness, width, plate } = this;
    const wide = width * fine;
    for (let y = y0; y < y1; y++)
      for (let x = x0; x < x1; x++) {
        const at = y * width + x;
        const gloss = plate.gloss[at] as number;
        if (gloss < 8) continue;
        const s = y * fine * wide + x * fine;
        if ((nearness[s] as number) === 0) continue;
        const colour = samples[s] as number;
        const share = (gloss / 255) * 0.5;
        const o = at * 4;
        rgba[o] = (rgba[o] as number) * (1 - share) + (colour & 255) * share;
        rgba[o + 1] = (rgba[o + 1] as number) * (1 - share) + ((colour >> 8) & 255) * share;
        rgba[o + 2] = (rgba[o + 2] as number) * (1 - share) + (colour >> 16) * share;
      }
  }

  /** Whether a point at a pixel and depth is in sight, neither behind the plate nor behind what moves. */
  seen(x: number, y: number, depth: number): boolean {
    const px = Math.round(x);
    const py = Math.round(y);
    if (px < 0 || py < 0 || px >= this.width || py >= this.height) return false;
    const at = py * this.width + px;
    if ((this.plate.depth[at] as number) < depth * 0.985 - 0.25) return false;
    return (this.nearness[py * fine * this.width * fine + px * fine] as number) < 1 / (depth * 0.985 - 0.25);
  }

  /** Whether something that moves was drawn at a pixel. */
  covered(x: number, y: number): boolean {
    return (this.nearness[(y * this.width * fine + x) * fine] as number) > 0;
  }

  /** Mixes a colour (0 to 255) into a pixel. */
  blend(x: number, y: number, r: number, g: number, b: number, share: number): void {
    if (x < 0 || y < 0 || x >= this.width || y >= this.height) return;
    const o = (y * this.width + x) * 4;
    const { rgba } = this;
    rgba[o] = (rgba[o] as number) + (r - (rgba[o] as number)) * share;
    rgba[o + 1] = (rgba[o + 1] as number) + (g - (rgba[o + 1] as number)) * share;
    rgba[o + 2] = (rgba[o + 2] as number) + (b - (rgba[o + 2] as number)) * share;
  }

  /** Adds light to a pixel, index of its red byte. */
  add(o: number, r: number, g: number, b: number): void {
    const { clamped } = this;
    clamped[o] = (clamped[o] as number) + r;
    clamped[o + 1] = (clamped[o + 1] as number) + g;
    clamped[o + 2] = (clamped[o + 2] as number) + b;
  }

  /** Adds a round glow about a pixel. */
  glow(cx: number, cy: number, radius: number, r: number, g: number, b: number): void {
    const x0 = Math.max(0, Math.ceil(cx - radius));
    const x1 = Math.min(this.width - 1, Math.floor(cx + radius));
    const y0 = Math.max(0, Math.ceil(cy - radius));
    const y1 = Math.min(this.height - 1, Math.floor(cy + radius));
    const scale = 1 / (radius * radius);
    for (let y = y0; y <= y1; y++)
      for (let x = x0; x <= x1; x++) {
        const square = ((x - cx) * (x - cx) + (y - cy) * (y - cy)) * scale;
        if (square >= 1) continue;
        const soft = (1 - square) * (1 - square);
        const light = soft * 0.3 + 0.7 * soft * soft * soft * soft;
        this.add((y * this.width + x) * 4, r * light, g * light, b * light);
      }
  }

  /** Mixes in a soft disc. */
  disc(cx: number, cy: number, radius: number, r: number, g: number, b: number, share: number): void {
    const x0 = Math.max(0, Math.ceil(cx - radius));
    const x1 = Math.min(this.width - 1, Math.floor(cx + radius));
    const y0 = Math.max(0, Math.ceil(cy - radius));
    const y1 = Math.min(this.height - 1, Math.floor(cy + radius));
    const scale = 1 / (radius * radius);
    for (let y = y0; y <= y1; y++)
      for (let x = x0; x <= x1; x++) {
        const square = ((x - cx) * (x - cx) + (y - cy) * (y - cy)) * scale;
        if (square < 1) this.blend(x, y, r, g, b, share * (1 - square));
      }
  }

  /** A thin steep line with smooth edges, such as a drop of rain. */
  streak(
    x0: number,
    y0: number,
    x1: number,
    y1: number,
    r: number,
    g: number,
    b: number,
    share: number,
  ): void {
    const from = Math.max(0, Math.ceil(Math.min(y0, y1)));
    const to = Math.min(this.height - 1, Math.floor(Math.max(y0, y1)));
    const slope = (x1 - x0) / (y1 - y0 || 1);
    for (let y = from; y <= to; y++) {
      const x = x0 + (y - y0) * slope;
      const px = Math.floor(x);
      const part = x - px;
      this.blend(px, y, r, g, b, share * (1 - part));
      this.blend(px + 1, y, r, g, b, share * part);
    }
  }
}
