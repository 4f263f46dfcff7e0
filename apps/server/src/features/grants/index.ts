export { grantRoutes } from './http.ts';
export { thisMachine } from './machine.ts';
export type { GrantWitness, Machine } from './ports.ts';
export { GrantService, type Permit } from './service.ts';
