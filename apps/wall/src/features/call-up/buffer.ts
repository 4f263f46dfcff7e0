import type { Camera, Screen, TileRef } from '@clerestory/protocol';
import { tileCount } from '@clerestory/layout';

/**
 * The call-up buffer: what an operator types to bring a camera up. `104` is camera 104 on the chosen tile, `3.104`
 * camera 104 on tile 3 of the chosen screen, `2.3.104` the same on the second screen. People count from 1.
 */
export const maxCallUpLength = 13;

/** The buffer after a key. Unfit keys leave it as it is. */
export function typeCallUp(buffer: string, key: string): string {
  if (key === 'Backspace') return buffer.slice(0, -1);
  if (buffer.length >= maxCallUpLength) return buffer;
  if (/^[0-9]$/.test(key)) return buffer + key;
  const dots = buffer.split('.').length - 1;
  if (key === '.' && /[0-9]$/.test(buffer) && dots < 2) return buffer + key;
  return buffer;
}

export interface CallUp {
  /** The typed camera number; empty while none is typed. */
  number: string;
  camera: Camera | null;
  at: TileRef | null;
  /** Why Enter would do nothing yet, in words; null when it would. */
  wanting: string | null;
}

export interface CallUpContext {
  cameras: readonly Camera[];
  screens: readonly Screen[];
  screen: string | null;
  tile: number | null;
}

/** The first tile of a screen that shows nothing, looking from `after` on and then from the start; null when full. */
export function nextFreeTile(screen: Screen, after = -1): number | null {
  const count = tileCount(screen.layout);
  for (let step = 1; step <= count; step++) {
    const tile = (after + step) % count;
    if (!screen.tiles[String(tile)]) return tile;
  }
  return null;
}

const wholeNumber = (text: string | undefined): number | null => (text ? Number(text) : null);

function targetOf(screenNumber: number | null, tileNumber: number | null, context: CallUpContext) {
  const screen =
    screenNumber === null
      ? context.screens.find(({ id }) => id === context.screen)
      : context.screens[screenNumber - 1];
  if (!screen)
    return {
      at: null,
      wanting: screenNumber === null ? 'choose a screen' : `there is no screen ${screenNumber}`,
    };
  if (tileNumber !== null) {
    const fits = tileNumber >= 1 && tileNumber <= tileCount(screen.layout);
    if (!fits) return { at: null, wanting: `${screen.name} has no tile ${tileNumber}` };
    return { at: { screen: screen.id, tile: tileNumber - 1 }, wanting: null };
  }
  const chosen = screen.id === context.screen ? context.tile : null;
  const tile = chosen ?? nextFreeTile(screen);
  if (tile === null) return { at: null, wanting: 'choose a tile: every tile has a camera' };
  return { at: { screen: screen.id, tile }, wanting: null };
}

/** What the buffer means here and now. */
export function readCallUp(buffer: string, context: CallUpContext): CallUp {
  const parts = buffer.split('.');
  const number = parts.at(-1) ?? '';
  const { at, wanting } = targetOf(wholeNumber(parts.at(-3)), wholeNumber(parts.at(-2)), context);
  const camera = number ? (context.cameras.find((one) => one.number === Number(number)) ?? null) : null;
  const missing = number === '' ? 'type a camera number' : `no camera has the number ${number}`;
  return { number, camera, at, wanting: camera ? wanting : missing };
}
