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
import { loopS } from '../loop.ts';
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

/** Draws the pictures of one scene. */
export class Painting {
  readonly stage: Stage;
  private readonly parts: SceneParts;
  private readonly plates: Plate[];

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
  }

  /** Draws the picture at a time of the loop; the result is the frame's own buffer, good until the next call. */
  draw(timeS: number): Uint8Array {
    const { stage, parts } = this;
    const { frame } = stage;
    stage.time = timeS;
    frame.begin(this.plates[parts.others?.which(timeS) ?? 0] as Plate);
    this.show(parts.layers);
    return frame.rgba;
  }

  private show(layers: readonly Layer[]): void {
    const { stage, parts } = this;
    const { frame } = stage;
    for (const layer of layers) layer.under?.(stage);
    if (parts.mirrorY !== undefined) {
      stage.mirrorY = parts.mirrorY;
      for (const layer of layers) layer.things?.(stage);
      frame.resolve(true);
      stage.mirrorY = null;
    }
    for (const layer of layers) layer.things?.(stage);
    frame.resolve();
    for (const layer of layers) layer.over?.(stage);
  }
}
