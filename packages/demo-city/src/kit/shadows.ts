import type { Rgb } from './colour.ts';
import { edgesOf, onGround } from './ground.ts';
import type { Stage } from './stage.ts';
import { turned, type BoxOptions } from './solids.ts';
import type { Vec } from './view.ts';

type Footprint = Pick<BoxOptions, 'x' | 'z' | 'w' | 'd' | 'h'> & { yaw: number; y: number };

/** Convex outline of points on the ground, by gift wrapping along x. */
function outline(points: readonly Vec[]): Vec[] {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[2] - b[2]);
  const half = (list: readonly Vec[]) => {
    const chain: Vec[] = [];
    for (const p of list) {
      for (;;) {
        const a = chain.at(-2);
        const b = chain.at(-1);
        if (!a || !b) break;
        if ((b[0] - a[0]) * (p[2] - a[2]) - (b[2] - a[2]) * (p[0] - a[0]) > 0) break;
        chain.pop();
      }
      chain.push(p);
    }
    return chain.slice(0, -1);
  };
  return [...half(sorted), ...half(sorted.toReversed())];
}

function darken(
  stage: Stage,
  ring: readonly Vec[],
  y: number,
  softM: number,
  strength: number,
  sun: boolean,
) {
  const { frame } = stage;
  const flat = edgesOf(ring);
  onGround(stage, ring, y, softM, (pixel, x, z) => {
    const open = sun ? (frame.plate.sunlit[pixel] as number) / 255 : 1;
    if (open < 0.02) return;
    let out = -1e9;
    for (let i = 0; i < flat.length; i += 3) {
      const d = (flat[i] as number) * x + (flat[i + 1] as number) * z - (flat[i + 2] as number);
      if (d > out) out = d;
    }
    if (out >= softM) return;
    const inside = out <= -softM ? 1 : (softM - out) / (2 * softM);
    const soft = inside * inside * (3 - 2 * inside);
    const keep = 1 - strength * soft * Math.min(1, open * 1.3);
    const { rgba } = frame;
    rgba[pixel * 4] = (rgba[pixel * 4] as number) * keep;
    rgba[pixel * 4 + 1] = (rgba[pixel * 4 + 1] as number) * keep;
    rgba[pixel * 4 + 2] = (rgba[pixel * 4 + 2] as number) * (sun ? keep + (1 - keep) * 0.12 : keep);
  });
}

/** The shadow of an upright box on the ground: of the sun where it shines, and the dark right under it. */
export function castShadow(stage: Stage, { x, y, z, w, d, h, yaw }: Footprint): void {
  const { env, sunlit } = stage;
  const ring = [
    [-1, -1],
    [1, -1],
    [1, 1],
    [-1, 1],
  ].map(([sx, sz]): Vec => {
    const [tx, , tz] = turned(((sx as number) * w) / 2, 0, ((sz as number) * d) / 2, yaw);
    return [x + tx, y, z + tz];
  });
  const away = Math.hypot(x - stage.view.from[0], y - stage.view.from[1], z - stage.view.from[2]);
  const clear = env.o.fog ? Math.exp(-env.o.fog.perM * away * 1.4) : 1;
  darken(stage, outline(ring), y, Math.min(0.45, w * 0.3), 0.62 * clear, false);
  const { sun } = env;
  if (env.o.sunPower <= 0 || sunlit <= 0 || sun[1] < 0.05) return;
  const dx = (-sun[0] / sun[1]) * h;
  const dz = (-sun[2] / sun[1]) * h;
  const high = ring.map(([px, , pz]): Vec => [px + dx + (x - px) * 0.18, y, pz + dz + (z - pz) * 0.18]);
  const size = env.o.sunSize ?? 0.012;
  const strength = 0.7 * clear * sunlit * Math.max(0, 1 - size * 2.2);
  if (strength > 0.03) darken(stage, outline([...ring, ...high]), y, 0.05 + size * h * 0.8, strength, true);
}

/** A patch of light on the ground, as headlamps throw: `length` ahead of a point, widening. */
export function throwLight(
  stage: Stage,
  o: {
    x: number;
    y: number;
    z: number;
    yaw: number;
    lengthM: number;
    widthM: number;
    light: Rgb;
    power: number;
  },
): void {
  const { frame } = stage;
  const [fx, , fz] = turned(0, 0, 1, o.yaw);
  const corner = (ahead: number, side: number): Vec => [
    o.x + fx * ahead + fz * side,
    o.y,
    o.z + fz * ahead - fx * side,
  ];
  const foot = o.widthM * 0.35;
  const ring = [corner(0, -foot), corner(0, foot), corner(o.lengthM, o.widthM), corner(o.lengthM, -o.widthM)];
  const grey = stage.film.look.saturation < 0.1;
  const [lr, lg, lb] = grey ? [0.9, 0.9, 0.9] : o.light;
  onGround(
    stage,
    ring,
    o.y,
    0,
    (pixel, x, z) => {
      const ahead = ((x - o.x) * fx + (z - o.z) * fz) / o.lengthM;
      if (ahead <= 0 || ahead >= 1) return;
      const wide = o.widthM * (0.35 + 0.65 * ahead);
      const side = ((x - o.x) * fz - (z - o.z) * fx) / wide;
      const across = 1 - side * side;
      if (across <= 0) return;
      const fade = 1 - ahead;
      const share = o.power * across * across * Math.min(1, ahead * 9) * fade * Math.sqrt(fade);
      if (share < 0.01) return;
      const { rgba } = frame;
      const gain = share * 1.7;
      for (let at = pixel * 4; at <= pixel * 4 + 4; at += 4)
        frame.add(
          at,
          lr * ((rgba[at] as number) * gain + 26 * share),
          lg * ((rgba[at + 1] as number) * gain + 26 * share),
          lb * ((rgba[at + 2] as number) * gain + 26 * share),
        );
    },
    2,
  );
}
