import { wave, type Layer } from './layers.ts';
import { hash3, noise2, type Random } from './random.ts';
import { Kind } from './surface.ts';
import type { Stage } from './stage.ts';

/** Falling rain: streaks at several distances, and splashes on the ground. `amount` 1 is a downpour. */
export function rain(random: Random, amount: number, groundY: number | null = 0, slant = 0.12): Layer {
  const drops = Array.from({ length: Math.round(420 * amount) }, () => ({
    x: random() * 1.3 - 0.15,
    y: random(),
    near: random() ** 2,
    falls: 14 + Math.floor(random() * 8),
  }));
  const splashes = Array.from({ length: groundY === null ? 0 : Math.round(260 * amount) }, () => ({
    seed: Math.floor(random() * 1e6),
    phase: random(),
  }));
  return {
    over: (stage) => {
      const { frame, view, time, loopS } = stage;
      const turn = time / loopS;
      const size = view.height / 720;
      for (const { x, y, near, falls } of drops) {
        const cycle = y + turn * falls;
        const fall = cycle % 1;
        const shift = hash3(Math.floor(cycle) % falls, Math.floor(x * 1e5), 1);
        const length = (14 + 46 * near) * size;
        const sx = ((x + shift) % 1.2) * view.width + fall * slant * view.height;
        const sy = fall * (view.height + length * 2) - length;
        const tone = 150 + 40 * near;
        frame.streak(sx, sy, sx + length * slant, sy + length, tone, tone + 4, tone + 10, 0.1 + 0.2 * near);
      }
      if (groundY !== null) drawSplashes(stage, splashes, turn);
    },
  };
}

/** Little crowns of light where drops hit level ground. */
function drawSplashes(
  stage: Stage,
  splashes: readonly { seed: number; phase: number }[],
  turn: number,
): void {
  const { frame, view } = stage;
  const cycles = 40;
  for (const { seed, phase } of splashes) {
    const cycle = phase + turn * cycles;
    const age = cycle % 1;
    const step = Math.floor(cycle) % cycles;
    const px = Math.floor(hash3(seed, step, 1) * view.width);
    const py = Math.floor((0.35 + 0.65 * hash3(seed, step, 2)) * view.height);
    const at = py * view.width + px;
    if ((frame.plate.sunlit[at] as number) === 0 && (frame.plate.gloss[at] as number) === 0) continue;
    const depth = frame.plate.depth[at] as number;
    if (depth > 45 || frame.covered(px, py)) continue;
    const radius = Math.max(1, ((0.03 + 0.07 * age) * view.focal) / depth);
    const share = 0.32 * (1 - age);
    for (let i = -radius; i <= radius; i++)
      frame.blend(
        Math.round(px + i),
        py - Math.round(0.4 * (radius - Math.abs(i)) * (1 - age)),
        205,
        210,
        220,
        share,
      );
  }
}

/** Falling snow. */
export function snowfall(random: Random, amount: number): Layer {
  const flakes = Array.from({ length: Math.round(520 * amount) }, () => ({
    x: random(),
    y: random(),
    near: random() ** 3,
    falls: 2 + Math.floor(random() * 3),
    sway: 1 + Math.floor(random() * 4),
  }));
  return {
    over: (stage) => {
      const { frame, view, time, loopS } = stage;
      const size = view.height / 720;
      for (const { x, y, near, falls, sway } of flakes) {
        const speed = falls + Math.round(near * 4);
        const fall = (y + (time / loopS) * speed) % 1;
        const drift = wave(stage, sway, x * 40) * 0.012 + (time / loopS) * 1;
        const sx = (((x + drift + fall * 0.06) % 1) + 1) % 1;
        frame.disc(
          sx * view.width,
          fall * view.height,
          (1.1 + 4.2 * near) * size,
          244,
          247,
          252,
          0.75 - 0.3 * near,
        );
      }
    },
  };
}

/** Banks of mist that drift through the picture at a distance. `rows` from far to near. */
export function mist(
  random: Random,
  rows: readonly { depthM: number; y: number; heightM: number; share: number; level: number }[],
): Layer {
  const seeds = rows.map(() => Math.floor(random() * 1000));
  return {
    over: (stage) => {
      const { frame, view, time, loopS } = stage;
      rows.forEach(({ depthM, y, heightM, share, level }, row) => {
        view.project(view.from[0] + view.forward[0] * depthM, y, view.from[2] + view.forward[2] * depthM);
        const middle = view.sy;
        const half = (heightM * view.focal) / depthM;
        const period = 8;
        const turn = (time / loopS) * period * (row % 2 === 0 ? 1 : -1) * 0.5;
        const y0 = Math.max(0, Math.floor(middle - half));
        const y1 = Math.min(view.height - 1, Math.ceil(middle + half));
        const seed = seeds[row] as number;
        const density = Float32Array.from({ length: view.width }, (_, x) => {
          const across = ((((x / view.width) * 3 + turn) % (period * 0.5)) + period * 0.5) % (period * 0.5);
          const blend = Math.min(1, across);
          const a = noise2(across * 1.6, 0.3, seed);
          const b = noise2((across + period * 0.5) * 1.6, 0.3, seed);
          const thick = a * blend + b * (1 - blend);
          return share * thick * thick * 1.8;
        });
        const { rgba } = frame;
        const { depth } = frame.plate;
        for (let py = y0; py <= y1; py++) {
          const fy = 1 - Math.abs(py - middle) / half;
          const strength = fy * fy;
          for (let x = 0, at = py * view.width; x < view.width; x++, at++) {
            const thick = (density[x] as number) * strength;
            if (thick < 0.012 || (depth[at] as number) < depthM) continue;
            const o = at * 4;
            rgba[o] = (rgba[o] as number) + (level - (rgba[o] as number)) * thick;
            rgba[o + 1] = (rgba[o + 1] as number) + (level + 2 - (rgba[o + 1] as number)) * thick;
            rgba[o + 2] = (rgba[o + 2] as number) + (level + 5 - (rgba[o + 2] as number)) * thick;
          }
        }
      });
    },
  };
}

/** Pixels of one kind, with the phase of their movement. */
interface Patch {
  plate: unknown;
  pixels: Int32Array;
  phases: Int32Array;
  reach: Float32Array;
}

function collect(
  stage: Stage,
  kind: number,
  reachOf: (depth: number) => number,
  phaseOf: (x: number, y: number, depth: number) => number,
): Patch {
  const { plate } = stage.frame;
  const pixels: number[] = [];
  const phases: number[] = [];
  const reach: number[] = [];
  for (let at = 0; at < plate.kind.length; at++) {
    if (plate.kind[at] !== kind) continue;
    const depth = plate.depth[at] as number;
    const amount = reachOf(depth);
    if (amount < 0.25) continue;
    pixels.push(at);
    phases.push(phaseOf(at % plate.width, Math.floor(at / plate.width), depth));
    reach.push(amount);
  }
  return {
    plate,
    pixels: Int32Array.from(pixels),
    phases: Int32Array.from(phases, Math.round),
    reach: Float32Array.from(reach),
  };
}

const turns = 1024;
const sine = Float32Array.from({ length: turns }, (_, i) => Math.sin((i / turns) * 2 * Math.PI));

/** Leaves stir: each takes its colour from a little to the side, in waves that run through the crown. */
export function sway(amount = 1): Layer {
  let patch: Patch | null = null;
  return {
    under: (stage) => {
      const { frame, view, time, loopS } = stage;
      const { plate } = frame;
      if (patch?.plate !== plate)
        patch = collect(
          stage,
          Kind.leaves,
          (depth) => Math.min(5, (amount * 0.09 * view.focal) / depth),
          (x, y, depth) =>
            (noise2((x * depth) / view.focal / 1.1, (y * depth) / view.focal / 1.1, 3) * 2 + x * 0.002) *
            turns,
        );
      const { pixels, phases, reach } = patch;
      const { rgba } = frame;
      const source = plate.rgba;
      const slow = (time / loopS) * turns * 5;
      const fast = (time / loopS) * turns * 14;
      const mask = turns - 1;
      const gust = 0.65 + 0.35 * wave(stage, 2);
      for (let i = 0; i < pixels.length; i++) {
        const phase = phases[i] as number;
        const move =
          (reach[i] as number) *
          gust *
          ((sine[(phase + slow) & mask] as number) * 0.7 + (sine[(phase * 3 + fast) & mask] as number) * 0.3);
        const whole = Math.floor(move);
        const part = move - whole;
        const o = (pixels[i] as number) * 4;
        const s = o + whole * 4;
        if (s < 0 || s + 7 >= source.length) continue;
        rgba[o] = (source[s] as number) * (1 - part) + (source[s + 4] as number) * part;
        rgba[o + 1] = (source[s + 1] as number) * (1 - part) + (source[s + 5] as number) * part;
        rgba[o + 2] = (source[s + 2] as number) * (1 - part) + (source[s + 6] as number) * part;
      }
    },
  };
}

/** Water moves: each row of it slides to and fro and lightens where a wave turns to the sky. */
export function ripple(amount = 1, sparkle = 12): Layer {
  let patch: Patch | null = null;
  return {
    under: (stage) => {
      const { frame, view, time, loopS } = stage;
      const { plate } = frame;
      if (patch?.plate !== plate)
        patch = collect(
          stage,
          Kind.water,
          (depth) => Math.min(9, (amount * 0.55 * view.focal) / depth),
          (x, _y, depth) => {
            const acrossM = ((x - view.width / 2) * depth) / view.focal;
            return (depth * 0.42 + noise2(acrossM * 0.22, depth * 0.3, 8) * 1.6 + acrossM * 0.05) * turns;
          },
        );
      const { pixels, phases, reach } = patch;
      const { clamped } = frame;
      const source = plate.rgba;
      const mask = turns - 1;
      const kinds = plate.kind;
      const slow = Math.round((time / loopS) * turns * 9);
      const fast = Math.round((time / loopS) * turns * 16);
      for (let i = 0; i < pixels.length; i++) {
        const phase = phases[i] as number;
        const a = sine[(phase + slow) & mask] as number;
        const b = sine[(((phase * 9) >> 2) - fast) & mask] as number;
        const far = reach[i] as number;
        const at = pixels[i] as number;
        const from = at + Math.round(far * (a * 0.65 + b * 0.35));
        const s = kinds[from] === Kind.water ? from * 4 : at * 4;
        const light = sparkle * a * b * (far > 2.5 ? 1 : far * 0.4);
        const o = at * 4;
        clamped[o] = (source[s] as number) + light;
        clamped[o + 1] = (source[s + 1] as number) + light;
        clamped[o + 2] = (source[s + 2] as number) + light;
      }
    },
  };
}
