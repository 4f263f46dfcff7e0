export * from './bundle.ts';
export * from './entry.ts';
