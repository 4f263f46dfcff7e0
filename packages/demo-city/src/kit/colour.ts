/** A colour in linear light; 1 is paper white in full light, more is brighter. */
export type Rgb = readonly [number, number, number];

const channel = (byte: number) => {
  const share = byte / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
};

/** Linear light from `#rrggbb`, optionally multiplied. */
export function hex(text: string, times = 1): Rgb {
  const value = Number.parseInt(text.slice(1), 16);
  return [
    channel((value >> 16) & 255) * times,
    channel((value >> 8) & 255) * times,
    channel(value & 255) * times,
  ];
}

export const mix = (a: Rgb, b: Rgb, share: number): Rgb => [
  a[0] + (b[0] - a[0]) * share,
  a[1] + (b[1] - a[1]) * share,
  a[2] + (b[2] - a[2]) * share,
];

/** How a camera develops light into a picture. */
export interface Look {
  /** Multiplies all light. */
  exposure: number;
  /** 1 natural, 0 grey. */
  saturation: number;
  /** Multiplies the developed channels: white balance, or the cast of an infrared camera. */
  tint: Rgb;
  /** Share of light lost in the corners. */
  vignette: number;
  /** Sensor noise, grey levels. */
  noise: number;
  /** Lifts black, as haze and cheap lenses do: 0 to 0.1. */
  lift: number;
}

export const plainLook: Look = {
  exposure: 1,
  saturation: 1.05,
  tint: [1, 1, 1],
  vignette: 0.3,
  noise: 0,
  lift: 0.012,
};

const steps = 4096;
const perRoot = 1024;

/** Turns linear light into 8-bit sRGB by a filmic curve. Reads its result from `r`, `g`, `b` (0 to 255, fractions kept). */
export class Developer {
  r = 0;
  g = 0;
  b = 0;
  readonly look: Look;
  private readonly curve = new Float32Array(steps + 1);
  constructor(look: Look) {
    this.look = look;
    for (let i = 0; i <= steps; i++) {
      const light = (i / perRoot) ** 2 * look.exposure;
      const film = (light * (2.51 * light + 0.03)) / (light * (2.43 * light + 0.59) + 0.14);
      this.curve[i] = 255 * (look.lift + (1 - look.lift) * Math.min(1, film) ** (1 / 2.2));
    }
  }
  develop(r: number, g: number, b: number): void {
    const { look, curve } = this;
    const grey = (0.25 * r + 0.62 * g + 0.13 * b) * (1 - look.saturation);
    const at = (light: number) =>
      curve[light > 0 ? Math.min(steps, (Math.sqrt(light) * perRoot) | 0) : 0] as number;
    this.r = Math.min(255, at(r * look.saturation + grey) * look.tint[0]);
    this.g = Math.min(255, at(g * look.saturation + grey) * look.tint[1]);
    this.b = Math.min(255, at(b * look.saturation + grey) * look.tint[2]);
  }
}
