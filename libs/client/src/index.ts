export * from './sendable.ts';
export * from './deliver.ts';
export * from './client.ts';
export * from './problem.error.ts';
export * from './running.ts';
export { localRoot } from './local.config.ts';
