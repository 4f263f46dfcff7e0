import { ok, type RouteHandlers } from '../../platform/http.ts';
import type { FleetService } from './service.ts';

export const fleetRoutes = (fleet: FleetService): RouteHandlers => ({
  getFleet: async ({ query }, { sees }) => ok(await fleet.report(query.hours, sees)),
});
