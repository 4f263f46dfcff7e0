import { hex, type Rgb } from './colour.ts';
import { ball, panel, tube } from './model.ts';
import { pick, type Random } from './random.ts';
import { castShadow } from './shadows.ts';
import { turned } from './solids.ts';
import type { Finish, Stage } from './stage.ts';
import type { Vec } from './view.ts';

export interface Person {
  /** Metres. */
  height: number;
  coat: Rgb;
  legs: Rgb;
  hair: Rgb;
  skin: Rgb;
  skirt: boolean;
  /** Null without. */
  umbrella: Rgb | null;
  bag: Rgb | null;
  hat: Rgb | null;
}

export interface Pose {
  x: number;
  y?: number;
  z: number;
  yaw: number;
  /** Metres walked; null stands still. */
  walked: number | null;
  /** Slow sway of someone who waits, radians of its cycle. */
  idle?: number;
  seated?: boolean;
  /** Share of a run, 0 walks. */
  running?: number;
  /** Raises one arm, 0 to 1: a wave, a phone. */
  arm?: number;
}

const coats = [
  '#26323f',
  '#5b2b2f',
  '#3f4a3a',
  '#8a7a5c',
  '#1d1d22',
  '#6e7f8d',
  '#a8483a',
  '#d0c8b4',
  '#3c5f7a',
  '#c9a04a',
  '#7a5570',
].map((t) => hex(t));
const trousers = ['#1e2430', '#2c3440', '#3a3530', '#15161a', '#4a5464', '#6a6154'].map((t) => hex(t));
const hairs = ['#1a1410', '#3a2618', '#6b4a2a', '#8c8680', '#b08a4a'].map((t) => hex(t));
const skins = ['#e2b596', '#c68f6a', '#8d5a3c', '#5c3a28', '#efc8ac'].map((t) => hex(t));
export const umbrellas = [
  '#b3262b',
  '#1d2a44',
  '#16171a',
  '#d8a531',
  '#2f6f63',
  '#e7e2d6',
  '#7a3b73',
  '#3d76a8',
].map((t) => hex(t));

export function somePerson(random: Random, more: Partial<Person> = {}): Person {
  return {
    height: 1.58 + random() * 0.28,
    coat: pick(random, coats),
    legs: pick(random, trousers),
    hair: pick(random, hairs),
    skin: pick(random, skins),
    skirt: random() < 0.22,
    umbrella: null,
    bag: random() < 0.35 ? pick(random, coats) : null,
    hat: random() < 0.12 ? pick(random, coats) : null,
    ...more,
  };
}

export function shadePerson(stage: Stage, person: Person, pose: Pose): void {
  stage.lightAt(pose.x, pose.y ?? 0, pose.z);
  const wide = person.umbrella ? 0.75 : 0.42;
  castShadow(stage, {
    x: pose.x,
    y: pose.y ?? 0,
    z: pose.z,
    w: wide,
    d: 0.32,
    h: person.height * 0.95,
    yaw: pose.yaw,
  });
}

/** Draws a person: trunk, head, arms and legs that walk. */
export function drawPerson(stage: Stage, person: Person, pose: Pose): void {
  const { x, z, yaw, walked, idle = 0, seated = false, running = 0 } = pose;
  const ground = pose.y ?? 0;
  const h = person.height;
  stage.lightAt(x, ground, z);
  const depth = stage.view.depth(x, ground + 1, z);
  const px = ((h * stage.view.focal) / Math.max(1, depth)) * (stage.mirrorY === null ? 1 : 0.3);
  const sides = px < 34 ? 3 : px < 60 ? 4 : px < 120 ? 5 : 7;
  const stride = h * (0.42 + 0.25 * running);
  const phase = walked === null ? 0 : (walked / (stride * 2)) * Math.PI * 2;
  const moving = walked === null ? 0 : 1;
  const bob = moving * Math.abs(Math.cos(phase)) * h * (0.014 + 0.03 * running) + Math.sin(idle) * 0.004;
  const lean = 0.05 * moving + 0.16 * running;
  const hipY = (seated ? 0.28 : 0.5) * h - (seated ? 0 : 0.012 * h) + bob;
  const at = (right: number, up: number, ahead: number): Vec => {
    const [tx, , tz] = turned(right, 0, ahead, yaw);
    return [x + tx, ground + up, z + tz];
  };
  const coat: Finish = { colour: person.coat };
  const legs: Finish = { colour: person.legs };
  const skin: Finish = { colour: person.skin };
  const shoe: Finish = { colour: [0.03, 0.028, 0.026] };
  const thigh = h * 0.25;
  const shin = h * 0.245;
  for (const side of [-1, 1]) {
    const swing = Math.sin(phase + (side > 0 ? 0 : Math.PI));
    const lift = Math.max(0, Math.cos(phase + (side > 0 ? 0 : Math.PI)));
    const a = seated ? 1.45 : moving * swing * (0.46 + 0.3 * running);
    const bend = seated ? 1.45 : moving * (0.12 + lift * (0.75 + 0.8 * running));
    const hx = side * h * 0.052;
    const kneeY = hipY - thigh * Math.cos(a);
    const kneeZ = thigh * Math.sin(a);
    const footY = Math.max(h * 0.02, kneeY - shin * Math.cos(a - bend));
    const footZ = kneeZ + shin * Math.sin(a - bend);
    if (px < 34) {
      tube(stage, at(hx, hipY, 0), at(hx, footY, footZ), h * 0.052, h * 0.03, legs, 3);
      continue;
    }
    tube(stage, at(hx, hipY, 0), at(hx, kneeY, kneeZ), h * 0.052, h * 0.04, legs, sides);
    tube(stage, at(hx, kneeY, kneeZ), at(hx, footY, footZ), h * 0.04, h * 0.026, legs, sides);
    tube(
      stage,
      at(hx, footY, footZ - h * 0.02),
      at(hx, Math.max(0.03, footY - h * 0.012), footZ + h * 0.085),
      h * 0.026,
      h * 0.02,
      shoe,
      4,
    );
  }
  const neckY = hipY + h * 0.315;
  const neckZ = lean * h * 0.3;
  tube(
    stage,
    at(0, hipY - h * 0.02, 0),
    at(0, neckY - h * 0.07, neckZ * 0.8),
    h * 0.088,
    h * 0.118,
    coat,
    sides + 1,
  );
  tube(
    stage,
    at(0, neckY - h * 0.07, neckZ * 0.8),
    at(0, neckY + h * 0.012, neckZ),
    h * 0.118,
    h * 0.045,
    coat,
    sides + 1,
  );
  if (person.skirt && !seated)
    tube(stage, at(0, hipY + h * 0.02, 0), at(0, hipY - h * 0.2, 0), h * 0.09, h * 0.13, coat, sides + 1);
  if (px >= 26) drawArms(stage, person, pose, at, { neckY, neckZ, phase, moving, sides, coat, skin });
  if (px >= 60)
    tube(
      stage,
      at(0, neckY, neckZ),
      at(0, neckY + h * 0.045, neckZ + h * 0.01),
      h * 0.032,
      h * 0.032,
      skin,
      4,
    );
  const headY = neckY + h * 0.1;
  ball(stage, at(0, headY, neckZ + h * 0.014), h * 0.058, skin, 1.2, sides + 1);
  const cap: Finish = { colour: person.hat ?? person.hair };
  ball(stage, at(0, headY + h * 0.018, neckZ - h * 0.008), h * 0.063, cap, 1.08, sides + 1);
  if (person.umbrella)
    drawUmbrella(stage, person.umbrella, at(h * 0.12, 0, h * 0.13), neckY + ground, h, yaw, phase);
}

interface Trunk {
  neckY: number;
  neckZ: number;
  phase: number;
  moving: number;
  sides: number;
  coat: Finish;
  skin: Finish;
}

function drawArms(
  stage: Stage,
  person: Person,
  pose: Pose,
  at: (right: number, up: number, ahead: number) => Vec,
  { neckY, neckZ, phase, moving, sides, coat, skin }: Trunk,
): void {
  const h = person.height;
  const running = pose.running ?? 0;
  for (const side of [-1, 1]) {
    const swing = -Math.sin(phase + (side > 0 ? 0 : Math.PI)) * moving * (0.42 + 0.35 * running);
    const holds = side > 0 && (person.umbrella !== null || (pose.arm ?? 0) > 0);
    const a = holds ? 0.55 + 0.9 * (pose.arm ?? 0) : pose.seated ? 0.5 : swing + 0.04;
    const bend = holds ? 1.5 : pose.seated ? 0.9 : 0.22 + 0.9 * running;
    const sx = side * h * 0.118;
    const sy = neckY - h * 0.045;
    const upper = h * 0.17;
    const ey = sy - upper * Math.cos(a);
    const ez = neckZ + upper * Math.sin(a);
    const wy = ey - h * 0.15 * Math.cos(a + bend);
    const wz = ez + h * 0.15 * Math.sin(a + bend);
    tube(stage, at(sx, sy, neckZ), at(sx + side * h * 0.012, ey, ez), h * 0.036, h * 0.03, coat, sides);
    tube(stage, at(sx + side * h * 0.012, ey, ez), at(sx, wy, wz), h * 0.03, h * 0.023, coat, sides);
    if (sides > 4) ball(stage, at(sx, wy - h * 0.012, wz), h * 0.022, skin, 1.2, 4);
    if (person.bag && side < 0 && !pose.seated) {
      const bag: Finish = { colour: person.bag };
      const [b0, b1] = [wy - h * 0.05, wy - h * 0.21];
      const corner = (up: number, out: number, ahead: number) => at(sx + out, up, wz + ahead);
      for (const out of [-0.05, 0.05])
        panel(
          stage,
          [corner(b0, out, -0.13), corner(b0, out, 0.13), corner(b1, out, 0.15), corner(b1, out, -0.15)],
          bag,
        );
      for (const ahead of [-0.14, 0.14])
        panel(
          stage,
          [
            corner(b0, -0.05, ahead),
            corner(b0, 0.05, ahead),
            corner(b1, 0.05, ahead),
            corner(b1, -0.05, ahead),
          ],
          bag,
        );
    }
  }
}

/** A dome of eight panels over the head. */
function drawUmbrella(
  stage: Stage,
  colour: Rgb,
  hand: Vec,
  neckY: number,
  h: number,
  yaw: number,
  phase: number,
): void {
  const sway = Math.sin(phase) * 0.02;
  const top: Vec = [hand[0] + sway, neckY + h * 0.42, hand[2]];
  tube(stage, [hand[0], neckY - h * 0.1, hand[2]], top, 0.012, 0.012, { colour: [0.1, 0.1, 0.1] }, 3);
  const ribs = 8;
  const rings = [
    [0, 0],
    [0.3, -0.035],
    [0.54, -0.22],
  ] as const;
  for (let i = 0; i < ribs; i++)
    for (let ring = 0; ring < 2; ring++) {
      const shade = 0.86 + 0.14 * (i % 2);
      for (const [r, k] of [
        [ring, i],
        [ring, i + 1],
        [ring + 1, i + 1],
        [ring + 1, i],
      ] as const) {
        const [radius, drop] = rings[r] as readonly [number, number];
        const turn = yaw + (k / ribs) * 6.2832;
        const flat = 0.35 + radius;
        const length = Math.hypot(flat, 1);
        stage.corner(
          top[0] + Math.sin(turn) * radius,
          top[1] + drop,
          top[2] + Math.cos(turn) * radius,
          (Math.sin(turn) * flat) / length,
          1 / length,
          (Math.cos(turn) * flat) / length,
        );
      }
      stage.fill({ colour: [colour[0] * shade, colour[1] * shade, colour[2] * shade], gloss: 0.12 });
    }
}
