export { Checkpoints } from './checkpoints.ts';
export type { TreeSource } from './ports.ts';
export { Tally } from './tally.ts';
export { ReportService } from './report-service.ts';
export { logRoutes, mountLog } from './http.ts';
export { KeyFiles, newLogName } from './key.ts';
export { giveOrder, LogOrder } from './orders.ts';
