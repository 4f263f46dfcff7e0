import { ball, panel, tube } from './model.ts';
import type { Rgb } from './colour.ts';
import { castShadow } from './shadows.ts';
import { turned } from './solids.ts';
import type { Finish, Stage } from './stage.ts';
import type { Vec } from './view.ts';

export interface Beast {
  /** Height of the back, metres: 0.5 a dog, 0.25 a cat. */
  backM: number;
  coat: Rgb;
  /** A cat's long lifted tail. */
  cat?: boolean;
}

export interface BeastPose {
  x: number;
  y?: number;
  z: number;
  yaw: number;
  /** Metres walked; null sits. */
  walked: number | null;
}

export function shadeBeast(stage: Stage, beast: Beast, { x, y = 0, z, yaw }: BeastPose): void {
  stage.lightAt(x, y, z);
  castShadow(stage, { x, y, z, w: beast.backM * 0.45, d: beast.backM * 1.7, h: beast.backM, yaw });
}

/** Draws a dog or a cat: body, four legs, head, tail. */
export function drawBeast(stage: Stage, beast: Beast, { x, y = 0, z, yaw, walked }: BeastPose): void {
  const s = beast.backM;
  stage.lightAt(x, y, z);
  const coat: Finish = { colour: beast.coat };
  const dark: Finish = { colour: [beast.coat[0] * 0.5, beast.coat[1] * 0.5, beast.coat[2] * 0.5] };
  const at = (right: number, up: number, ahead: number): Vec => {
    const [tx, , tz] = turned(right * s, 0, ahead * s, yaw);
    return [x + tx, y + up * s, z + tz];
  };
  const phase = walked === null ? 0 : (walked / (s * 1.5)) * 6.2832;
  const sit = walked === null ? 0.45 : 0;
  tube(stage, at(0, 0.84 - sit, -0.62), at(0, 0.88, 0.55), 0.21 * s, 0.24 * s, coat, 7);
  ball(stage, at(0, 0.84 - sit, -0.62), 0.21 * s, coat, 1, 6);
  ball(stage, at(0, 0.88, 0.55), 0.24 * s, coat, 1, 6);
  for (const [right, ahead, shift] of [
    [-0.13, 0.52, 0],
    [0.13, 0.52, Math.PI],
    [-0.13, -0.58, Math.PI * 0.9],
    [0.13, -0.58, Math.PI * 1.9],
  ] as const) {
    const swing = walked === null ? 0 : Math.sin(phase + shift) * 0.3;
    const hip = ahead < 0 ? 0.78 - sit : 0.78;
    tube(
      stage,
      at(right, hip, ahead),
      at(right, 0.38 * (1 - sit * 0.5), ahead + swing * 0.5),
      0.09 * s,
      0.065 * s,
      coat,
      5,
    );
    tube(
      stage,
      at(right, 0.38 * (1 - sit * 0.5), ahead + swing * 0.5),
      at(right, 0.02, ahead + swing),
      0.06 * s,
      0.05 * s,
      coat,
      4,
    );
  }
  const nod = walked === null ? 0 : Math.sin(phase * 2) * 0.03;
  tube(stage, at(0, 0.95, 0.6), at(0, 1.18 + nod, 0.85), 0.15 * s, 0.12 * s, coat, 6);
  ball(stage, at(0, 1.22 + nod, 0.92), 0.19 * s, coat, 0.95, 7);
  tube(
    stage,
    at(0, 1.17 + nod, 0.98),
    at(0, 1.12 + nod, beast.cat ? 1.16 : 1.3),
    0.12 * s,
    0.07 * s,
    dark,
    5,
  );
  for (const side of [-1, 1])
    panel(
      stage,
      [
        at(side * 0.06, 1.34 + nod, 0.86),
        at(side * 0.18, 1.32 + nod, 0.86),
        at(side * 0.15, (beast.cat ? 1.56 : 1.22) + nod, 0.84),
      ],
      dark,
    );
  const wag = Math.sin((stage.time / stage.loopS) * 6.2832 * 16) * 0.12;
  const tip = beast.cat ? at(wag * 0.6, 1.55, -1.05) : at(wag * 1.6, 1.15 - sit, -1.05);
  tube(stage, at(0, 0.92 - sit, -0.78), tip, 0.06 * s, 0.03 * s, coat, 4);
}

/** A bird on the wing: two panels that beat. */
export function drawBird(stage: Stage, at: Vec, yaw: number, spanM: number, beat: number, colour: Rgb): void {
  const finish: Finish = { colour };
  const lift = Math.sin(beat) * spanM * 0.32;
  const off = (right: number, up: number, ahead: number): Vec => {
    const [tx, , tz] = turned(right, 0, ahead, yaw);
    return [at[0] + tx, at[1] + up, at[2] + tz];
  };
  for (const side of [-1, 1])
    panel(
      stage,
      [off(0, 0, spanM * 0.12), off((side * spanM) / 2, lift, 0), off(0, 0, -spanM * 0.12)],
      finish,
    );
  tube(stage, off(0, 0, spanM * 0.2), off(0, 0, -spanM * 0.2), spanM * 0.05, spanM * 0.03, finish, 4);
}
