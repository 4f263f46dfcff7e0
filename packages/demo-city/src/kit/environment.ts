import { mix, type Rgb } from './colour.ts';
import { fractal2, hash3, noise2 } from './random.ts';
import { normalize, type Vec } from './view.ts';

/** A lamp. Its light falls with the square of the distance and ends at `reach`. */
export interface Lamp {
  at: Vec;
  colour: Rgb;
  /** Brightness on a white wall one metre away. */
  power: number;
  reach: number;
  /** Cosine-shaped cone: 0 shines all round, 1 a street lamp's pool, more is narrower. */
  narrow?: number;
  /** Where a narrow lamp points; straight down without. */
  toward?: Vec;
  /** Size of the halo in the picture, metres; 0 for none. */
  halo?: number;
}

/** A far town or hills on the horizon, as part of the sky. */
export interface Skyline {
  /** Height over the horizon as a slope, such as 0.08. */
  height: number;
  colour: Rgb;
  shape: 'hills' | 'town';
  /** Share of lit windows of a far town. */
  lit?: number;
}

export interface EnvironmentOptions {
  /** Direction towards the sun or moon. */
  sun: Vec;
  sunColour: Rgb;
  sunPower: number;
  /** Angular radius of the light as a tangent: 0.01 a clear sun, 0.3 a veiled one. */
  sunSize?: number;
  zenith: Rgb;
  horizon: Rgb;
  /** Glow of the sky around the sun. */
  glow?: Rgb;
  /** Light thrown back by what lies around. */
  bounce: Rgb;
  clouds?: { cover: number; bright: Rgb; dark: Rgb; scale?: number };
  fog?: { colour: Rgb; perM: number };
  stars?: number;
  skyline?: readonly Skyline[];
  lamps?: readonly Lamp[];
  /** Wetness of level ground, 0 to 1; materials ask for it. */
  wet?: number;
  seed?: number;
}

/** Moving things are lit by at most so many lamps at once. */
const mostLamps = 4;

/** The light of a scene: what the sky looks like, what falls onto a surface, what haze does to a distance. */
export class Environment {
  readonly o: EnvironmentOptions;
  readonly sun: Vec;
  readonly lamps: readonly Lamp[];
  /** Results of the last call. */
  r = 0;
  g = 0;
  b = 0;
  /** The lamps that matter to moving things now: see `chooseLamps`. */
  private chosen: readonly Lamp[];
  private readonly up: Rgb;
  private readonly side: Rgb;

  constructor(options: EnvironmentOptions) {
    this.o = options;
    this.sun = normalize(options.sun);
    this.lamps = options.lamps ?? [];
    this.chosen = this.lamps;
    this.up = mix(options.zenith, options.horizon, 0.4);
    this.side = mix(mix(options.horizon, options.zenith, 0.3), options.bounce, 0.5);
  }

  /** Radiance of the sky without clouds, direction normalised. */
  baseSky(dx: number, dy: number, dz: number): void {
    const { zenith, horizon, glow } = this.o;
    const rise = dy > 0 ? Math.min(1, dy) : 0;
    const share = 1 - (1 - rise) ** 3.2;
    let r = horizon[0] + (zenith[0] - horizon[0]) * share;
    let g = horizon[1] + (zenith[1] - horizon[1]) * share;
    let b = horizon[2] + (zenith[2] - horizon[2]) * share;
    if (glow) {
      const near = Math.max(0, dx * this.sun[0] + dy * this.sun[1] + dz * this.sun[2]);
      const halo = near ** 6 * 0.45 + near ** 48 * 0.9;
      r += glow[0] * halo;
      g += glow[1] * halo;
      b += glow[2] * halo;
    }
    this.r = r;
    this.g = g;
    this.b = b;
  }

  /** Radiance of the sky as seen, direction normalised. `drift` moves the clouds. */
  sky(dx: number, dy: number, dz: number, drift = 0): void {
    this.baseSky(dx, dy, dz);
    const { clouds, stars, seed = 0 } = this.o;
    if (clouds && dy > 0.005) this.addClouds(clouds, dx, dy, dz, drift);
    if (stars && dy > 0.05) {
      const a = Math.atan2(dx, dz) * 220;
      const e = dy * 220;
      const spark = hash3(Math.floor(a), Math.floor(e), seed + 5);
      if (spark > 0.9965) {
        const light = stars * (spark - 0.9965) * 280 * hash3(Math.floor(a), Math.floor(e), 9);
        this.r += light;
        this.g += light;
        this.b += light * 1.1;
      }
    }
    for (const line of this.o.skyline ?? []) this.addSkyline(line, dx, dy, dz);
  }

  private addClouds(
    clouds: NonNullable<EnvironmentOptions['clouds']>,
    dx: number,
    dy: number,
    dz: number,
    drift: number,
  ): void {
    const seed = (this.o.seed ?? 0) + 40;
    const scale = (clouds.scale ?? 1) / (dy + 0.09);
    const x = dx * scale * 1.5 + drift;
    const y = dz * scale * 1.5;
    const body = fractal2(x, y, 5, seed);
    const edge = 1 - clouds.cover;
    const thick = Math.min(1, Math.max(0, (body - edge * 0.75) / 0.22));
    if (thick <= 0) return;
    const toSun = fractal2(x + this.sun[0] * 0.35, y + this.sun[2] * 0.35, 3, seed);
    const shade = Math.min(1, Math.max(0, 0.5 + (toSun - body) * 2.2 + thick * 0.25));
    const near = Math.max(0, dx * this.sun[0] + dy * this.sun[1] + dz * this.sun[2]) ** 8;
    const veil = thick * Math.min(1, dy * 9) * 0.92;
    const glow = this.o.glow ?? [0, 0, 0];
    const tone = (channel: 0 | 1 | 2) =>
      clouds.bright[channel] +
      (clouds.dark[channel] - clouds.bright[channel]) * shade +
      glow[channel] * near * 0.5 * (1 - thick * 0.6);
    this.r += (tone(0) - this.r) * veil;
    this.g += (tone(1) - this.g) * veil;
    this.b += (tone(2) - this.b) * veil;
  }

  private addSkyline(line: Skyline, dx: number, dy: number, dz: number): void {
    const slope = dy / Math.hypot(dx, dz);
    if (slope > line.height * 1.6 || slope < -0.02) return;
    const turn = Math.atan2(dx, dz);
    const seed = (this.o.seed ?? 0) + Math.floor(line.height * 1000);
    if (line.shape === 'hills') {
      const top = line.height * (0.35 + 0.9 * fractal2(turn * 5, 0.5, 4, seed));
      if (slope > top) return;
      this.set(line.colour, 1);
      return;
    }
    const column = Math.floor(turn * 90);
    const block = Math.floor(turn * 90 + 0.6 * noise2(turn * 40, 0, seed));
    const tall = hash3(block, 1, seed) ** 2.2 * (0.4 + noise2(turn * 6, 3, seed));
    if (slope > line.height * (0.25 + tall)) return;
    this.set(line.colour, 0.85 + 0.3 * hash3(block, 4, seed));
    const lit = line.lit ?? 0;
    const [wx, wy] = [Math.floor(turn * 900), Math.floor(slope * 700)];
    if (lit > 0 && hash3(wx, wy, seed + column) < lit * 0.5 && wy % 2 === 0) {
      const warm = hash3(wx, wy, seed + 2);
      this.r += 0.9 * lit;
      this.g += (0.55 + 0.3 * warm) * lit;
      this.b += (0.2 + 0.5 * warm) * lit;
    }
  }

  private set(colour: Rgb, share: number): void {
    this.r = colour[0] * share;
    this.g = colour[1] * share;
    this.b = colour[2] * share;
  }

  /** Haze between the viewer and a colour held in `r`, `g`, `b`, at a distance in metres. */
  addFog(distanceM: number): void {
    const { fog } = this.o;
    if (!fog) return;
    const clear = Math.exp(-fog.perM * distanceM);
    this.r = fog.colour[0] + (this.r - fog.colour[0]) * clear;
    this.g = fog.colour[1] + (this.g - fog.colour[1]) * clear;
    this.b = fog.colour[2] + (this.b - fog.colour[2]) * clear;
  }

  /** Share of a lamp's light that reaches a point with a normal, without shadows. */
  lampShare(lamp: Lamp, x: number, y: number, z: number, nx: number, ny: number, nz: number): number {
    const dx = lamp.at[0] - x;
    const dy = lamp.at[1] - y;
    const dz = lamp.at[2] - z;
    const square = dx * dx + dy * dy + dz * dz;
    if (square > lamp.reach * lamp.reach) return 0;
    const distance = Math.sqrt(square) || 1e-3;
    const facing = (nx * dx + ny * dy + nz * dz) / distance;
    if (facing <= 0) return 0;
    const edge = 1 - distance / lamp.reach;
    let share = (lamp.power * facing * Math.min(1, edge * 2)) / (square + 0.25);
    if (lamp.narrow) {
      const to = lamp.toward;
      const cone = to ? -(dx * to[0] + dy * to[1] + dz * to[2]) / distance : dy / distance;
      if (cone <= 0) return 0;
      share *= cone ** lamp.narrow;
    }
    return share;
  }

  /** Restricts `light` to the few lamps that matter most at a point. */
  chooseLamps(x: number, y: number, z: number): void {
    if (this.lamps.length <= mostLamps) return;
    const rated = this.lamps.map((lamp) => {
      const [dx, dy, dz] = [lamp.at[0] - x, lamp.at[1] - y, lamp.at[2] - z];
      const square = dx * dx + dy * dy + dz * dz;
      return { lamp, power: square > lamp.reach * lamp.reach ? 0 : lamp.power / (square + 1) };
    });
    rated.sort((a, b) => b.power - a.power);
    this.chosen = rated
      .slice(0, mostLamps)
      .filter(({ power }) => power > 0.004)
      .map(({ lamp }) => lamp);
  }

  /** Light that falls onto a moving thing: sky, sun (times `sunlit`) and lamps, into `r`, `g`, `b`. */
  light(x: number, y: number, z: number, nx: number, ny: number, nz: number, sunlit: number): void {
    const { bounce, sunColour, sunPower } = this.o;
    const rise = 0.5 + 0.5 * ny;
    const level = 1 - Math.abs(ny);
    let r = bounce[0] * (1 - rise) + this.up[0] * rise * (1 - level * 0.5) + this.side[0] * level * 0.25;
    let g = bounce[1] * (1 - rise) + this.up[1] * rise * (1 - level * 0.5) + this.side[1] * level * 0.25;
    let b = bounce[2] * (1 - rise) + this.up[2] * rise * (1 - level * 0.5) + this.side[2] * level * 0.25;
    const facing = nx * this.sun[0] + ny * this.sun[1] + nz * this.sun[2];
    if (facing > 0 && sunlit > 0) {
      const power = facing * sunPower * sunlit;
      r += sunColour[0] * power;
      g += sunColour[1] * power;
      b += sunColour[2] * power;
    }
    for (const lamp of this.chosen) {
      const share = this.lampShare(lamp, x, y, z, nx, ny, nz);
      if (share > 0) {
        r += lamp.colour[0] * share;
        g += lamp.colour[1] * share;
        b += lamp.colour[2] * share;
      }
    }
    this.r = r;
    this.g = g;
    this.b = b;
  }
}
