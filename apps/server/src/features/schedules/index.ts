export { ScheduleService } from './service.ts';
