export { apply, BrokenCommitError, SequenceGapError } from './apply.ts';
export { catchUp } from './catch-up.ts';
export type { CatchUp } from './catch-up.ts';
export { decide } from './decide.ts';
export type { DecideContext, Decision } from './decide.ts';
export { predict } from './predict.ts';
export { assignmentOf, defaultWhy, emptyWall, filledTiles, maxScreens, screenOf } from './state.ts';
