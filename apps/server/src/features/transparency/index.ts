export { Checkpoints, type TreeSource } from './checkpoints.ts';
export { ReportService } from './report-service.ts';
export { logRoutes, mountLog } from './http.ts';
export { newLogName } from './key.ts';
