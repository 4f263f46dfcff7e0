export { workstationRoutes } from './http.ts';
export { WorkstationService } from './service.ts';
