import { Developer, type Look } from './colour.ts';
import { Environment, type EnvironmentOptions } from './environment.ts';
import { Frame } from './frame.ts';
import type { Layer } from './layers.ts';
import { paintPlate, type Plate } from './plate.ts';
import { hashText, randomFrom, type Random } from './random.ts';
import { Stage } from './stage.ts';
import { restartSeeds, type Solid } from './solids.ts';
import type { Material } from './surface.ts';
import { Tracer } from './tracer.ts';
import { framesPerSecond, loopS } from '../loop.ts';
import { View, type Vec } from './view.ts';

export { framesPerSecond, loopFrames, loopS } from '../loop.ts';

/** What a scene consists of. All its movement repeats after `loopS`. */
export interface SceneParts {
  view: { from: Vec; at: Vec; fov: number };
  environment: EnvironmentOptions;
  look: Look;
  solids: Solid[];
  ground: { y: number; material: Material } | null;
  /** Things of the moving kind that stand still here, such as parked cars: drawn once. */
  baked?: readonly Layer[];
  /** What moves, from the back to the front where it matters. */
  layers: readonly Layer[];
  /** Height of wet ground that mirrors the moving things. */
  mirrorY?: number;
  /** Other states of the unmoving picture, such as a lamp out: changed environments, and which one when. */
  others?: { environments: EnvironmentOptions[]; which: (timeS: number) => number };
}

export type SceneBuilder = (random: Random) => SceneParts;

/** So many different patterns of sensor noise are shown in turn. */
const grains = 6;
const grainSize = 1 << 16;

/** A copy of a picture with noise on it; every row begins elsewhere in one table of chance. */
function withGrain(rgba: Uint8Array, width: number, levels: number, seed: number): Uint8Array {
  const random = randomFrom(seed + 1);
  const table = Int8Array.from({ length: grainSize }, () =>
    Math.round((random() + random() + random() - 1.5) * levels * 1.6),
  );
  const noisy = new Uint8ClampedArray(rgba);
  for (let row = 0; row < noisy.length; row += width * 4) {
    let at = Math.floor(random() * grainSize);
    for (let o = row; o < row + width * 4; o += 4) {
      const add = table[at++ & (grainSize - 1)] as number;
      noisy[o] = (noisy[o] as number) + add;
      noisy[o + 1] = (noisy[o + 1] as number) + add;
      noisy[o + 2] = (noisy[o + 2] as number) + add;
    }
  }
  return new Uint8Array(noisy.buffer);
}

/** Draws the pictures of one scene. */
export class Painting {
  readonly stage: Stage;
  private readonly parts: SceneParts;
  private readonly plates: Plate[];
  /** Each plate's picture with different noise. */
  private readonly grainy: Uint8Array[][];

  constructor(name: string, build: SceneBuilder, width: number, height: number) {
    restartSeeds();
    const parts = build(randomFrom(hashText(name)));
    this.parts = parts;
    const view = new View({ ...parts.view, width, height });
    const film = new Developer(parts.look);
    const tracer = new Tracer(parts.solids, parts.ground);
    const all = [parts.environment, ...(parts.others?.environments ?? [])];
    this.plates = all.map((options) => paintPlate(tracer, new Environment(options), view, film));
    const first = this.plates[0] as Plate;
    const env = new Environment(parts.environment);
    this.stage = new Stage({ view, env, film, frame: new Frame(first), tracer, loopS });
    for (const plate of this.plates) {
      this.stage.frame.begin(plate);
      if (parts.baked) this.show(parts.baked);
      this.stage.frame.bake();
    }
    this.grainy = this.plates.map(({ rgba }) =>
      parts.look.noise > 0
        ? Array.from({ length: grains }, (_, i) => withGrain(rgba, width, parts.look.noise, i))
        : [rgba],
    );
  }

  /** Draws the picture at a time of the loop; the result is the frame's own buffer, good until the next call. */
  draw(timeS: number): Uint8Array {
    const { stage, parts } = this;
    const { frame } = stage;
    stage.time = timeS;
    const which = parts.others?.which(timeS) ?? 0;
    const grainy = this.grainy[which] as Uint8Array[];
    // Coprime to their number: none is shown twice in a row, and 300 frames close the loop.
    const grain = (Math.round(timeS * framesPerSecond) * 5) % grainy.length;
    frame.begin(this.plates[which] as Plate, grainy[grain] as Uint8Array);
    this.show(parts.layers);
    return frame.rgba;
  }

  private show(layers: readonly Layer[]): void {
    const { stage, parts } = this;
    const { frame } = stage;
    for (const layer of layers) layer.under?.(stage);
    if (parts.mirrorY !== undefined) {
      stage.mirrorY = parts.mirrorY;
      frame.coarse = true;
      for (const layer of layers) layer.things?.(stage);
      frame.resolve(true);
      frame.coarse = false;
      stage.mirrorY = null;
    }
    for (const layer of layers) layer.things?.(stage);
    frame.resolve();
    for (const layer of layers) layer.over?.(stage);
  }
}
