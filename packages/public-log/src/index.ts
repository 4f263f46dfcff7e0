export * from './bundle.ts';
export * from './entry.ts';
export * from './report.ts';
