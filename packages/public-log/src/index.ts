export * from './bundle.ts';
export * from './entry.ts';
export * from './erased.ts';
export * from './report.ts';
export * from './sample.ts';
