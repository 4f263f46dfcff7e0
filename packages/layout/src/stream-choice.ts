import type { StreamName } from '@clerestory/protocol';

/** A tile at least this high in device pixels is worth the main stream. */
export const mainFromPx = 700;
/** A tile that shows main goes back to sub below this height; in between it keeps what it has. */
export const subBelowPx = 560;

/**
 * Which stream a tile should show. `tileHeightPx` is in CSS pixels. The two thresholds lie apart so that a window
 * being resized does not make a tile swap to and fro. A tile that shows nothing yet (`current` null) starts with sub
 * unless it is large. A camera without a sub stream always shows main.
 */
export function chooseStream(tile: {
  readonly tileHeightPx: number;
  readonly devicePixelRatio: number;
  readonly current: StreamName | null;
  readonly hasSub: boolean;
}): StreamName {
  if (!tile.hasSub) return 'main';
  const heightPx = tile.tileHeightPx * tile.devicePixelRatio;
  const threshold = tile.current === 'main' ? subBelowPx : mainFromPx;
  return heightPx >= threshold ? 'main' : 'sub';
}
