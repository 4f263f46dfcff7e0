import type { Stage } from './stage.ts';

/** Something that moves in a scene, in the three steps of drawing a frame. */
export interface Layer {
  /** On the ground itself: shadows, pools of light, ripples. */
  under?: (stage: Stage) => void;
  /** Solid things, hidden by one another. */
  things?: (stage: Stage) => void;
  /** Glows, rain, mist: over everything. */
  over?: (stage: Stage) => void;
}

/** Places in time that repeat with the loop: a wave of `cycles` whole turns, in −1 to 1. */
export const wave = (stage: { time: number; loopS: number }, cycles: number, phase = 0): number =>
  Math.sin((stage.time / stage.loopS) * cycles * 2 * Math.PI + phase);
