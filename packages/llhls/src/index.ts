export * from './types.ts';
export { Fmp4Error, type Fmp4ErrorCode } from './boxes.ts';
export { Fmp4Reader } from './fmp4-reader.ts';
export { Packager, type Blocked, type PackagerOptions } from './packager.ts';
export { multivariantPlaylist, playlistType, type Variant } from './playlist.ts';
export { CaptureClock } from './capture-clock.ts';
