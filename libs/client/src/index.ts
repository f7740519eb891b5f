export * from './sendable.ts';
export * from './deliver.ts';
