export { grantRoutes } from './http.ts';
export type { Permit } from './held.ts';
export type { GrantWitness } from './ports.ts';
export { GrantService } from './service.ts';
