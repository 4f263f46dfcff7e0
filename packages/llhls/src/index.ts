export * from './types.ts';
export { Fmp4Error, type Fmp4ErrorCode } from './boxes.ts';
export { Fmp4Reader } from './fmp4-reader.ts';
export { Packager, type PackagerOptions } from './packager.ts';
export { TargetDuration } from './durations.ts';
export { laterNumbers, type Numbers } from './numbering.ts';
export { multivariantPlaylist, playlistType, type RenditionReport, type Variant } from './playlist.ts';
export { CaptureClock } from './capture-clock.ts';
export { readSps, type SpsFacts } from './sps.ts';
