/** How a picture is looked at: `scale` 1 is the whole of it; `x`, `y` the middle of what is seen, 0 to 1. */
export interface Zoom {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

export const wholePicture: Zoom = { scale: 1, x: 0.5, y: 0.5 };
/** More shows nothing that the camera saw. */
export const maxScale = 12;

const between = (low: number, value: number, high: number): number => Math.min(high, Math.max(low, value));

/** The middle stays so far inside that nothing beside the picture comes into view. */
function within({ scale, x, y }: Zoom): Zoom {
  const size = between(1, scale, maxScale);
  if (size < 1.01) return wholePicture;
  const half = 1 / (2 * size);
  return { scale: size, x: between(half, x, 1 - half), y: between(half, y, 1 - half) };
}

/** Closer or further, so that the point at `at` (0 to 1 of the tile) stays where it is. */
export function zoomAt(zoom: Zoom, factor: number, at: { x: number; y: number } = { x: 0.5, y: 0.5 }): Zoom {
  const scale = between(1, zoom.scale * factor, maxScale);
  const keep = (middle: number, point: number) => middle + (point - 0.5) * (1 / zoom.scale - 1 / scale);
  return within({ scale, x: keep(zoom.x, at.x), y: keep(zoom.y, at.y) });
}

/** Moves what is seen by shares of the tile: `dx` 1 is a whole tile to the right. */
export const panBy = (zoom: Zoom, dx: number, dy: number): Zoom =>
  within({ ...zoom, x: zoom.x + dx / zoom.scale, y: zoom.y + dy / zoom.scale });

/** For `style.transform` with the origin at the upper left. */
export const transformOf = ({ scale, x, y }: Zoom): string =>
  scale === 1 ? '' : `translate(${(0.5 - x * scale) * 100}%, ${(0.5 - y * scale) * 100}%) scale(${scale})`;
