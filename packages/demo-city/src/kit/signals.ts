import type { Rgb } from './colour.ts';
import { panel } from './model.ts';
import type { Stage } from './stage.ts';
import type { Vec } from './view.ts';

export type Signal = 'red' | 'red-amber' | 'amber' | 'green';

export interface SignalPlan {
  /** Seconds of the loop: green from, green until. */
  greenFromS: number;
  greenToS: number;
  loopS: number;
}

const amberS = 1.6;
const readyS = 1;

/** What a signal shows at a time. */
export function signalAt({ greenFromS, greenToS, loopS }: SignalPlan, timeS: number): Signal {
  const since = (((timeS - greenFromS) % loopS) + loopS) % loopS;
  const green = greenToS - greenFromS;
  if (since < green) return 'green';
  if (since < green + amberS) return 'amber';
  if (since > loopS - readyS) return 'red-amber';
  return 'red';
}

const colours: Record<'red' | 'amber' | 'green', Rgb> = {
  red: [1, 0.07, 0.05],
  amber: [1, 0.5, 0.05],
  green: [0.1, 1, 0.45],
};

/** Draws the lamps of a signal post; `lights` from the top. */
export function drawSignal(stage: Stage, lights: readonly Vec[], yaw: number, signal: Signal): void {
  const lit = { red: [0], 'red-amber': [0, 1], amber: [1], green: [2] }[signal];
  (['red', 'amber', 'green'] as const).forEach((name, index) => {
    const at = lights[index] as Vec;
    const on = lit.includes(index);
    const [rx, rz] = [Math.cos(yaw), -Math.sin(yaw)];
    const disc = Array.from({ length: 8 }, (_, i): Vec => {
      const turn = (i / 8) * 6.2832;
      return [
        at[0] + rx * 0.12 * Math.cos(turn),
        at[1] + 0.12 * Math.sin(turn),
        at[2] + rz * 0.12 * Math.cos(turn),
      ];
    });
    const colour = colours[name];
    const dim: Rgb = [colour[0] * 0.06, colour[1] * 0.06, colour[2] * 0.06];
    panel(stage, disc, on ? { colour, glow: 3 } : { colour: dim });
  });
}

/** The glow of a signal's lit lamps, over everything. */
export function glowSignal(
  stage: Stage,
  lights: readonly Vec[],
  yaw: number,
  signal: Signal,
  night: number,
  wetY?: number,
): void {
  const lit = { red: [0], 'red-amber': [0, 1], amber: [1], green: [2] }[signal];
  const names = ['red', 'amber', 'green'] as const;
  for (const index of lit) {
    const at = lights[index] as Vec;
    const toViewer = Math.atan2(stage.view.from[0] - at[0], stage.view.from[2] - at[2]) - yaw;
    if (Math.cos(toViewer) < 0.05) continue;
    const [r, g, b] = colours[names[index] as 'red'];
    stage.glow(at, 0.35 + 0.4 * night, [r * 0.7, g * 0.7, b * 0.7]);
    if (wetY !== undefined) stage.wetStreak(at, wetY, [r * 0.7, g * 0.7, b * 0.7], 6);
  }
}
