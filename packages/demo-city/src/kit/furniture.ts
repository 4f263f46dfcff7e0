import { hex, type Rgb } from './colour.ts';
import type { Lamp } from './environment.ts';
import { boards, concrete, foliage, glowing, paint, polished } from './materials.ts';
import { pick, type Random } from './random.ts';
import { beam, box, column, leafBall, type Solid } from './solids.ts';
import type { Material } from './surface.ts';
import type { Vec } from './view.ts';

const iron = paint(hex('#2c3033'), 0.1);
const steel = polished(hex('#6f757a'), 0.2, 0.05);
const bark = paint(hex('#4c3f33'), 0.5);

/** A tree: trunk, a few boughs, balls of leaves. */
export function tree(random: Random, x: number, z: number, heightM: number, leaf: Rgb, y = 0): Solid[] {
  const crown = heightM * 0.34;
  const top = y + heightM - crown * 0.75;
  const list: Solid[] = [
    column({ x, z, y, h: heightM * 0.62, r: heightM * 0.019, top: heightM * 0.009, sides: 7 }, bark),
  ];
  const balls = 7;
  const material = foliage(leaf);
  list.push(leafBall([x, top, z], crown * 0.8, material, 0.66));
  for (let i = 0; i < balls; i++) {
    const turn = (i / balls) * 6.2832 + random();
    const out = crown * (0.45 + 0.3 * random());
    const at: Vec = [
      x + Math.cos(turn) * out,
      top - crown * 0.35 + crown * (random() - 0.25) * 0.9,
      z + Math.sin(turn) * out,
    ];
    list.push(leafBall(at, crown * (0.42 + 0.2 * random()), material, 0.58 + 0.1 * random()));
    if (i % 2 === 0) list.push(beam([x, y + heightM * 0.42, z], at, heightM * 0.012, bark));
  }
  return list;
}

/** A tree without leaves, boughs in the plane most visible from the side. */
export function bareTree(random: Random, x: number, z: number, heightM: number, y = 0): Solid[] {
  const list: Solid[] = [];
  const grow = (from: Vec, lean: number, turn: number, length: number, thick: number, depth: number) => {
    const to: Vec = [
      from[0] + Math.sin(lean) * Math.cos(turn) * length,
      from[1] + Math.cos(lean) * length,
      from[2] + Math.sin(lean) * Math.sin(turn) * length,
    ];
    list.push(beam(from, to, thick, bark));
    if (depth === 0) return;
    const twigs = depth > 2 ? 3 : 2;
    for (let i = 0; i < twigs; i++)
      grow(
        to,
        lean * 0.6 + 0.25 + random() * 0.5,
        turn + (i * 6.28) / twigs + random() * 1.2,
        length * (0.62 + random() * 0.15),
        thick * 0.6,
        depth - 1,
      );
  };
  grow([x, y, z], 0.04, random() * 6, heightM * 0.32, heightM * 0.035, 4);
  return list;
}

export const hedge = (x: number, z: number, lengthM: number, alongX: boolean, leaf: Rgb): Solid[] =>
  Array.from({ length: Math.ceil(lengthM / 0.7) }, (_, i): Solid => {
    const off = -lengthM / 2 + i * 0.7;
    return leafBall([x + (alongX ? off : 0), 0.55, z + (alongX ? 0 : off)], 0.72, foliage(leaf), 1);
  });

export interface StreetLampOptions {
  x: number;
  z: number;
  y?: number;
  heightM?: number;
  /** Which way its arm reaches, radians, and how far. */
  armYaw?: number;
  armM?: number;
  colour?: Rgb;
  power?: number;
  on?: boolean;
  halo?: number;
}

/** A street lamp: its post and, when lit, its light. */
export function streetLamp(o: StreetLampOptions): { solids: Solid[]; lamps: Lamp[]; head: Vec } {
  const {
    x,
    z,
    y = 0,
    heightM = 8,
    armYaw = 0,
    armM = 1.6,
    colour = hex('#ffb768'),
    power = 60,
    on = true,
  } = o;
  const ex = x + Math.sin(armYaw) * armM;
  const ez = z + Math.cos(armYaw) * armM;
  const head: Vec = [ex, y + heightM - 0.1, ez];
  const shade = box({
    x: ex,
    z: ez,
    y: y + heightM - 0.04,
    w: 0.32,
    h: 0.14,
    d: 0.7,
    yaw: armYaw,
    material: iron,
  });
  const bulb = box({
    x: ex,
    z: ez,
    y: y + heightM - 0.12,
    w: 0.26,
    h: 0.08,
    d: 0.56,
    yaw: armYaw,
    material: on ? glowing(colour, 9) : polished(hex('#c8c8c0'), 0.3),
    blocks: false,
  });
  shade.blocks = false;
  return {
    solids: [
      column({ x, z, y, h: heightM, r: 0.11, top: 0.06, sides: 8 }, iron),
      beam([x, y + heightM - 0.25, z], [ex, y + heightM + 0.04, ez], 0.07, iron),
      shade,
      bulb,
    ],
    lamps: on
      ? [
          {
            at: [ex, y + heightM - 0.2, ez],
            colour,
            power,
            reach: heightM * 4.5,
            narrow: 0.8,
            halo: o.halo ?? 1.2,
          },
        ]
      : [],
    head,
  };
}

/** An old lantern on a short post, bright all round. */
export function lantern(o: {
  x: number;
  z: number;
  y?: number;
  heightM?: number;
  colour?: Rgb;
  power?: number;
  on?: boolean;
}): {
  solids: Solid[];
  lamps: Lamp[];
} {
  const { x, z, y = 0, heightM = 4, colour = hex('#ffc680'), power = 14, on = true } = o;
  const bulb = column(
    { x, z, y: y + heightM, h: 0.42, r: 0.13, top: 0.2, sides: 6 },
    on ? glowing(colour, 6) : polished(hex('#d8d8d0'), 0.4),
  );
  bulb.blocks = false;
  return {
    solids: [
      column({ x, z, y, h: heightM, r: 0.09, top: 0.05, sides: 8 }, iron),
      column({ x, z, y, h: 0.7, r: 0.17, top: 0.11, sides: 8 }, iron),
      bulb,
      column({ x, z, y: y + heightM + 0.42, h: 0.2, r: 0.24, top: 0.03, sides: 6 }, iron),
    ],
    lamps: on ? [{ at: [x, y + heightM + 0.2, z], colour, power, reach: 22, halo: 0.9 }] : [],
  };
}

export function bench(x: number, z: number, yaw: number, y = 0): Solid[] {
  const wood = boards(hex('#8a6a45'), 0.11);
  const [c, s] = [Math.cos(yaw), Math.sin(yaw)];
  const off = (right: number, ahead: number) => ({
    x: x + right * c + ahead * s,
    z: z + ahead * c - right * s,
  });
  return [
    box({ ...off(0, 0), y: y + 0.42, w: 1.7, h: 0.06, d: 0.45, yaw, material: wood }),
    box({ ...off(0, -0.24), y: y + 0.55, w: 1.7, h: 0.34, d: 0.05, yaw, material: wood }),
    box({ ...off(-0.7, -0.02), y, w: 0.07, h: 0.88, d: 0.4, yaw, material: iron }),
    box({ ...off(0.7, -0.02), y, w: 0.07, h: 0.88, d: 0.4, yaw, material: iron }),
  ];
}

export const bollard = (x: number, z: number, material: Material = iron): Solid =>
  column({ x, z, h: 0.95, r: 0.09, top: 0.07, sides: 7 }, material);

export const bin = (x: number, z: number): Solid =>
  column({ x, z, h: 0.95, r: 0.27, top: 0.3, sides: 9 }, paint(hex('#2f4a3d'), 0.1), iron);

/** A railing of posts and two bars from `a` to `b`. */
export function railing(a: Vec, b: Vec, heightM = 1.05, everyM = 1.8, material: Material = iron): Solid[] {
  const length = Math.hypot(b[0] - a[0], b[1] - a[1], b[2] - a[2]);
  const posts = Math.max(1, Math.round(length / everyM));
  const list: Solid[] = [];
  const at = (t: number, up: number): Vec => [
    a[0] + (b[0] - a[0]) * t,
    a[1] + (b[1] - a[1]) * t + up,
    a[2] + (b[2] - a[2]) * t,
  ];
  for (let i = 0; i <= posts; i++) list.push(beam(at(i / posts, 0), at(i / posts, heightM), 0.06, material));
  for (const up of [heightM, heightM * 0.55, heightM * 0.15])
    list.push(beam(at(0, up), at(1, up), 0.05, material));
  return list;
}

/** A bus or tram shelter: glass on three sides, a flat roof, a seat. It opens towards −z at yaw 0. */
export function shelter(x: number, z: number, yaw: number, lengthM = 4.2): Solid[] {
  const [c, s] = [Math.cos(yaw), Math.sin(yaw)];
  const off = (right: number, ahead: number) => ({
    x: x + right * c + ahead * s,
    z: z + ahead * c - right * s,
  });
  const list = [
    box({ ...off(0, 0), y: 2.45, w: lengthM + 0.4, h: 0.12, d: 1.7, yaw, material: paint(hex('#3a4045')) }),
    box({
      ...off(0, 0.45),
      y: 0.45,
      w: lengthM - 0.8,
      h: 0.08,
      d: 0.4,
      yaw,
      material: boards(hex('#8a6a45')),
    }),
  ];
  for (const right of [-lengthM / 2, 0, lengthM / 2])
    list.push(box({ ...off(right, 0.72), w: 0.09, h: 2.5, d: 0.09, yaw, material: steel }));
  for (const right of [-lengthM / 2, lengthM / 2])
    list.push(box({ ...off(right, -0.6), w: 0.09, h: 2.5, d: 0.09, yaw, material: steel }));
  const pane = polished(hex('#8fa0a4'), 0.6, 0);
  list.push(box({ ...off(0, 0.74), y: 2.0, w: lengthM, h: 0.4, d: 0.03, yaw, material: pane }));
  return list;
}

/** A post with a traffic light; the lamps themselves are drawn as they change, see `signals.ts`. */
export function signalPost(
  x: number,
  z: number,
  facingYaw: number,
  heightM = 3.1,
): { solids: Solid[]; lights: Vec[]; yaw: number } {
  const fx = Math.sin(facingYaw);
  const fz = Math.cos(facingYaw);
  const black = paint(hex('#17181a'), 0.05);
  const head = box({
    x: x + fx * 0.18,
    z: z + fz * 0.18,
    y: heightM - 0.95,
    w: 0.34,
    h: 0.98,
    d: 0.24,
    yaw: facingYaw,
    material: black,
  });
  const lights = [0.16, 0.48, 0.8].map((down): Vec => [x + fx * 0.32, heightM - down, z + fz * 0.32]);
  return {
    solids: [
      column({ x, z, h: heightM, r: 0.07, sides: 7 }, steel),
      box({
        x: x + fx * 0.16,
        z: z + fz * 0.16,
        y: heightM - 1.02,
        w: 0.5,
        h: 1.12,
        d: 0.04,
        yaw: facingYaw,
        material: black,
      }),
      head,
    ],
    lights,
    yaw: facingYaw,
  };
}

export const planter = (random: Random, x: number, z: number): Solid[] => [
  box({ x, z, w: 1.3, h: 0.55, d: 1.3, material: concrete(hex('#a39c90'), 0) }),
  leafBall([x, 0.75, z], 0.62, foliage(pick(random, [hex('#4f7a3a'), hex('#7a8c3c')])), 0.9),
];
