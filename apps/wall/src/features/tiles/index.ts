/*
 * Live tiles. Rules (pure): tile-state, rate-rule, rebuild-limit. Road: push-client, server-clock, line.
 * Players (outside React): hls-mse, push-player, hls-player. Drivers: take (one element) → picture (one camera) →
 * live-tile (one tile) → live-media with its supervisor (one page). Words and signs: Tile, TileGrid, tile-words.
 */
import './tiles.css';
import { loadHls } from './hls-mse.ts';

export { Tile, type TileProps, type TileReporters } from './Tile.tsx';
export { TileGrid, type TileGridProps } from './TileGrid.tsx';
export { HiddenTile } from './HiddenTile.tsx';
export { pageMedia } from './page-media.ts';
export { WorkTile, type TileTools } from './WorkTile.tsx';

// Begins with the page's first look at this feature, beside the snapshot and the socket; `LiveMedia` tries again.
loadHls().catch(() => undefined);
