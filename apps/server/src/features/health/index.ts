export { isOurs } from './rules.ts';
export { HealthService } from './service.ts';
export { TransitionStore } from './store.ts';
export { healthRoutes } from './http.ts';
