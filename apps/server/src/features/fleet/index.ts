export { hostsOf } from './hosts.ts';
export { fleetRoutes } from './http.ts';
export { FleetService } from './service.ts';
