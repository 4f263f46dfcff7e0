export { auditRoutes } from './http.ts';
export { AuditService } from './service.ts';
