export { Notices, type NoticesOptions } from './notices.ts';
export type { Notice } from './ports.ts';
