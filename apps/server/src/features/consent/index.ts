export { ConsentService } from './consent-service.ts';
export { consentRoutes } from './http.ts';
export { SitePolicyService } from './site-policy.ts';
