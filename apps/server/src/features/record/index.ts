export { recordRoutes } from './http.ts';
export { RecordService } from './record-service.ts';
export { Retention } from './retention.ts';
export { Refusals, type Refusal } from './refusals.ts';
