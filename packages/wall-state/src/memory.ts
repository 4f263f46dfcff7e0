import type { Assignment, SceneTile, Screen, TileMemory } from '@clerestory/protocol';
import { sameShown, sceneTileOf } from './content.ts';

/** What one tile remembers, each way. */
export const maxMemory = 8;

const nothing: TileMemory = { back: [], forward: [] };
export const memoryOf = (screen: Screen, tile: number): TileMemory =>
  screen.memory?.[String(tile)] ?? nothing;

const push = (list: SceneTile[], held: Assignment | undefined): SceneTile[] =>
  held ? [...list, sceneTileOf(held)].slice(-maxMemory) : list;

/** Takes entries off the end up to the one that is on show now. */
function takeTo(list: SceneTile[], now: Assignment): SceneTile[] {
  const at = list.findLastIndex((one) => sameShown(one, sceneTileOf(now)));
  return at < 0 ? list : list.slice(0, at);
}

/** The memory of a tile after it went from what it held to what it holds. */
export function remember(
  memory: TileMemory,
  held: Assignment | undefined,
  holds: Assignment | undefined,
  step: 'back' | 'forward' | 'keep' | undefined,
): TileMemory {
  if (step === 'keep' || (held && holds && sameShown(sceneTileOf(held), sceneTileOf(holds)))) return memory;
  if (step === 'back' && holds)
    return { back: takeTo(memory.back, holds), forward: push(memory.forward, held) };
  if (step === 'forward' && holds)
    return { back: push(memory.back, held), forward: takeTo(memory.forward, holds) };
  return { back: push(memory.back, held), forward: [] };
}
