export { Checkpoints, type TreeSource } from './checkpoints.ts';
export { Tally } from './tally.ts';
export { ReportService } from './report-service.ts';
export { logRoutes, mountLog } from './http.ts';
export { KeyFiles, newLogName } from './key.ts';
export { giveOrder, LogOrder } from './orders.ts';
