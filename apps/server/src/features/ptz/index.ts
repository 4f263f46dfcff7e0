export { rankOf } from './rules.ts';
export { PtzService } from './service.ts';
export { ptzSockets } from './socket.ts';
