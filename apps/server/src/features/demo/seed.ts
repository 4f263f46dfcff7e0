import { city } from '@clerestory/demo-city';
import {
  CameraInput,
  type Answer,
  type Camera,
  type ClientCommand,
  type CommandResult,
  type LayoutId,
  type WallState,
} from '@clerestory/protocol';
import { layoutOf } from '@clerestory/layout';

/** What seeding needs of the registry and the walls. */
export interface SeedTargets {
  cameras: { create(input: CameraInput, key: string): Promise<Answer<Camera>>; list(): Camera[] };
  walls: {
    list(): WallState[];
    create(input: { id: string; name: string }, key: string): Promise<Answer<WallState>>;
    execute(request: {
      wall: string;
      key: string;
      base: null;
      command: ClientCommand;
      by: string;
    }): Promise<Answer<CommandResult>>;
  };
}

const wallId = 'control-room';
const screens: readonly { id: string; name: string; layout: LayoutId; first: number }[] = [
  { id: 'left', name: 'Left', layout: '16', first: 0 },
  { id: 'centre', name: 'Centre', layout: '1+5', first: 0 },
  { id: 'right', name: 'Right', layout: '9', first: 8 },
];

function mustHold<T>(answer: Answer<T>): T {
  if (answer.ok) return answer.value;
  throw new Error(`the first start could not be prepared: ${answer.problem.detail}`);
}

/** Registers the demo city's cameras. Keys make a repeated, half-done first start harmless. */
export async function seedDemoCameras({ cameras }: SeedTargets): Promise<void> {
  const known = new Set(cameras.list().map(({ id }) => id));
  for (const { id, number, name, place, neighbourhood, latitude, longitude, tags, scene } of city().cameras) {
    if (known.has(id)) continue;
    const input = CameraInput.parse({
      id,
      number,
      name,
      place,
      neighbourhood,
      latitude,
      longitude,
      tags,
      source: { kind: 'demo', scene },
      // So that a console that was just opened shows the city, and not that nobody watches it.
      keep: 'always',
    });
    mustHold(await cameras.create(input, `seed-camera-${id}`.slice(0, 64)));
  }
}

/** The wall of the first start: three screens as they hang in a room, showing the demo city where there is one. */
export async function seedWall({ cameras, walls }: SeedTargets): Promise<void> {
  if (!walls.list().some(({ id }) => id === wallId))
    mustHold(await walls.create({ id: wallId, name: 'Control room' }, 'seed-wall'));
  const run = async (key: string, command: ClientCommand) =>
    mustHold(
      await walls.execute({ wall: wallId, key: `seed-${key}`, base: null, command, by: 'first start' }),
    );
  const ids = cameras.list().map(({ id }) => id);
  for (const { id: screen, name, layout, first } of screens) {
    await run(`screen-${screen}`, { type: 'screen:create', screen, name, layout });
    if (ids.length === 0) continue;
    for (const tile of layoutOf(layout).cells.keys()) {
      const camera = ids[(first + tile) % ids.length];
      if (camera) await run(`tile-${screen}-${tile}`, { type: 'tile:assign', screen, tile, camera });
    }
  }
}

/** Names of the scenes that can be drawn. */
export const demoScenes = (): string[] => city().cameras.map(({ scene }) => scene);
