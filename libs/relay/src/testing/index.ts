export * from './broken-log.ts';
export * from './relay-kit.ts';
